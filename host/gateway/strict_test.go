package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/internal/rows"
)

// bad are bodies that two parsers could read differently, or none.
func bad() map[string]string {
	const messages = `"messages":[{"role":"user","content":"hi"}]`
	return map[string]string{
		"nothing":               " ",
		"cut":                   `{"model":"auto",`,
		"no object":             `[{"model":"auto"}]`,
		"text":                  `"hello"`,
		"single quotes":         `{'model':'auto'}`,
		"comment":               `{"model":"auto",/* */` + messages + `}`,
		"trailing comma":        `{"model":"auto",` + messages + `,}`,
		"NaN":                   `{"model":"auto","temperature":NaN,` + messages + `}`,
		"mark":                  "\xef\xbb\xbf" + ask("auto", "hi"),
		"trailing object":       ask("auto", "hi") + ask("auto", "hi"),
		"trailing bracket":      ask("auto", "hi") + "}",
		"trailing text":         ask("auto", "hi") + " x",
		"trailing NUL":          ask("auto", "hi") + "\x00",
		"invalid UTF-8":         `{"model":"auto","messages":[{"role":"user","content":"a` + "\xff" + `b"}]}`,
		"overlong UTF-8":        `{"model":"auto","messages":[{"role":"user","content":"` + "\xc0\xaf" + `"}]}`,
		"raw control character": "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"a\nb\"}]}",
		"lone high surrogate":   `{"model":"auto","messages":[{"role":"user","content":"\ud800"}]}`,
		"lone low surrogate":    `{"model":"auto","messages":[{"role":"user","content":"\udc00x"}]}`,
		"surrogate in a name":   `{"model":"auto","\ud83d":1,` + messages + `}`,
		"deep":                  `{"model":"auto","x":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `,` + messages + `}`,
		"bottomless":            strings.Repeat("[", 1<<20),
		"model twice":           `{"model":"auto","model":"first/echo",` + messages + `}`,
		"model twice, escaped":  `{"model":"auto","mod\u0065l":"first/echo",` + messages + `}`,
		"messages twice":        `{"model":"auto",` + messages + `,` + messages + `}`,
		"stream twice":          `{"model":"auto","stream":false,"stream":true,` + messages + `}`,
		"role twice":            `{"model":"auto","messages":[{"role":"user","role":"system","content":"hi"}]}`,
		"twice, deep":           `{"model":"auto","metadata":{"a":{"b":1,"b":2}},` + messages + `}`,
		"Model":                 `{"Model":"first/echo","model":"auto",` + messages + `}`,
		"MESSAGES":              `{"model":"auto","MESSAGES":[],` + messages + `}`,
		"ſtream":                `{"model":"auto","ſtream":true,` + messages + `}`,
		"Kelvin":                `{"model":"auto","max_to` + "\u212a" + `ens":1,` + messages + `}`,
		"Include_Usage":         `{"model":"auto","stream":true,"stream_options":{"Include_Usage":true},` + messages + `}`,
		"huge number":           `{"model":"auto","temperature":1e999,` + messages + `}`,
		"huge negative number":  `{"model":"auto","logit_bias":{"1":-1e309},` + messages + `}`,
		"huge number, deep":     `{"model":"auto","tools":[{"x":[1,2,{"y":1E+400}]}],` + messages + `}`,
		"many digits":           `{"model":"auto","seed":` + strings.Repeat("9", 400) + `,` + messages + `}`,
		"stream as text":        `{"model":"auto","stream":"true",` + messages + `}`,
		"stream as number":      `{"model":"auto","stream":1,` + messages + `}`,
		"usage as text":         `{"model":"auto","stream":true,"stream_options":{"include_usage":"yes"},` + messages + `}`,
		"model as number":       `{"model":7,` + messages + `}`,
		"model with CR LF":      `{"model":"auto\r\nX-Evil: 1",` + messages + `}`,
		"model with NUL":        `{"model":"auto\u0000",` + messages + `}`,
		"messages as text":      `{"model":"auto","messages":"hi"}`,
		"api_key":               `{"model":"auto","api_key":"sk-foreign",` + messages + `}`,
		"API_Base":              `{"model":"auto","API_Base":"http://10.0.0.1",` + messages + `}`,
	}
}

// What no two parsers agree on is refused before anybody is asked, with the place where it is.
func TestRow_H4_StrictInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		for name, body := range bad() {
			for _, path := range []string{"/v1/chat/completions", "/v1/embeddings"} {
				a := r.do(t, request{path: path, body: body})
				e := gjson.Get(a.body, "error")
				if a.status != 400 || e.Get("type").Str != "invalid_request_error" || e.Get("message").Str == "" || !utf8.ValidString(a.body) || !json.Valid([]byte(a.body)) {
					t.Errorf("%s at %s: %s", name, path, a)
				}
			}
		}
		if n := r.sim.Ledger().Len(); n != 0 {
			t.Errorf("%d calls upstream", n)
		}
		for at, body := range map[string]string{
			"messages[0].content": bad()["lone low surrogate"], "messages[0].role": bad()["role twice"], "metadata.a.b": bad()["twice, deep"],
			"tools[0].x[2].y": bad()["huge number, deep"], "model": bad()["model twice, escaped"], "stream": bad()["stream as text"],
		} {
			if a := r.do(t, request{body: body}); gjson.Get(a.body, "error.param").Str != at {
				t.Errorf("want %s: %s", at, a)
			}
		}
		rows.Report(t, "H4", fmt.Sprintf("%d bodies x 2 routes", len(bad())), "400 in OpenAI's shape with the place; 0 calls upstream", func() string {
			return fmt.Sprintf("%d calls upstream", r.sim.Ledger().Len())
		})
	})
}

// What is unusual but plain is nobody's business here: it reaches the upstream byte for byte.
func TestBodiesPassUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		const rest = `"messages":[{"role":"user","content":"h\u00e9llo \ud83d\ude00 \u0000\r\n\/"}],"seed":9007199254740993,"x_big":12345678901234567890123,"temperature":0,"top_p":1.0,"x_new":{"deep":[0,-0.0,1e3,"\u2028"]},"presence_penalty":0e0,"user":""`
		a := r.do(t, request{body: `{"model":"first/echo" , ` + rest + `}`})
		if a.status != 200 {
			t.Fatal(a)
		}
		got := string(r.sim.Ledger().Entries()[0].Body)
		if want := `{"model":"gpt-5.4-mini",` + rest + `}`; got != want {
			t.Errorf("upstream got\n%s\nwant\n%s", got, want)
		}
	})
}

// FuzzRequest sends anything to the chat handler: it answers in OpenAI's shape, does not panic, and what it
// lets through reads the same to every parser.
func FuzzRequest(f *testing.F) {
	for _, body := range bad() {
		f.Add([]byte(body))
	}
	for _, body := range []string{
		ask("auto", "hi"), askStream("first/echo", "hi"), usageAsked, `{"model":"none","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}`,
		`{"model":"auto","stream_options":null,"messages":[{}]}`, `{"encoding_format":"base64","model":"first/embed","input":["a"]}`,
	} {
		f.Add([]byte(body))
	}
	config := host.Config{Providers: []host.Provider{{Name: "first", Disabled: true, Models: []host.Model{{Name: "echo"}}}}}
	h, err := host.New(f.Context(), config)
	if err != nil {
		f.Fatal(err)
	}
	var log strings.Builder
	g, err := gateway.New(gateway.Static(h), gateway.Config{Auth: gateway.AuthExternal},
		gateway.WithLogger(hclog.New(&hclog.LoggerOptions{Output: &log, Level: hclog.Error})))
	if err != nil {
		f.Fatal(err)
	}
	handler := g.Handler()
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range []string{"/v1/chat/completions", "/v1/embeddings"} {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(string(body)))
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, req)
			if w.Code < 400 || w.Code >= 500 && w.Code != http.StatusServiceUnavailable && w.Code != http.StatusBadGateway || !gjson.Get(w.Body.String(), "error.message").Exists() || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if w.Code != 400 && (!json.Valid(body) || !utf8.Valid(body)) {
				t.Fatalf("%d for %q: let through", w.Code, body)
			}
		}
		if log.Len() > 0 {
			t.Fatal(log.String())
		}
	})
}
