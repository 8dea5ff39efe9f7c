package groq_test

import (
	"testing"

	"github.com/aio-llm/aio/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	rig().Conform(t, sdktest.Groq())
}

func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	rig().ConformOverTheWire(t, sdktest.Groq())
}

func TestRow_U15_TheWrongTypeOfReply(t *testing.T) {
	t.Parallel()
	rig().WrongType(t, sdktest.Groq())
}

func TestRow_U16_NoRedirects(t *testing.T) {
	t.Parallel()
	rig().NoRedirects(t, sdktest.Groq())
}
