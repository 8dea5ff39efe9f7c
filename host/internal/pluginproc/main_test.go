//go:build unix

package pluginproc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestMain plays the plugin when the test binary is run under a plugin's name: which one it is says how it
// behaves.
func TestMain(m *testing.M) {
	if name, isPlugin := strings.CutPrefix(filepath.Base(os.Args[0]), prefix); isPlugin {
		behave(name)
		return
	}
	if os.Getenv(actAsHost) != "" {
		actHost()
		return
	}
	goleak.VerifyTestMain(m)
}
