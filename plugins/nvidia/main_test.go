package nvidia_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/plugins/nvidia"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the plugin under test.
func rig() plugintest.Rig {
	return plugintest.Rig{
		Plugin: nvidia.Plugin(), Path: "/v1", Dialect: simulator.Nvidia, RequestID: "Nvcf-Reqid",
		Model: "openai/gpt-oss-120b", Key: "nvapi-canary0123456789abcdef",
	}
}
