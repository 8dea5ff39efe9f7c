package sdktest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/sdk"
)

// TestMain also is the main of the plugins that process_test.go starts: this binary under another name.
func TestMain(m *testing.M) {
	handshake := sdk.Handshake()
	if os.Getenv(handshake.MagicCookieKey) == handshake.MagicCookieValue {
		sdk.Serve(provider(strings.TrimPrefix(filepath.Base(os.Args[0]), "aio-provider-")))
	}
	goleak.VerifyTestMain(m)
}
