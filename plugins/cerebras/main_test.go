package cerebras_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/plugins/cerebras"
	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the plugin under test.
func rig() plugintest.Rig {
	return plugintest.Rig{
		Plugin: cerebras.Plugin(), Path: "/v1", Dialect: simulator.Cerebras, RequestID: "X-Request-Id",
		Model: "gpt-oss-120b", Key: "csk-canary0123456789abcdef",
	}
}
