package groq_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/plugins/groq"
	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the plugin under test.
func rig() plugintest.Rig {
	return plugintest.Rig{
		Plugin: groq.Plugin(), Path: "/openai/v1", Dialect: simulator.Groq, RequestID: "X-Request-Id",
		Model: "openai/gpt-oss-20b", Key: "gsk_canary0123456789abcdef",
	}
}
