package host_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestChatTellsHowItCameAbout(t *testing.T) {
	t.Parallel()
	r := start(t, setup{keys: []int{1, 1}})
	reply, err := r.Chat(t.Context(), ask("hello there"), host.WithRequestID("mine-1"))
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, reply); !strings.Contains(got, "hello there") {
		t.Errorf("answer %q", got)
	}
	trail := reply.Route
	if trail.RequestID != "mine-1" || trail.Requested != "auto" || trail.Provider != "first" || trail.Model != "echo" ||
		trail.Key != "first-1" || trail.ServedModel != "gpt-5.4-mini" || len(trail.Attempts) != 1 || trail.AutoFallback != nil {
		t.Errorf("trail %s", pretty(trail))
	}
	if reply.Info.Usage == nil || reply.Info.Usage.TotalTokens == 0 || reply.Info.FinishReason != "stop" {
		t.Errorf("info %s", pretty(reply.Info))
	}
	if s := r.Status(); s.Totals.Requests != 1 || s.Totals.PromptTokens == 0 || s.Providers[0].Keys[0].UsedToday != 1 {
		t.Errorf("status %s", pretty(s))
	}
}

func TestStreamArrivesAsItIsProduced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{script: script(rule(simulator.FaultPause, "", func(r *simulator.Rule) { r.Fault.After, r.Fault.For = 2, 30*time.Second }))})
		began := time.Now()
		s, err := r.ChatStream(t.Context(), ask("one two three"))
		if err != nil {
			t.Fatal(err)
		}
		if time.Since(began) > time.Second {
			t.Errorf("the first content came after %v", time.Since(began))
		}
		var early, late int
		for chunk, err := range s.Events() {
			if err != nil {
				t.Fatal(err)
			}
			if len(chunk.Choices) == 0 || chunk.Choices[0].Delta.Content.Text() == "" {
				continue
			}
			if time.Since(began) < 30*time.Second {
				early++
			} else {
				late++
			}
		}
		if early == 0 || late == 0 {
			t.Errorf("%d chunks before the upstream's pause, %d after", early, late)
		}
		if s.Info().FinishReason != "stop" || s.Info().Usage == nil {
			t.Errorf("info %s", pretty(s.Info()))
		}
	})
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	r := start(t, setup{change: func(c *host.Config) {
		c.Providers[0].Models = append(c.Providers[0].Models, host.Model{Name: "plain", Features: []string{}})
		c.Routes = []host.Route{{Name: "quick", Targets: []string{"first/echo"}}}
	}})
	message := []sdk.Message{sdk.User("hi")}
	for _, test := range []struct {
		name string
		req  *sdk.ChatRequest
		opts []host.CallOption
		kind sdk.Kind
		says string
	}{
		{"nil", nil, nil, sdk.KindBadRequest, "nil"},
		{"no messages", &sdk.ChatRequest{Model: "auto"}, nil, sdk.KindBadRequest, "messages"},
		{"no model", &sdk.ChatRequest{Messages: message}, nil, sdk.KindBadRequest, `"auto"`},
		{"unknown model", &sdk.ChatRequest{Model: "ecko", Messages: message}, nil, sdk.KindNoTarget, "did you mean first/echo"},
		{"unknown provider", &sdk.ChatRequest{Model: "forst/echo", Messages: message}, nil, sdk.KindNoTarget, "did you mean first/echo"},
		{"unknown route", ask("hi"), []host.CallOption{host.WithRoute("quik")}, sdk.KindNoTarget, "did you mean quick"},
		{"temperature", &sdk.ChatRequest{Model: "auto", Messages: message, Temperature: sdk.Ptr(3.0)}, nil, sdk.KindBadRequest, "temperature"},
		{"line break in the model", &sdk.ChatRequest{Model: "a\r\nb", Messages: message}, nil, sdk.KindBadRequest, "model"},
		{"NUL in the id", ask("hi"), []host.CallOption{host.WithRequestID("a\x00b")}, sdk.KindBadRequest, "request id"},
		{"line break in the route", ask("hi"), []host.CallOption{host.WithRoute("a\nb")}, sdk.KindBadRequest, "route"},
		{"picture for a text model", &sdk.ChatRequest{Model: "first/plain", Messages: []sdk.Message{sdk.UserParts(sdk.ImagePart("https://example.com/a.png"))}}, nil, sdk.KindUnsupported, "vision"},
		{"oversize", &sdk.ChatRequest{Model: "auto", Messages: []sdk.Message{sdk.User(strings.Repeat("x", sdk.MaxBody))}}, nil, sdk.KindBadRequest, "larger than"},
	} {
		_, err := r.Chat(t.Context(), test.req, test.opts...)
		var e *host.Error
		if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(err.Error(), test.says) || strings.ContainsAny(err.Error(), "\r\n\x00") {
			t.Errorf("%s: %v; want %s about %q", test.name, err, test.kind, test.says)
		}
		if _, err := r.ChatStream(t.Context(), test.req, test.opts...); host.KindOf(err) != test.kind {
			t.Errorf("%s as a stream: %v", test.name, err)
		}
	}
	for body, says := range map[string]string{
		`{`: "JSON", `[]`: "object", `{"model":7}`: `"model" must be a string, got number`,
		`{"model":"auto","messages":"hi"}`: "list", `{"model":"auto","messages":[]}`: "empty",
	} {
		if _, err := r.ChatJSON(t.Context(), []byte(body)); host.KindOf(err) != sdk.KindBadRequest || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if n := r.sim.Ledger().Len(); n != 0 {
		t.Errorf("%d upstream calls for requests that cannot be", n)
	}
	if got := len(r.Active()); got != 0 {
		t.Errorf("%d requests are still active", got)
	}
}

// The bytes of a request reach the upstream but for what must change, and its reply comes back whole.
func TestBytesSurvive(t *testing.T) {
	t.Parallel()
	r := start(t, setup{})
	body := `{"model":"auto","messages":[{"role":"user","content":"hi","x_note":{"b":1,"a":1.50}}],"temperature":0,"seed":9007199254740993,"x_unknown":[1e400,null]}`
	reply, err := r.ChatJSON(t.Context(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(body, `"model":"auto"`, `"model":"gpt-5.4-mini"`, 1)
	if got := string(r.sim.Ledger().Entries()[0].Body); got != want {
		t.Errorf("upstream got\n%s\nwant\n%s", got, want)
	}
	if !strings.Contains(string(reply.Body), `"system_fingerprint"`) && !strings.Contains(string(reply.Body), `"service_tier"`) {
		t.Errorf("the reply lost what the upstream added: %s", reply.Body)
	}
}

func TestCancelReachesTheUpstreamAndBlamesNobody(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{
		"before headers": {Kind: simulator.FaultHang},
		"in the stream":  {Kind: simulator.FaultStall, After: 2},
	} {
		for way, cancel := range map[string]func(*rig, context.CancelFunc, string){
			"context": func(_ *rig, stop context.CancelFunc, _ string) { stop() },
			"by id": func(r *rig, _ context.CancelFunc, id string) {
				if !r.Cancel(id) {
					t.Error("no such request")
				}
			},
			"all": func(r *rig, _ context.CancelFunc, _ string) {
				if n := r.CancelAll(); n != 1 {
					t.Errorf("%d requests canceled", n)
				}
			},
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				t.Parallel()
				r := start(t, setup{keys: []int{2, 1}, script: script(simulator.Rule{Fault: fault})})
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				done := make(chan error, 1)
				go func() {
					s, err := r.ChatStream(ctx, ask("one two three four"), host.WithRequestID("x"))
					if err == nil {
						_, err = readAll(s)
					}
					done <- err
				}()
				if _, err := r.sim.Ledger().Wait(ctx, 1, nil); err != nil {
					t.Fatal(err)
				}
				cancel(r, stop, "x")
				if err := <-done; host.KindOf(err) != sdk.KindCanceled {
					t.Errorf("caller got %v", err)
				}
				awaitGone(t, r, "first-1")
				if n := r.sim.Ledger().Len(); n != 1 {
					t.Errorf("%d upstream calls", n)
				}
				if k := r.key(t, "first", "first-1"); k.State != "ready" || k.Errors != 0 || k.UsedToday != 1 {
					t.Errorf("key %s", pretty(k))
				}
				if s := r.Status().Totals; s.Canceled != 1 || s.Failed != 0 {
					t.Errorf("totals %s", pretty(s))
				}
			})
		}
	}
}

func TestALiveIDIsRefusedTwice(t *testing.T) {
	t.Parallel()
	r := start(t, setup{script: script(rule(simulator.FaultStall, "", func(r *simulator.Rule) { r.Fault.After = 1 }))})
	s, err := r.ChatStream(t.Context(), ask("one two three"), host.WithRequestID("twin"))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Active(); len(got) != 1 || got[0].ID != "twin" || !got[0].Stream {
		t.Errorf("active %s", pretty(got))
	}
	if _, err := r.Chat(t.Context(), ask("hi"), host.WithRequestID("twin")); host.KindOf(err) != sdk.KindBadRequest {
		t.Errorf("a second live request with the id: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	awaitGone(t, r, "first-1")
	if got := r.Active(); len(got) != 0 {
		t.Errorf("after Close: %s", pretty(got))
	}
}

func TestRetriesOfTheLastTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{script: script(rule(simulator.FaultError, "", func(r *simulator.Rule) { r.Fault.Status, r.Match.To = 500, 2 }))})
		reply, err := r.Chat(t.Context(), ask("hi"))
		if err != nil {
			t.Fatal(err)
		}
		a := reply.Route.Attempts
		if len(a) != 3 || a[0].Next != "same_target" || a[1].Waited > 500*time.Millisecond || a[2].Waited > time.Second {
			t.Errorf("attempts %s", pretty(a))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{keys: []int{1, 1}, script: script(rule(simulator.FaultError, "", func(r *simulator.Rule) { r.Fault.Status = 503 }))})
		_, err := r.Chat(t.Context(), ask("hi"))
		if host.KindOf(err) != sdk.KindOverloaded {
			t.Errorf("got %v", err)
		}
		// With another target ready a server error goes on at once; only the last one is tried again.
		if diff := cmp.Diff([]string{"first-1", "second-1", "second-1", "second-1"}, r.asked()); diff != "" {
			t.Error(diff)
		}
	})
}

// Retries are a part of the traffic, however many requests fail.
func TestRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			script: script(rule(simulator.FaultError, "", func(r *simulator.Rule) { r.Fault.Status = 500 })),
			change: func(c *host.Config) { c.Retry.Delay = time.Millisecond },
		})
		const n = 500
		for range n {
			if _, err := r.Chat(t.Context(), ask("hi")); host.KindOf(err) != sdk.KindServerError {
				t.Fatal(err)
			}
		}
		// 3 a second for the 10 s that credits live, and a fifth of the requests.
		if calls := r.sim.Ledger().Len(); calls > n+30+n/5+10 {
			t.Errorf("%d calls for %d requests", calls, n)
		}
	})
}

// One deadline holds for the whole request, shared out so that the last target still gets its chance.
func TestOneDeadlineForAllTargets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			keys: []int{1, 1, 1}, script: script(rule(simulator.FaultHang, "first-1", nil), rule(simulator.FaultHang, "second-1", nil)),
			change: func(c *host.Config) { c.Timeouts.Total = 30 * time.Second },
		})
		began := time.Now()
		reply, err := r.Chat(t.Context(), ask("hi"))
		if err != nil {
			t.Fatal(err)
		}
		if reply.Route.Provider != "third" {
			t.Errorf("%s", pretty(reply.Route))
		}
		within(t, "answered after", time.Since(began), 19*time.Second, 21*time.Second)
	})
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{keys: []int{1, 1}, script: script(rule(simulator.FaultHang, "", nil))})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		_, err := r.Chat(ctx, ask("hi"))
		if host.KindOf(err) != sdk.KindTimeout {
			t.Errorf("got %v", err)
		}
		within(t, "the caller's deadline", time.Since(began), 19*time.Second, 20*time.Second)
	})
}

// Dead keys never hide the good one, whatever the retry policy; three authentication errors in a row take a
// key out.
func TestRotationPastDeadKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rules []simulator.Rule
		for i, status := range []int{401, 402, 403, 401, 402, 403, 401, 402, 403} {
			rules = append(rules, rule(simulator.FaultError, fmt.Sprintf("first-%d", i+1), func(r *simulator.Rule) { r.Fault.Status = status }))
		}
		r := start(t, setup{keys: []int{10}, script: script(rules...), change: func(c *host.Config) { c.Retry.MaxTries = 1 }})
		for range 20 {
			reply, err := r.Chat(t.Context(), ask("hi"))
			if err != nil {
				t.Fatal(err)
			}
			if reply.Route.Key != "first-10" {
				t.Errorf("served by %s", reply.Route.Key)
			}
		}
		for i := range 9 {
			label := fmt.Sprintf("first-%d", i+1)
			if n := r.sim.Ledger().Count(simulator.ByKey(label)); n > 3 {
				t.Errorf("dead key %s was tried %d times", label, n)
			}
		}
		if k := r.key(t, "first", "first-1"); k.State != "disabled" || k.Reason == "" {
			t.Errorf("key %s", pretty(k))
		}
		if err := r.EnableKey("first", "first-1"); err != nil {
			t.Error(err)
		}
		if k := r.key(t, "first", "first-1"); k.State != "ready" {
			t.Errorf("enabled key %s", pretty(k))
		}
	})
}

func TestDailyLimitIsNeverExceeded(t *testing.T) {
	t.Parallel()
	r := start(t, setup{keys: []int{2}, change: func(c *host.Config) {
		for i := range c.Providers[0].Keys {
			c.Providers[0].Keys[i].DailyLimit = 20
		}
	}})
	var wg sync.WaitGroup
	var mu sync.Mutex
	kinds := map[sdk.Kind]int{}
	for range 100 {
		wg.Go(func() {
			_, err := r.Chat(t.Context(), ask("hi"))
			mu.Lock()
			defer mu.Unlock()
			kinds[host.KindOf(err)]++
		})
	}
	wg.Wait()
	if kinds[""] != 40 || kinds[sdk.KindKeysExhausted] != 60 || r.sim.Ledger().Len() != 40 {
		t.Errorf("%v, %d upstream calls; want 40 served and 40 calls", kinds, r.sim.Ledger().Len())
	}
	if err := r.ResetDailyCounters(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Chat(t.Context(), ask("hi")); err != nil {
		t.Errorf("after the reset: %v", err)
	}
}

func TestObserversAndTheOneLine(t *testing.T) {
	t.Parallel()
	log := &journal{}
	r := start(t, setup{keys: []int{2}, log: hclog.New(&hclog.LoggerOptions{Level: hclog.Info, Output: log}),
		script: script(rule(simulator.FaultError, "first-1", func(r *simulator.Rule) { r.Fault.Error = simulator.ErrorRateMinute }))})
	if _, err := r.Chat(t.Context(), ask("my private prompt")); err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(log.String(), "\n"), func(l string) bool { return !strings.Contains(l, "request completed") })
	if len(lines) != 1 || !strings.Contains(lines[0], "provider=first") || !strings.Contains(lines[0], "attempts=2") || !strings.Contains(lines[0], "duration=") {
		t.Errorf("log:\n%s", log)
	}
	if strings.Contains(log.String(), "private") {
		t.Error("the prompt is in the log")
	}
}

func TestEmbedAndModels(t *testing.T) {
	t.Parallel()
	r := start(t, setup{change: func(c *host.Config) {
		c.Providers[0].Models = append(c.Providers[0].Models, host.Model{Name: "vectors", ID: "text-embedding-3-small"})
	}})
	if got := r.Models(); len(got) != 2 || got[0].Name != "echo" || got[0].ID != "gpt-5.4-mini" || !got[0].Active {
		t.Errorf("models %s", pretty(got))
	}
	upstream, err := r.UpstreamModels(t.Context(), "first")
	if err != nil || len(upstream) == 0 {
		t.Errorf("upstream models: %v, %v", upstream, err)
	}
	if _, err := r.ValidateKey(t.Context(), "first", sdk.NewSecret(keyValue("first-1"))); err != nil {
		t.Errorf("a good key: %v", err)
	}
	if _, err := r.ValidateKey(t.Context(), "first", sdk.NewSecret("sk-not-known-here")); sdk.KindOf(err) != sdk.KindAuthInvalid {
		t.Errorf("a bad key: %v", err)
	}
	if _, err := r.UpstreamModels(t.Context(), "nobody"); host.KindOf(err) != sdk.KindNoTarget {
		t.Errorf("unknown provider: %v", err)
	}
	_, err = r.Embed(t.Context(), &sdk.EmbeddingRequest{Model: "auto"})
	if host.KindOf(err) != sdk.KindBadRequest {
		t.Errorf("embedding nothing: %v", err)
	}
	embedded, err := r.Embed(t.Context(), &sdk.EmbeddingRequest{Model: "first/vectors", Input: sdk.EmbedText("hello")})
	if err != nil {
		t.Fatal(err)
	}
	var vectors sdk.EmbeddingReply
	if err := vectors.UnmarshalJSON(embedded.Body); err != nil || len(vectors.Data) != 1 || embedded.Route.Provider != "first" {
		t.Errorf("embedding %s: %v", embedded.Body, err)
	}
	_, err = r.CountTokens(t.Context(), ask("hi"))
	if host.KindOf(err) != sdk.KindUnsupported {
		t.Errorf("counting tokens where nobody can: %v", err)
	}
	if s := r.Summary(); s.TotalKeys != 1 || s.TotalModels != 2 || s.MaxTries != 3 {
		t.Errorf("summary %s", pretty(s))
	}
}

func TestExplainCallsNobody(t *testing.T) {
	t.Parallel()
	r := start(t, setup{keys: []int{2, 1}, change: func(c *host.Config) {
		c.Providers[0].Models[0].Features = []string{}
		c.Providers[0].Keys[1].Value, c.Providers[0].Keys[1].Missing = sdk.Secret{}, "SECOND_KEY is not set"
	}})
	plan, err := r.Explain(ask("hi"))
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Targets) != 2 || plan.Mode != "auto" || plan.Targets[0].Keys[0] != "first-1" || plan.Targets[0].KeysHeld[0].Reason != "SECOND_KEY is not set" {
		t.Errorf("plan %s", pretty(plan))
	}
	req := ask("hi")
	req.Messages = append(req.Messages, sdk.UserParts(sdk.ImagePart("https://example.com/a.png")))
	plan, err = r.Explain(req)
	if err != nil || len(plan.Targets) != 1 || len(plan.Dropped) != 1 || plan.Dropped[0].Reason != "model has no vision" {
		t.Errorf("plan %s, %v", pretty(plan), err)
	}
	if r.sim.Ledger().Len() != 0 {
		t.Error("explaining called the upstream")
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	key := host.Key{Label: "a", Value: sdk.NewSecret("sk-0123456789")}
	model := host.Model{Name: "m"}
	for name, test := range map[string]struct {
		config host.Config
		says   string
	}{
		"name":          {host.Config{Providers: []host.Provider{{Name: "../sh"}}}, "lower-case"},
		"twice":         {host.Config{Providers: []host.Provider{{Name: "a"}, {Name: "a"}}}, "twice"},
		"same key":      {host.Config{Providers: []host.Provider{{Name: "a", Keys: []host.Key{key, {Label: "b", Value: key.Value}}}}}, "same key"},
		"label":         {host.Config{Providers: []host.Provider{{Name: "a", Keys: []host.Key{{Label: "x\ny", Value: key.Value}}}}}, "control character"},
		"key value":     {host.Config{Providers: []host.Provider{{Name: "a", Keys: []host.Key{{Label: "x", Value: sdk.NewSecret("sk-012345\n")}}}}}, "control character"},
		"key no value":  {host.Config{Providers: []host.Provider{{Name: "a", Keys: []host.Key{{Label: "x"}}}}}, "no value"},
		"route target":  {host.Config{Routes: []host.Route{{Name: "r", Targets: []string{"a/m"}}}}, "a/m"},
		"route named":   {host.Config{Routes: []host.Route{{Name: "auto", Targets: []string{"a"}}}, Providers: []host.Provider{{Name: "a", Models: []host.Model{model}}}}, "auto"},
		"ambiguous":     {host.Config{Retry: host.Retry{OnAmbiguous: "maybe"}}, "on_ambiguous"},
		"negative time": {host.Config{Timeouts: host.Timeouts{Stall: -1}}, "negative"},
		"zone":          {host.Config{Accounts: []host.Account{{Name: "x", Reset: host.Reset{TZ: "Mars/Olympus"}}}, Providers: []host.Provider{{Name: "a"}}}, "Mars"},
	} {
		h, err := host.New(t.Context(), test.config)
		if err == nil {
			t.Errorf("%s was accepted", name)
			_ = h.Close(t.Context())
			continue
		}
		if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "sk-0123456789") {
			t.Errorf("%s: %v; want %q", name, err, test.says)
		}
	}
}

// An account is the same wherever it is named: two provider blocks share its daily quota.
func TestAccountsAreSharedBetweenProviders(t *testing.T) {
	t.Parallel()
	r := start(t, setup{keys: []int{1, 1}, change: func(c *host.Config) {
		c.Accounts = []host.Account{{Name: "team", Limits: host.Limits{RequestsPerDay: 5}}}
		for i := range c.Providers {
			c.Providers[i].Keys[0].Account = "team"
		}
	}})
	served := 0
	for range 12 {
		if _, err := r.Chat(t.Context(), ask("hi")); err == nil {
			served++
		}
	}
	if served != 5 || r.sim.Ledger().Len() != 5 {
		t.Errorf("%d served by %d upstream calls, want 5", served, r.sim.Ledger().Len())
	}
}
