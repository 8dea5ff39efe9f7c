package openrouter_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aio-llm/aio/plugins/openrouter"
	"github.com/aio-llm/aio/sdk/sdktest"
	"github.com/aio-llm/aio/sdk/sdktest/sdktesting"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.InProcess(openrouter.Plugin()), Upstream: sdktest.OpenRouter()})
}

func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "aio-provider-openrouter")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/aio-provider-openrouter")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.Binary(binary), Upstream: sdktest.OpenRouter()})
}
