package gateway_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
)

// unread is a body that tells whether it was read. It is of a type the client does not know, so that nothing
// is sent of it before it must be.
type unread struct {
	strings.Reader
	touched chan struct{}
	once    sync.Once
}

// Read implements io.Reader.
func (u *unread) Read(p []byte) (int, error) {
	u.once.Do(func() { close(u.touched) })
	return u.Reader.Read(p)
}

// routes are all there are; TestRow_X1 fails when the gateway answers one that is not here.
func routes() []request {
	var all []request
	for _, prefix := range []string{"", "/openai"} {
		all = append(all,
			request{path: prefix + "/v1/chat/completions", body: ask("first/echo", "hi")},
			request{path: prefix + "/v1/chat/completions", body: askStream("first/echo", "hi")},
			request{path: prefix + "/v1/embeddings", body: `{"model":"first/embed","input":"hi"}`},
			request{method: http.MethodGet, path: prefix + "/v1/models"},
			request{method: http.MethodGet, path: prefix + "/v1/models/first/echo"},
		)
	}
	return all
}

// Nobody gets past the headers without a good token, on any route, and no tenant at what is another's.
func TestRow_X1_EveryRouteAsksForAToken(t *testing.T) {
	const otherValue, oldValue = "aio-test-token-of-another-client", "aio-test-token-that-has-expired"
	synctest.Test(t, func(t *testing.T) {
		other := token("other", otherValue)
		other.Models = []string{"second/*"}
		old := token("old", oldValue)
		old.Expires = time.Now().Add(-time.Second)
		r := start(t, setup{keys: []int{1, 1}, config: gateway.Config{Tokens: []gateway.Token{token("tester", tokenValue), other, old}}})
		bearer := func(value string) map[string]string { return map[string]string{"Authorization": value} }
		checked := 0
		for _, q := range routes() {
			for name, header := range map[string]map[string]string{
				"none": bearer(""), "wrong": bearer("Bearer sk-wrong"), "expired": bearer("Bearer " + oldValue), "part": bearer("Bearer " + tokenValue[:20]),
				"longer": bearer("Bearer " + tokenValue + "x"), "basic": bearer("Basic " + tokenValue), "empty": bearer("Bearer "),
				"api-key": {"Authorization": "", "Api-Key": "sk-wrong"}, "x-api-key": {"Authorization": "", "X-Api-Key": oldValue},
			} {
				q := q
				q.header = header
				req := r.new(t, q)
				body := &unread{Reader: *strings.NewReader(q.body), touched: make(chan struct{})}
				if q.body != "" {
					req.Body, req.Header["Expect"] = struct {
						*unread
						closer
					}{unread: body}, []string{"100-continue"}
				}
				a, err := r.try(req)
				if err != nil {
					t.Fatal(err)
				}
				if a.status != 401 || gjson.Get(a.body, "error.code").Str != "invalid_api_key" || a.header.Get("X-Request-Id") == "" {
					t.Errorf("%s %s with token %s: %s", q.method, q.path, name, a)
				}
				select {
				case <-body.touched:
					t.Errorf("%s with token %s: the body was asked for", q.path, name)
				default:
				}
				checked++
			}
			// The other tenant knows its own models only.
			q.header = bearer("Bearer " + otherValue)
			a := r.do(t, q)
			switch {
			case strings.HasSuffix(q.path, "/models"):
				if a.status != 200 || strings.Contains(a.body, "first/") || !strings.Contains(a.body, "second/echo") || strings.Contains(a.body, `"auto"`) {
					t.Errorf("%s of another tenant: %s", q.path, a)
				}
			case strings.Contains(q.path, "/models/"):
				if a.status != 404 {
					t.Errorf("%s of another tenant: %s", q.path, a)
				}
			default:
				if a.status != 403 || gjson.Get(a.body, "error.code").Str != "model_not_allowed" {
					t.Errorf("%s of another tenant: %s", q.path, a)
				}
			}
			checked++
			q.header = nil
			if a := r.do(t, q); a.status != 200 {
				t.Errorf("%s with its own token: %s", q.path, a)
			}
		}
		if n := r.sim.Ledger().Len(); n != 6 {
			t.Errorf("%d calls upstream, want those of the one good token", n)
		}
		for _, address := range []string{":8080", "0.0.0.0:8080", "192.0.2.1:80", "[::]:80", "example.com:80", "127.0.0.1.example.com:80", "nonsense"} {
			if gateway.CheckListen(address, gateway.Config{Auth: gateway.AuthNone}) == nil {
				t.Errorf("listening on %s without authentication is not refused", address)
			}
			checked++
		}
		rows.Report(t, "X1", "every route x 10 tokens, 7 addresses", "401 or 403 before the body is read; no open listener without authentication", func() string {
			return fmt.Sprintf("%d checks", checked)
		})
	})
}

type closer struct{}

func (closer) Close() error { return nil }

// A route that is not in the walk above must not exist.
func TestRow_X1_NoRouteIsUnlisted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		for _, path := range []string{
			"/", "/v1", "/v1/", "/v1/models/", "/v1/chat", "/v1/completions", "/v1/responses", "/v1/files", "/v1/images/generations", "/v1/audio/speech",
			"/v1/moderations", "/v1/messages", "/v1beta/models", "/chat/completions", "/models", "/openai", "/openai/v1", "/openai/openai/v1/models", "//v1/models",
			"/v1/../v1/models", "/healthz", "/readyz", "/metrics", "/status", "/admin", "/debug/pprof/", "/favicon.ico",
		} {
			for _, method := range []string{"GET", "POST", "PUT", "DELETE", "OPTIONS"} {
				if a := r.do(t, request{method: method, path: path, body: "{}"}); a.status != 404 && a.status != 405 {
					t.Errorf("%s %s: %s", method, path, a)
				}
				if a := r.do(t, request{method: method, path: path, header: map[string]string{"Authorization": ""}}); a.status != 401 {
					t.Errorf("%s %s without a token: %s", method, path, a)
				}
			}
		}
	})
}

func TestTokensAreTakenWhereClientsPutThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		for _, header := range []map[string]string{
			{"Authorization": "Bearer " + tokenValue}, {"Authorization": "bearer " + tokenValue},
			{"Authorization": "", "Api-Key": tokenValue}, {"Authorization": "", "X-Api-Key": tokenValue},
		} {
			if a := r.do(t, request{method: "GET", path: "/v1/models", header: header}); a.status != 200 {
				t.Errorf("%v: %s", header, a)
			}
		}
	})
}

func TestUpdateSwapsTokensAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{})
		models := request{method: "GET", path: "/v1/models"}
		if err := r.Update(gateway.Config{Tokens: []gateway.Token{token("", "x")}}); err == nil {
			t.Error("a token without a name is taken")
		}
		if a := r.do(t, models); a.status != 200 {
			t.Errorf("a refused update changed something: %s", a)
		}
		if err := r.Update(gateway.Config{Tokens: []gateway.Token{token("new", "aio-another-value-altogether")}}); err != nil {
			t.Fatal(err)
		}
		if a := r.do(t, models); a.status != 401 {
			t.Errorf("the old token still works: %s", a)
		}
		models.header = map[string]string{"Authorization": "Bearer aio-another-value-altogether"}
		if a := r.do(t, models); a.status != 200 {
			t.Errorf("the new token does not work: %s", a)
		}
	})
}

// Without tokens, pages of other sites and renamed addresses are what is left to keep out.
func TestWithoutTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{config: gateway.Config{Auth: gateway.AuthNone, CORSOrigins: []string{origin}}})
		for _, test := range []struct {
			host, origin string
			status       int
		}{
			{"localhost:8080", "", 200}, {"127.0.0.1", "", 200}, {"[::1]:80", "", 200}, {"aio.localhost", "", 200},
			{"rebound.example", "", 403}, {"10.0.0.1", "", 403}, {"localhost.example", "", 403},
			{"localhost:8080", "https://evil.example", 403}, {"localhost:8080", "null", 403}, {"localhost:8080", origin, 200},
			{"localhost:8080", "http://localhost:8080", 200}, {"localhost:8080", "http://localhost:3000", 403},
		} {
			req := r.new(t, request{method: "GET", path: "/v1/models", header: map[string]string{"Authorization": "", "Origin": test.origin}})
			req.Host = test.host
			if a, err := r.try(req); err != nil || a.status != test.status {
				t.Errorf("host %s, origin %s: %v %s", test.host, test.origin, err, a)
			}
		}
	})
}

func TestConfigIsChecked(t *testing.T) {
	ok := []gateway.Token{token("a", "aio-some-value")}
	for name, c := range map[string]gateway.Config{
		"no token":      {},
		"unknown auth":  {Auth: "basic"},
		"no name":       {Tokens: []gateway.Token{token("", "aio-some-value")}},
		"no value":      {Tokens: []gateway.Token{token("a", "")}},
		"no hash":       {Tokens: []gateway.Token{{Name: "a"}}},
		"twice":         {Tokens: append(ok, ok...)},
		"origin":        {Tokens: ok, CORSOrigins: []string{"app.example"}},
		"origin path":   {Tokens: ok, CORSOrigins: []string{"https://app.example/"}},
		"negative":      {Tokens: ok, Limits: gateway.Limits{Write: -1}},
		"body too much": {Tokens: ok, Limits: gateway.Limits{Body: sdk.MaxBody + 1}},
	} {
		if _, err := gateway.New(gateway.Static(nil), c); err == nil {
			t.Errorf("%s: not refused", name)
		} else if strings.Contains(err.Error(), "aio-some-value") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, address := range []string{"127.0.0.1:80", "localhost:80", "[::1]:0", "unix:/run/aio.sock"} {
		if err := gateway.CheckListen(address, gateway.Config{Auth: gateway.AuthNone}); err != nil {
			t.Error(err)
		}
	}
	if err := gateway.CheckListen("0.0.0.0:80", gateway.Config{Tokens: ok}); err != nil {
		t.Error(err)
	}
}

func TestEnsureToken(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state", "token")
	var made sync.Map
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			value, created, err := gateway.EnsureToken(path)
			if err != nil {
				t.Error(err)
			}
			if n, seen := made.LoadOrStore(value.Reveal(), created); seen && created {
				t.Errorf("made twice (%v)", n)
			}
		})
	}
	group.Wait()
	values := 0
	made.Range(func(value, _ any) bool {
		values++
		if !strings.HasPrefix(value.(string), "aio-") || len(value.(string)) < 32 {
			t.Errorf("token %q", value)
		}
		return true
	})
	if values != 1 {
		t.Errorf("%d tokens", values)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != fs.FileMode(0o600) {
		t.Errorf("mode %v", info.Mode())
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := gateway.EnsureToken(path); err == nil {
		t.Error("an empty file is taken for a token")
	}
}
