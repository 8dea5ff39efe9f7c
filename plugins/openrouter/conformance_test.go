package openrouter_test

import (
	"testing"

	"github.com/aio-llm/aio/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	rig().Conform(t, sdktest.OpenRouter())
}

func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	rig().ConformOverTheWire(t, sdktest.OpenRouter())
}
