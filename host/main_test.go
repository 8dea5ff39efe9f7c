package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/sdk"
)

// TestMain also is the plugin binary of these tests: linked to a plugin's name and started by a host, the
// test binary serves the provider of that name.
func TestMain(m *testing.M) {
	handshake := sdk.Handshake()
	if os.Getenv(handshake.MagicCookieKey) == handshake.MagicCookieValue {
		name, _ := strings.CutPrefix(filepath.Base(os.Args[0]), "aio-provider-")
		servePlugin(name)
	}
	goleak.VerifyTestMain(m)
}
