package openai_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/plugins/openai"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the plugin under test.
func rig() plugintest.Rig {
	return plugintest.Rig{
		Plugin: openai.Plugin(), Path: "/v1", Dialect: simulator.OpenAI, RequestID: "X-Request-Id",
		Model: "gpt-6-luna", Key: "sk-canary0123456789abcdef",
	}
}
