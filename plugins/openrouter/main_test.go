package openrouter_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/plugins/openrouter"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the plugin under test.
func rig() plugintest.Rig {
	return plugintest.Rig{
		Plugin: openrouter.Plugin(), Path: "/api/v1", Dialect: simulator.OpenRouter, RequestID: "X-Generation-Id",
		Model: "openai/gpt-oss-20b", Key: "sk-or-v1-canary0123456789abcdef",
	}
}
