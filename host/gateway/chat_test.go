package gateway_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tidwall/gjson"
)

func TestUnary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		a := r.do(t, request{body: ask("auto", "hello there")})
		if a.status != 200 || gjson.Get(a.body, "choices.0.message.content").Str == "" {
			t.Fatalf("%d %s", a.status, a.body)
		}
		t.Log(a.header, a.body)
	})
}

func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		a := r.do(t, request{body: askStream("auto", "hello there")})
		if a.status != 200 || !strings.HasSuffix(a.body, "data: [DONE]\n\n") {
			t.Fatalf("%d %s", a.status, a.body)
		}
		t.Log(a.header, a.body)
	})
}
