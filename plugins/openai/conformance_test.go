package openai_test

import (
	"testing"

	"github.com/aio-llm/aio/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	rig().Conform(t, sdktest.OpenAI())
}

func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	rig().ConformOverTheWire(t, sdktest.OpenAI())
}

func TestRow_U15_TheWrongTypeOfReply(t *testing.T) {
	t.Parallel()
	rig().WrongType(t, sdktest.OpenAI())
}

func TestRow_U16_NoRedirects(t *testing.T) {
	t.Parallel()
	rig().NoRedirects(t, sdktest.OpenAI())
}
