package gateway_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/simulator"
)

const usageAsked = `{"model":"auto","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"one two"}]}`

// What a client reads, byte for byte.
func TestStreams(t *testing.T) {
	for name, test := range map[string]struct {
		body  string
		fault simulator.Fault
		// ends is how the last event begins; done says that it is [DONE].
		done bool
	}{
		"plain":             {body: askStream("auto", "one two"), done: true},
		"usage":             {body: usageAsked, done: true},
		"usage_not_asked":   {body: askStream("auto", "one two"), fault: simulator.Fault{Kind: simulator.FaultUsage, Usage: simulator.UsageSeparate}, done: true},
		"reasoning":         {body: askStream("first/think", "one two"), done: true},
		"cut":               {body: askStream("auto", "one two three four"), fault: simulator.Fault{Kind: simulator.FaultReset, At: simulator.MidBody, After: 2}},
		"truncated":         {body: askStream("auto", "one two three four"), fault: simulator.Fault{Kind: simulator.FaultTruncate, After: 2}},
		"no_finish":         {body: askStream("auto", "one two"), fault: simulator.Fault{Kind: simulator.FaultNoFinish}},
		"error_in_stream":   {body: askStream("auto", "one two three"), fault: simulator.Fault{Kind: simulator.FaultInband, Error: "server_error", After: 2}},
		"no_done_upstream":  {body: askStream("auto", "one two"), fault: simulator.Fault{Kind: simulator.FaultNoDone}, done: true},
		"stall":             {body: askStream("auto", "one two three"), fault: simulator.Fault{Kind: simulator.FaultStall, After: 2}},
		"comments_upstream": {body: askStream("auto", "one"), fault: simulator.Fault{Kind: simulator.FaultComments, Size: 50}, done: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var rules []simulator.Rule
				if test.fault.Kind != "" {
					rules = append(rules, on("", test.fault))
				}
				r := start(t, setup{script: script(rules...)})
				a := r.do(t, request{body: test.body})
				golden(t, "stream_"+name, a)
				got := events(t, a.body)
				last := got[len(got)-1]
				if test.done != (last == "[DONE]") || test.done == gjson.Get(last, "error").Exists() {
					t.Errorf("last event %s", last)
				}
				if gjson.Get(got[0], "choices.0.delta.role").Str != "assistant" {
					t.Errorf("first event %s", got[0])
				}
			})
		})
	}
}

// The finish reason of a stream is what says that it was finished.
func TestStreamsWithoutAFinishReasonAreBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			script:  script(on("", simulator.Fault{Kind: simulator.FaultNoFinish})),
			dialect: func(d *openaicompat.Dialect) { d.Finishes = false },
		})
		a := r.do(t, request{body: askStream("auto", "one two")})
		got := events(t, a.body)
		if last := got[len(got)-1]; gjson.Get(last, "error.code").Str != "broken_stream" || strings.Contains(a.body, "[DONE]") {
			t.Errorf("%s", a)
		}
	})
}

// An upstream that reports usage unasked must not show a client a chunk without a choice.
func TestUnaskedUsageChunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			script:  script(on("", simulator.Fault{Kind: simulator.FaultUsage, Usage: simulator.UsageSeparate})),
			dialect: func(d *openaicompat.Dialect) { d.StreamUsage = false },
		})
		for _, e := range events(t, r.do(t, request{body: askStream("auto", "one two")}).body) {
			if e != "[DONE]" && gjson.Get(e, "choices.#").Int() == 0 {
				t.Errorf("event %s", e)
			}
		}
		asked := events(t, r.do(t, request{body: usageAsked}).body)
		if last := asked[len(asked)-2]; gjson.Get(last, "choices.#").Int() != 0 || gjson.Get(last, "usage.total_tokens").Int() == 0 {
			t.Errorf("event %s", last)
		}
	})
}

// A client that waits long is told that it is waited for; what comes after can only be events.
func TestKeepAlive(t *testing.T) {
	slow := simulator.Fault{Kind: simulator.FaultSlowFirstByte, For: 25 * time.Second}
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{script: script(on("", slow))})
		a := r.do(t, request{body: askStream("auto", "hi")})
		golden(t, "stream_waited", a)
	})
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			keys: []int{1, 1}, script: script(on("first-1", simulator.Fault{Kind: simulator.FaultHang}), on("second-1", simulator.Fault{Kind: simulator.FaultError, Status: 500})),
			change: func(c *host.Config) { c.Timeouts.FirstToken = 15 * time.Second; c.Retry.MaxTries = 1 },
		})
		a := r.do(t, request{body: askStream("chat", "hi")})
		got := events(t, a.body)
		last := got[len(got)-1]
		if a.status != 200 || got[0] != ": waiting" || !strings.HasPrefix(a.body, ": waiting\n\n") || gjson.Get(last, "error.message").Str == "" {
			t.Errorf("%s", a)
		}
		if gjson.Get(last, "aio.attempts.#").Int() != 2 || gjson.Get(last, "aio.attempts.1.kind").Str != "server_error" {
			t.Errorf("no trail in %s", last)
		}
	})
	synctest.Test(t, func(t *testing.T) { // a pause inside a stream
		r := start(t, setup{script: script(on("", simulator.Fault{Kind: simulator.FaultPause, After: 1, For: 35 * time.Second}))})
		a := r.do(t, request{body: askStream("auto", "hi there")})
		if n := strings.Count(a.body, ": waiting\n\n"); n != 3 || !strings.HasSuffix(a.body, "data: [DONE]\n\n") {
			t.Errorf("%d comments in %s", n, a)
		}
	})
}
