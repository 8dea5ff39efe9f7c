package nvidia_test

import (
	"testing"

	"github.com/aio-llm/aio/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	rig().Conform(t, sdktest.Nvidia())
}

func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	rig().ConformOverTheWire(t, sdktest.Nvidia())
}

func TestRow_U15_TheWrongTypeOfReply(t *testing.T) {
	t.Parallel()
	rig().WrongType(t, sdktest.Nvidia())
}

func TestRow_U16_NoRedirects(t *testing.T) {
	t.Parallel()
	rig().NoRedirects(t, sdktest.Nvidia())
}
