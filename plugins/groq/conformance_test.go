package groq_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aio-llm/aio/plugins/groq"
	"github.com/aio-llm/aio/sdk/sdktest"
	"github.com/aio-llm/aio/sdk/sdktest/sdktesting"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.InProcess(groq.Plugin()), Upstream: sdktest.Groq()})
}

func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "aio-provider-groq")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/aio-provider-groq")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.Binary(binary), Upstream: sdktest.Groq()})
}
