package gateway_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestModels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{keys: []int{1, 1}, change: func(c *host.Config) {
			c.Providers[1].Models = []host.Model{{Name: "vendor/big", ID: "gpt-5.4-mini", Features: []string{"tools"}}, {Name: "off", Disabled: true}}
			c.Routes = []host.Route{{Name: "fast", Targets: []string{"first/echo"}}}
		}})
		list := r.do(t, request{method: "GET", path: "/v1/models"})
		var ids []string
		for _, m := range gjson.Get(list.body, "data.#.id").Array() {
			ids = append(ids, m.Str)
		}
		want := []string{"auto", "fast", "first/echo", "first/think", "first/embed", "second/vendor/big"}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Error(diff)
		}
		for id, status := range map[string]int{
			"auto": 200, "fast": 200, "first/echo": 200, "second/vendor/big": 200, "second%2Fvendor%2Fbig": 200, "vendor/big": 200, "think": 200,
			"off": 404, "second/off": 404, "none": 404, "second": 404,
		} {
			a := r.do(t, request{method: "GET", path: "/openai/v1/models/" + id})
			if a.status != status {
				t.Errorf("%s: %s", id, a)
			}
			if name := strings.ReplaceAll(id, "%2F", "/"); status == 200 && (gjson.Get(a.body, "id").Str != name || gjson.Get(a.body, "object").Str != "model") {
				t.Errorf("%s: %s", id, a)
			}
		}
		if a := r.do(t, request{method: "HEAD", path: "/v1/models"}); a.status != 200 || a.body != "" {
			t.Errorf("HEAD: %s", a)
		}
		if n := r.sim.Ledger().Len(); n != 0 {
			t.Errorf("%d calls upstream", n)
		}
	})
}

func TestEmbeddings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		embed := func(format string) gjson.Result {
			t.Helper()
			a := r.do(t, request{path: "/v1/embeddings", body: fmt.Sprintf(`{"model":"first/embed","input":["one","two"]%s}`, format)})
			if a.status != 200 || a.header.Get("X-Aio-Provider") != "first" {
				t.Fatal(a)
			}
			return gjson.Get(a.body, "data")
		}
		plain, packed := embed(`,"encoding_format":"float"`), embed(`,"encoding_format":"base64"`)
		if plain.Raw != embed("").Raw {
			t.Errorf("floats are not what comes unasked")
		}
		compareVectors(t, plain, packed)
		for i, e := range r.sim.Ledger().Entries() {
			if want := [...]string{"float", "base64", ""}[i]; gjson.GetBytes(e.Body, "encoding_format").Str != want {
				t.Errorf("upstream got %s", e.Body)
			}
		}
	})
}

// compareVectors checks that packed holds plain's vectors in base64.
func compareVectors(t *testing.T, plain, packed gjson.Result) {
	t.Helper()
	if plain.Get("#").Int() != 2 || packed.Get("#").Int() != 2 {
		t.Fatalf("%s, %s", plain, packed)
	}
	for i := range 2 {
		want, got := plain.Get(fmt.Sprint(i)), packed.Get(fmt.Sprint(i))
		raw, err := base64.StdEncoding.DecodeString(got.Get("embedding").Str)
		if err != nil || got.Get("index").Int() != int64(i) {
			t.Fatalf("%v in %s", err, got)
		}
		numbers := want.Get("embedding").Array()
		if len(raw) != 4*len(numbers) || len(raw) == 0 {
			t.Fatalf("%d bytes for %d numbers", len(raw), len(numbers))
		}
		for k, n := range numbers {
			if got := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*k:])); got != float32(n.Num) {
				t.Fatalf("vector %d, number %d: %v, want %v", i, k, got, n.Num)
			}
		}
	}
}

// Clients that ask for base64 decode what they get unseen: an upstream that sends numbers all the same must
// not reach them.
func TestEmbeddingsInNumbersArePacked(t *testing.T) {
	const numbers = `{"object":"list" , "data":[ {"object":"embedding","x":"[1]","embedding":[0.25, -1e-3,3],"index":0},{"embedding":[],"index":1},{"index":2,"embedding":"AACAPw=="}],"usage":{"prompt_tokens":1,"total_tokens":1},"model":"m","extra":[1,2]}`
	const want = `{"object":"list" , "data":[ {"object":"embedding","x":"[1]","embedding":"AACAPm8Sg7oAAEBA","index":0},{"embedding":"","index":1},{"index":2,"embedding":"AACAPw=="}],"usage":{"prompt_tokens":1,"total_tokens":1},"model":"m","extra":[1,2]}`
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{script: script(on("", simulator.Fault{Kind: simulator.FaultReply, Body: numbers, Header: map[string]string{"Content-Type": "application/json"}}))})
		a := r.do(t, request{path: "/v1/embeddings", body: `{"model":"first/embed","input":"x","encoding_format":"base64"}`})
		if diff := cmp.Diff(want, a.body); diff != "" {
			t.Error(diff)
		}
		if a := r.do(t, request{path: "/v1/embeddings", body: `{"model":"first/embed","input":"x"}`}); a.body != numbers {
			t.Errorf("changed unasked: %s", a)
		}
	})
}

// What the upstream answers reaches the client byte for byte.
func TestRepliesPassUnchanged(t *testing.T) {
	const reply = "{ \"id\":\"x\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"h\\u00e9\\/\",\"x_new\":[1e2,12345678901234567890123]},\"finish_reason\":\"stop\",\"logprobs\":null}],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0},\"x_groq\":{\"id\":\"q\"}}\n"
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{script: script(on("", simulator.Fault{
			Kind: simulator.FaultReply, Body: reply,
			Header: map[string]string{"Content-Type": "application/json", "Set-Cookie": "a=b", "X-Ratelimit-Remaining": "7", "Server": "upstream", "Openai-Organization": "org-secret"},
		}))})
		a := r.do(t, request{body: ask("first/echo", "hi")})
		if a.body != reply {
			t.Errorf("got %q", a.body)
		}
		for name := range a.header {
			switch name {
			case "Content-Type", "Content-Length", "Date", "X-Request-Id", "X-Aio-Provider", "X-Aio-Model", "X-Aio-Key", "X-Aio-Attempts", "X-Aio-Fallback":
			default:
				t.Errorf("the upstream's %s came through", name)
			}
		}
	})
}

func TestCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{change: func(c *host.Config) {
			c.Providers[0].Models[0].Price = &host.Price{Input: sdk.Ptr(1.0), Output: sdk.Ptr(10.0)}
		}})
		if a := r.do(t, request{body: ask("first/echo", "hi")}); a.header.Get("X-Aio-Cost-Usd") != "0.000021" { // 1 and 2 tokens
			t.Error(a)
		}
		if a := r.do(t, request{body: askStream("first/echo", "hi")}); a.trailer.Get("X-Aio-Cost-Usd") != "0.000021" {
			t.Error(a)
		}
	})
}

func TestRequestIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{keys: []int{2}, script: script(on("", simulator.Fault{Kind: simulator.FaultDelay, For: time.Minute}))})
		first := make(chan answer, 1)
		send := func(id string) answer {
			return r.do(t, request{body: ask("first/echo", "hi"), header: map[string]string{"X-Request-Id": id}})
		}
		go func() { first <- send("mine-1") }()
		synctest.Wait()
		second := send("mine-1") // taken by the first
		if id := second.header.Get("X-Request-Id"); second.status != 200 || !strings.HasPrefix(id, "req_") {
			t.Error(second)
		}
		if a := <-first; a.status != 200 || a.header.Get("X-Request-Id") != "mine-1" {
			t.Error(a)
		}
		if a := send("mine-1"); a.header.Get("X-Request-Id") != "mine-1" { // free again
			t.Error(a)
		}
		for _, bad := range []string{"a b", "é", strings.Repeat("x", 129), `<"'>`, "a/b", "a;b"} {
			if a := r.do(t, request{method: "GET", path: "/v1/models", header: map[string]string{"X-Request-Id": bad}}); !strings.HasPrefix(a.header.Get("X-Request-Id"), "req_") {
				t.Errorf("%q: %s", bad, a)
			}
		}
	})
}

func TestCORS(t *testing.T) {
	preflight := func(from string) request {
		return request{method: "OPTIONS", header: map[string]string{
			"Authorization": "", "Origin": from, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type,x-stainless-os",
		}}
	}
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{config: gateway.Config{CORSOrigins: []string{origin}}})
		a := r.do(t, preflight(origin))
		h := a.header
		if a.status != 204 || h.Get("Access-Control-Allow-Origin") != origin || h.Get("Access-Control-Allow-Headers") != "authorization,content-type,x-stainless-os" ||
			h.Get("Access-Control-Allow-Methods") != "GET, POST" || h.Get("Vary") != "Origin" {
			t.Error(a)
		}
		if a := r.do(t, preflight("https://other.example")); a.header.Get("Access-Control-Allow-Origin") != "" || a.header.Get("Access-Control-Allow-Headers") != "" {
			t.Error(a)
		}
		if a := r.do(t, request{body: ask("first/echo", "hi"), header: map[string]string{"Origin": origin}}); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != origin ||
			!strings.Contains(a.header.Get("Access-Control-Expose-Headers"), "x-aio-provider") {
			t.Error(a)
		}
		a = r.do(t, request{body: "{}", header: map[string]string{"Origin": origin, "Authorization": ""}})
		if a.status != 401 || a.header.Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("a page cannot read why: %s", a)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		if a := r.do(t, preflight(origin)); a.status != 401 || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("no origin is allowed: %s", a)
		}
	})
}

// The access log names the client, what it asked for and what went wrong.
func TestAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := start(t, setup{log: hclog.New(&hclog.LoggerOptions{Output: &out, JSONFormat: true})})
		r.do(t, request{body: askStream("first/echo", "hi")})
		synctest.Wait()
		line := gjson.Parse(out.String())
		if line.Get("client").Str != "tester" || line.Get("requested").Str != "first/echo" || line.Get("provider").Str != "first" || line.Get("status").Int() != 200 || line.Get("error").Exists() {
			t.Error(&out)
		}
		out.Reset()
		r.do(t, request{path: "/v1/nothing"})
		synctest.Wait()
		if line := gjson.Parse(out.String()); line.Get("status").Int() != 404 || line.Get("error").Str != "unknown_url" {
			t.Error(&out)
		}
	})
}

// A panic costs one request its answer, not the process its life.
func TestPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		g, err := gateway.New(broken{}, gateway.Config{Auth: gateway.AuthExternal}, gateway.WithLogger(hclog.New(&hclog.LoggerOptions{Output: &out})))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		g.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/v1/models", http.NoBody))
		if w.Code != 500 || gjson.Get(w.Body.String(), "error.code").Str != "internal" || !strings.Contains(out.String(), "no host today") {
			t.Errorf("%d %s\n%s", w.Code, w.Body, &out)
		}
	})
}

type broken struct{}

func (broken) Acquire() (*host.Host, func()) { panic("no host today") }
