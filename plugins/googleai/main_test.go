package googleai

import (
	"testing"

	"go.uber.org/goleak"
)

// genai brings in a library that starts a worker when it is loaded.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}
