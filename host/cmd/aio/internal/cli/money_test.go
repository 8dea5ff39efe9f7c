package cli

import (
	"testing"

	"github.com/aio-llm/aio/host"
)

func TestDollars(t *testing.T) {
	t.Parallel()
	for usd, want := range map[float64]string{
		0: "$0", 12: "$12", 0.6: "$0.6", 0.0000123: "$0.000012", 0.0000009: "below $0.000001", 1234.5678901: "$1234.56789", 100: "$100",
	} {
		if got := dollars(usd); got != want {
			t.Errorf("%v: %s, want %s", usd, got, want)
		}
	}
}

func TestPrice(t *testing.T) {
	t.Parallel()
	zero, some, more := 0.0, 0.15, 0.6
	for want, p := range map[string]*host.Price{
		"unknown":    nil,
		"free":       {Input: &zero, Output: &zero},
		"$0.15":      {Input: &some},
		"$0.15/$0.6": {Input: &some, Output: &more},
		"$0/$0.6":    {Input: &zero, Output: &more},
	} {
		if got := price(p); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
