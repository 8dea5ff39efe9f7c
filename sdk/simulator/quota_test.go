package simulator

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"
)

func (r *rig) as(key, dialect, model string) heard {
	r.t.Helper()
	return hear(r.client, request(r.t, http.MethodPost, r.server.BaseURL(dialect)+"/chat/completions", key, chatBody(model, "hi", false)))
}

// TestDailyLimitIsNeverExceeded, whoever asks and however many at once.
func TestDailyLimitIsNeverExceeded(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Keys: []Key{
		{Label: "a", Value: "secret-a", DailyLimit: 50, Account: "acme"},
		{Label: "b", Value: "secret-b", DailyLimit: 50, Account: "acme"},
	}})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				r.as([]string{"secret-a", "secret-b"}[i%2], Groq, "openai/gpt-oss-20b")
			}
		})
	}
	wg.Wait()
	ok := func(e Entry) bool { return e.Status == 200 }
	if n := r.sim.Ledger().Count(ok); n != 50 {
		t.Errorf("%d requests were granted, the limit is 50", n)
	}
}

func TestDailyLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // begins at midnight UTC
		r := newRig(t, Options{Keys: []Key{{Label: "a", Value: "secret-a", DailyLimit: 2}}})
		pass(6 * time.Hour)
		status := func(dialect, model string, want int, words ...string) {
			t.Helper()
			h := r.as("secret-a", dialect, model)
			if h.status != want {
				t.Fatalf("%s: got %d, want %d", dialect, h.status, want)
			}
			for _, w := range words {
				if !strings.Contains(show(h), w) {
					t.Errorf("%s: no %q in %s", dialect, w, show(h))
				}
			}
		}
		// Groq counts each model apart, over rolling days.
		status(Groq, "openai/gpt-oss-20b", 200, "X-Ratelimit-Limit-Requests: 2", "X-Ratelimit-Remaining-Requests: 1")
		status(Groq, "openai/gpt-oss-20b", 200, "X-Ratelimit-Remaining-Requests: 0")
		status(Groq, "openai/gpt-oss-20b", 429, "requests per day (RPD): Limit 2, Used 2", "try again in 24h0m0s", "Retry-After: 86400")
		status(Groq, "openai/gpt-oss-120b", 200)
		// OpenRouter counts them together, failures too, until midnight UTC.
		status(OpenRouter, "openrouter/free", 200)
		status(OpenRouter, "nope", 400)
		status(OpenRouter, "openai/gpt-oss-20b:free", 429, "free-models-per-day", `"X-RateLimit-Limit":"2"`, `"X-RateLimit-Reset":"946771200000"`)
		h := hear(r.client, request(t, http.MethodGet, r.server.BaseURL(OpenRouter)+"/key", "secret-a", ""))
		if got := gjson.Get(h.body, "data.free_model_daily_requests").Raw; got != `{"limit":2,"remaining":0,"used":2}` {
			t.Errorf("key page says %s", got)
		}
		pass(18 * time.Hour)
		status(OpenRouter, "openrouter/free", 200)
		status(Groq, "openai/gpt-oss-20b", 429)
		pass(6 * time.Hour)
		status(Groq, "openai/gpt-oss-20b", 200)
	})
}

func TestMinuteLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Keys: []Key{{Label: "a", Value: "secret-a", PerMinute: 1}}})
		for i, want := range []int{200, 429, 429} {
			if h := r.as("secret-a", OpenAI, "gpt-5.4-mini"); h.status != want {
				t.Errorf("request %d: %d", i, h.status)
			}
			pass(10 * time.Second)
		}
		if h := r.as("secret-a", OpenAI, "gpt-5.4-mini"); h.header.Get("Retry-After-Ms") != "30000" {
			t.Errorf("got %s", show(h))
		}
		pass(30 * time.Second)
		if h := r.as("secret-a", OpenAI, "gpt-5.4-mini"); h.status != 200 {
			t.Errorf("after a minute: %d", h.status)
		}
	})
}

// TestScriptedFailuresCount only where the provider counts failed calls.
func TestScriptedFailuresCount(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[string]int{OpenRouter: 429, Groq: 200} {
		r := newRig(t, Options{
			Keys:   []Key{{Label: "a", Value: "secret-a", DailyLimit: 2}},
			Script: Script{Rules: []Rule{{Match: Match{To: 2}, Fault: Fault{Kind: FaultError, Status: 503}}}},
		})
		for range 2 {
			r.chat(dialect, "hi", false)
		}
		if h := r.chat(dialect, "hi", false); h.status != want {
			t.Errorf("%s: %d, want %d", dialect, h.status, want)
		}
	}
}

// pass lets bubble time pass.
func pass(d time.Duration) { <-time.After(d) }
