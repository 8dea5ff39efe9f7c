package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/host/reload"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
)

const (
	keyCanary   = "sk-canary-key-8f4e7a20c6b94d13"
	proxyCanary = "http://user:canary-password@proxy.example:3128"
	adminToken  = "canary-admin-token-0123456789"
	prompt      = "canary of a prompt"
)

// provider answers, or waits for its caller to go.
type provider struct{}

func (provider) Chat(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	req, err := call.ChatRequest()
	if err != nil {
		return nil, err
	}
	switch text := req.Messages[0].Content.Text(); text {
	case "wait":
		<-ctx.Done()
		return nil, ctx.Err()
	case "fail":
		return nil, &sdk.Error{Kind: sdk.KindServerError, Message: "refused " + call.Key.Reveal(), Certainty: sdk.MaybeSent}
	}
	return &sdk.Reply{Body: []byte(`{"choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`),
		Info: sdk.ReplyInfo{FinishReason: "stop", Usage: &sdk.Usage{PromptTokens: 3, CompletionTokens: 4, TotalTokens: 7}}}, nil
}

type rig struct {
	*host.Host
	recent *Recent
	handle http.Handler
	drain  bool
}

func newRig(t *testing.T, c Config, change func(*host.Config)) *rig {
	t.Helper()
	config := host.Config{Auto: true, Retry: host.Retry{MaxTries: 1}, Providers: []host.Provider{{
		Name: "first", AnyModel: true, Models: []host.Model{{Name: "echo"}}, Proxy: sdk.NewSecret(proxyCanary),
		Keys: []host.Key{{Label: "main", Value: sdk.NewSecret(keyCanary)}, {Label: "absent", Missing: "KEY_2 is not set"}},
		Local: &sdk.Plugin{Name: "first", Version: "1", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
			return provider{}, nil
		}},
	}}}
	if change != nil {
		change(&config)
	}
	r := &rig{recent: NewRecent(4)}
	var err error
	if r.Host, err = host.New(t.Context(), config, host.WithObserver(r.recent)); err != nil {
		t.Fatal(err)
	}
	_ = r.Start(t.Context())
	t.Cleanup(func() { _ = r.Close(context.WithoutCancel(t.Context())) })
	r.handle = New(Sources{
		Hosts: func() []*host.Host { return []*host.Host{r.Host} }, Draining: func() bool { return r.drain },
		Reload:  func() reload.Status { return reload.Status{Generation: 3, LastError: "config.hcl:1:1: no"} },
		Alerts:  func() alerts.Status { return alerts.Status{} },
		Gateway: func() any { return map[string]string{"listen": "127.0.0.1:8080"} },
		Recent:  r.recent,
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "aio_build_info 1") }),
	}, c).Handler()
	return r
}

type asking func(*http.Request)

func with(name, value string) asking { return func(r *http.Request) { r.Header.Set(name, value) } }
func as(host string) asking          { return func(r *http.Request) { r.Host = host } }

func (r *rig) ask(method, path string, how ...asking) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "http://127.0.0.1:9090"+path, nil)
	for _, h := range how {
		h(req)
	}
	w := httptest.NewRecorder()
	r.handle.ServeHTTP(w, req)
	return w
}

func (r *rig) chat(ctx context.Context, text string, opts ...host.CallOption) error {
	_, err := r.Chat(ctx, &sdk.ChatRequest{Model: "auto", Messages: []sdk.Message{sdk.User(text)}}, opts...)
	return err
}

// Every line of the list of routes is known here, with what it may do. A new one fails until somebody has
// thought about it.
func TestRow_X12_RoutesAreHarmless(t *testing.T) {
	t.Parallel()
	// changes names the state a route changes; empty is none. None may start a program, take a path or an
	// address, or return a secret.
	changes := map[string]string{
		"GET /healthz": "", "GET /readyz": "", "GET /metrics": "", "GET /status": "", "GET /requests": "", "GET /requests/recent": "",
		"POST /requests/{id}/cancel": "one request under way",
	}
	open := []string{"GET /healthz", "GET /readyz"}
	r := newRig(t, Config{Token: sdk.NewSecret(adminToken)}, nil)
	for _, text := range []string{prompt, "fail"} {
		_ = r.chat(t.Context(), text)
	}
	a := New(Sources{}, Config{})
	if len(a.routes) != len(changes) {
		t.Errorf("%d routes, %d are known here", len(a.routes), len(changes))
	}
	for _, route := range a.routes {
		name := route.method + " " + route.path
		change, known := changes[name]
		if !known {
			t.Errorf("route %s is not known here: say what it changes", name)
			continue
		}
		if change != "" && route.method != http.MethodPost || change == "" && route.method != http.MethodGet {
			t.Errorf("%s changes %q", name, change)
		}
		if route.open != slices.Contains(open, name) {
			t.Errorf("%s is open: %v", name, route.open)
		}
		path := strings.ReplaceAll(route.path, "{id}", "nobody")
		if code := r.ask(route.method, path, with(HeaderAdmin, "1")).Code; !route.open && code != http.StatusUnauthorized {
			t.Errorf("%s without a token: %d", name, code)
		}
		for _, query := range []string{"", "?path=/etc/passwd&dir=/tmp&url=http://169.254.169.254/&plugin=sh&config=x"} {
			w := r.ask(route.method, path+query, with("Authorization", "Bearer "+adminToken), with(HeaderAdmin, "1"))
			if strings.Contains(w.Body.String(), "canary") {
				t.Errorf("%s tells a secret:\n%s", name, w.Body)
			}
			if w.Code == http.StatusUnauthorized || w.Code >= 500 {
				t.Errorf("%s with the token: %d", name, w.Code)
			}
		}
	}
	if r.ask("GET", "/debug/pprof/", with("Authorization", "Bearer "+adminToken)).Code != http.StatusNotFound {
		t.Error("an unlisted path is answered")
	}
	rows.Report(t, "X12", fmt.Sprintf("%d admin routes, by list", len(changes)), "none starts code, takes a path or an address, or returns a secret", func() string { return "every route known" })
}

func TestGuard(t *testing.T) {
	t.Parallel()
	plain, tokened, socket := newRig(t, Config{}, nil), newRig(t, Config{Token: sdk.NewSecret(adminToken)}, nil), newRig(t, Config{Socket: true}, nil)
	bearer := func(v string) asking { return with("Authorization", "Bearer "+v) }
	for name, test := range map[string]struct {
		r    *rig
		how  []asking
		path string
		want int
	}{
		"loopback":                       {plain, nil, "GET /status", 200},
		"localhost":                      {plain, []asking{as("localhost:9090")}, "GET /status", 200},
		"v6":                             {plain, []asking{as("[::1]:9090")}, "GET /status", 200},
		"a name pointed at us":           {plain, []asking{as("evil.example:9090")}, "GET /status", 421},
		"a name like ours":               {plain, []asking{as("127.0.0.1.evil.example")}, "GET /healthz", 421},
		"no name":                        {plain, []asking{as("")}, "GET /status", 421},
		"any name on a socket":           {socket, []asking{as("aio")}, "GET /status", 200},
		"a page of another site":         {plain, []asking{with("Sec-Fetch-Site", "cross-site")}, "GET /status", 403},
		"a page of the same site's port": {plain, []asking{with("Sec-Fetch-Site", "same-site")}, "GET /status", 403},
		"a typed address":                {plain, []asking{with("Sec-Fetch-Site", "none")}, "GET /status", 200},
		"another origin":                 {plain, []asking{with("Origin", "http://127.0.0.1:3000")}, "GET /status", 403},
		"the null origin":                {plain, []asking{with("Origin", "null")}, "GET /status", 403},
		"our origin":                     {plain, []asking{with("Origin", "http://127.0.0.1:9090")}, "GET /status", 200},
		"no token":                       {tokened, nil, "GET /status", 401},
		"a wrong token":                  {tokened, []asking{bearer(adminToken + "x")}, "GET /status", 401},
		"the token":                      {tokened, []asking{bearer(adminToken)}, "GET /status", 200},
		"the token, any name":            {tokened, []asking{bearer(adminToken), as("aio.example")}, "GET /status", 200},
		"a probe without token":          {tokened, []asking{as("10.0.0.7:9090")}, "GET /readyz", 200},
		"a wrong path without token":     {tokened, nil, "GET /nothing", 401},
		"a change without the header":    {plain, nil, "POST /requests/x/cancel", 403},
		"a change":                       {plain, []asking{with(HeaderAdmin, "1")}, "POST /requests/x/cancel", 404},
		"a change by GET":                {plain, []asking{with(HeaderAdmin, "1")}, "GET /requests/x/cancel", 405},
		"a preflight":                    {plain, []asking{with("Origin", "https://app.example")}, "OPTIONS /status", 403},
	} {
		t.Run(name, func(t *testing.T) {
			method, path, _ := strings.Cut(test.path, " ")
			w := test.r.ask(method, path, test.how...)
			if w.Code != test.want {
				t.Errorf("%d, want %d: %s", w.Code, test.want, w.Body)
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Error("another origin may read it")
			}
		})
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	failing := func(c *host.Config) {
		c.Providers[0].Local = &sdk.Plugin{Name: "first", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
			return nil, errors.New("no licence")
		}}
	}
	for name, test := range map[string]struct {
		change func(*host.Config)
		drain  bool
		reason string // empty: ready
	}{
		"a provider with a key": {},
		"a provider without keys": {change: func(c *host.Config) {
			c.Providers[0].Keys = nil
		}},
		"draining":               {drain: true, reason: "stopping"},
		"no key":                 {change: func(c *host.Config) { c.Providers[0].Keys = c.Providers[0].Keys[1:] }, reason: "provider first: no usable key, 1 missing"},
		"not active":             {change: func(c *host.Config) { c.Providers[0].Disabled = true }, reason: "provider first: not active"},
		"a plugin does not work": {change: failing, reason: "no licence"},
		"no provider":            {change: func(c *host.Config) { c.Providers = nil }, reason: "no provider is configured"},
		"one of two": {change: func(c *host.Config) {
			second := c.Providers[0]
			second.Name = "second"
			failing(c)
			second.Keys = second.Keys[:1]
			c.Providers = append(c.Providers, second)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, Config{}, test.change)
			r.drain = test.drain
			w := r.ask("GET", "/readyz")
			var got Readiness
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			want, code := test.reason == "", http.StatusOK
			if !want {
				code = http.StatusServiceUnavailable
			}
			if w.Code != code || got.Ready != want || !strings.Contains(strings.Join(got.Reasons, "; "), test.reason) {
				t.Errorf("%d %+v, want ready=%v because of %q", w.Code, got, want, test.reason)
			}
			if w := r.ask("GET", "/healthz"); w.Code != http.StatusOK {
				t.Errorf("healthz answers %d", w.Code)
			}
		})
	}
}

// A key that cools for a moment does not take the gateway out of service.
func TestCoolingIsReady(t *testing.T) {
	t.Parallel()
	p := host.ProviderStatus{Active: true, Plugin: host.PluginStatus{State: "ready"}, Keys: []host.KeyStatus{{State: "cooling"}}}
	if why := unusable(p); why != "" {
		t.Errorf("not ready: %s", why)
	}
	for _, state := range []string{"parked", "exhausted", "disabled"} {
		p.Keys[0].State = state
		if unusable(p) == "" {
			t.Errorf("a provider whose only key is %s is ready", state)
		}
	}
}

func TestLiveAndRecent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Config{}, nil)
		ended := make(chan error, 1)
		go func() { ended <- r.chat(t.Context(), "wait", host.WithRequestID("a/b c")) }()
		synctest.Wait()
		var live struct{ Requests []host.ActiveRequest }
		if err := json.Unmarshal(r.ask("GET", "/requests").Body.Bytes(), &live); err != nil || len(live.Requests) != 1 || live.Requests[0].ID != "a/b c" {
			t.Fatalf("live requests: %+v, %v", live, err)
		}
		if w := r.ask("POST", "/requests/a%2Fb%20c/cancel", with(HeaderAdmin, "1")); w.Code != http.StatusOK {
			t.Fatalf("cancel: %d %s", w.Code, w.Body)
		}
		if err := <-ended; host.KindOf(err) != sdk.KindCanceled {
			t.Errorf("the request ended with %v", err)
		}
		for range 5 {
			if err := r.chat(t.Context(), prompt); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		_ = r.chat(t.Context(), "fail", host.WithRequestID("last"))
		var recent struct{ Requests []Ended }
		if err := json.Unmarshal(r.ask("GET", "/requests/recent").Body.Bytes(), &recent); err != nil {
			t.Fatal(err)
		}
		var kinds []sdk.Kind
		for _, e := range recent.Requests {
			kinds = append(kinds, e.Kind)
		}
		if diff := cmp.Diff([]sdk.Kind{sdk.KindServerError, "", "", ""}, kinds); diff != "" {
			t.Errorf("recent requests, the last first (-want +got):\n%s", diff)
		}
		if last := recent.Requests[0]; last.RequestID != "last" || len(last.Attempts) != 1 || last.Attempts[0].Kind != sdk.KindServerError {
			t.Errorf("the last request: %+v", last)
		}
		var status Status
		if err := json.Unmarshal(r.ask("GET", "/status").Body.Bytes(), &status); err != nil {
			t.Fatal(err)
		}
		if status.Reload.Generation != 3 || status.Generations != 1 || status.Totals.Requests != 7 || len(status.Providers) != 1 || !status.Readiness.Ready {
			t.Errorf("status %+v", status)
		}
	})
}
