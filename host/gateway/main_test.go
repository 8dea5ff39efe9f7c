package gateway_test

import (
	"context"
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if spec := os.Getenv(loadVariable); spec != "" {
		os.Exit(loading(context.Background(), spec))
	}
	goleak.VerifyTestMain(m)
}
