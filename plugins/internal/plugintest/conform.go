package plugintest

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk/sdktest"
	"github.com/aio-llm/aio/sdk/sdktest/sdktesting"
)

// patience is for a loaded machine with the race detector on; nothing waits for it.
const patience = 3 * time.Minute

// Conform runs the conformance kit on the plugin, in this process.
func (r Rig) Conform(t *testing.T, upstream sdktest.Upstream) {
	t.Helper()
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.InProcess(r.Plugin), Upstream: upstream, Patience: patience})
}

// ConformOverTheWire runs the kit on the plugin's command, built from the folder cmd beside the test.
func (r Rig) ConformOverTheWire(t *testing.T, upstream sdktest.Upstream) {
	t.Helper()
	name := "aio-provider-" + r.Plugin.Name
	binary := filepath.Join(t.TempDir(), name)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/"+name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.Binary(binary), Upstream: upstream, Patience: patience})
}
