package sdk_test

import (
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

func TestValidJSON(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	brackets := `{"a":"` + strings.Repeat("[", 1<<20) + `\"` + strings.Repeat("{", 1<<20) + `"}`
	for name, test := range map[string]struct {
		give string
		want bool
	}{
		"object": {`{"a":[1,2]}`, true}, "broken": {`{"a":`, false}, "empty": {``, false},
		"deep enough": {deep(9_000), true}, "brackets in strings": {brackets, true},
		"32 MiB of brackets": {strings.Repeat("[", 32<<20), false},
		"deep and balanced":  {deep(1 << 20), false},
		"deep objects":       {strings.Repeat(`{"a":`, 1<<20), false},
	} {
		if got := sdk.ValidJSON([]byte(test.give)); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
