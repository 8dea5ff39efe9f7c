package host_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// A rate-limited key rests as long as the upstream asks, within bounds, gets no call meanwhile, and the next
// key answers at once.
func TestRow_U1_RateLimitedKeyRests(t *testing.T) {
	const clampLow, clampHigh = 500 * time.Millisecond, time.Hour
	for _, hint := range []struct {
		name   string
		header map[string]string
		want   time.Duration // before the jitter of 5 to 15 %
	}{
		{"seconds", map[string]string{"Retry-After": "2"}, 2 * time.Second},
		{"milliseconds", map[string]string{"Retry-After-Ms": "2500", "Retry-After": "9"}, 2500 * time.Millisecond},
		{"date", map[string]string{"Retry-After": "DATE"}, 30 * time.Second},
		{"tiny", map[string]string{"Retry-After-Ms": "1"}, clampLow},
		{"huge", map[string]string{"Retry-After": "1000000000"}, clampHigh},
		{"negative", map[string]string{"Retry-After": "-1"}, time.Minute},
		{"junk", map[string]string{"Retry-After": "soon"}, time.Minute},
		{"none", map[string]string{"Retry-After": ""}, time.Minute},
	} {
		t.Run(hint.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				header := map[string]string{}
				for k, v := range hint.header {
					if v == "DATE" {
						v = time.Now().Add(30 * time.Second).UTC().Format(http.TimeFormat)
					}
					header[k] = v
				}
				r := start(t, setup{keys: []int{2}, script: script(rule(simulator.FaultReply, "first-1", func(r *simulator.Rule) {
					r.Match.To = 1
					r.Fault.Status, r.Fault.Header = 429, header
					r.Fault.Body = `{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}`
				}))})
				began := time.Now()
				reply, err := r.Chat(t.Context(), ask("hi"))
				if err != nil {
					t.Fatal(err)
				}
				within(t, "the next key answers after", time.Since(began), 0, 10*time.Millisecond)
				if diff := cmp.Diff([]string{"first-1", "first-2"}, r.asked()); diff != "" {
					t.Fatal(diff)
				}
				if a := reply.Route.Attempts; len(a) != 2 || a[0].Kind != sdk.KindRateMinute || a[0].Next != "next_key" || reply.Route.AutoFallback != nil {
					t.Errorf("trail %s", pretty(reply.Route))
				}
				rests := restOf(r.key(t, "first", "first-1"))
				within(t, "rest", rests, hint.want, hint.want*115/100+time.Second)
				// Nobody calls the resting key; the instant it is back, it goes first again.
				for elapsed := time.Duration(0); elapsed < rests-time.Millisecond; elapsed += rests / 4 {
					if _, err := r.Chat(t.Context(), ask("hi")); err != nil {
						t.Fatal(err)
					}
					time.Sleep(min(rests/4, rests-elapsed-time.Millisecond)) // the bubble's clock
				}
				if n := r.sim.Ledger().Count(simulator.ByKey("first-1")); n != 1 {
					t.Errorf("%d calls with the resting key, want the first one only", n)
				}
				time.Sleep(2 * time.Second)
				if _, err := r.Chat(t.Context(), ask("hi")); err != nil {
					t.Fatal(err)
				}
				if got := r.asked(); got[len(got)-1] != "first-1" {
					t.Errorf("after its rest the better key is not used: %v", got)
				}
				rows.Report(t, "U1", hint.name, "rest = hint clamped to 0.5 s..1 h; 0 calls meanwhile; next key within 10 ms", func() string {
					return fmt.Sprintf("rests %v", rests)
				})
			})
		})
	}
}

// restOf is how long a key still rests, for itself or for its one model.
func restOf(k host.KeyStatus) time.Duration {
	until := k.Until
	for _, m := range k.ModelsResting {
		if m.Until.After(until) {
			until = m.Until
		}
	}
	return time.Until(until)
}

// When every key is rate-limited the caller learns when to come back, and nobody calls until then.
func TestRow_U2_AllKeysRateLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := func(key, after string) simulator.Rule {
			return rule(simulator.FaultReply, key, func(r *simulator.Rule) {
				r.Match.To = 1
				r.Fault.Status, r.Fault.Header = 429, map[string]string{"Retry-After": after}
				r.Fault.Body = `{"error":{"message":"slow down","code":"rate_limit_exceeded"}}`
			})
		}
		r := start(t, setup{keys: []int{3}, script: script(limited("first-1", "30"), limited("first-2", "10"), limited("first-3", "20"))})
		expect := func(kind sdk.Kind) {
			t.Helper()
			_, err := r.Chat(t.Context(), ask("hi"))
			e, ok := err.(*host.Error)
			if !ok || e.Kind != kind || e.HTTPStatus() != 429 {
				t.Fatalf("got %v", err)
			}
			within(t, "retry after", e.RetryAfter, 9*time.Second, 12*time.Second)
		}
		expect(sdk.KindRateMinute)
		for range 50 {
			expect(sdk.KindKeysExhausted)
		}
		if got := r.sim.Ledger().Len(); got != 3 {
			t.Errorf("%d upstream calls, want one a key", got)
		}
		time.Sleep(12 * time.Second)
		if _, err := r.Chat(t.Context(), ask("hi")); err != nil {
			t.Error(err)
		}
		if got := r.asked(); got[len(got)-1] != "first-2" {
			t.Errorf("the key that is back first was not used: %v", got)
		}
		rows.Report(t, "U2", "3 keys, 51 requests", "429 with the soonest Retry-After; 0 upstream calls while resting", func() string {
			return fmt.Sprintf("%d upstream calls in all", r.sim.Ledger().Len())
		})
	})
}

// What is wrong with the request is nobody's fault but the request's: one call, no key touched.
func TestRow_U8_RequestErrorsAreFinal(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   sdk.Kind
		http   int
	}{
		{"bad request", 400, `{"error":{"message":"no","type":"invalid_request_error","code":"invalid_value","param":"messages"}}`, sdk.KindBadRequest, 400},
		{"unprocessable", 422, `{"detail":[{"loc":["body"],"msg":"no","type":"x"}]}`, sdk.KindBadRequest, 400},
		{"model missing", 404, `{"error":{"message":"no such model","code":"model_not_found"}}`, sdk.KindModelGone, 404},
		{"too large", 413, `{"error":{"message":"too large"}}`, sdk.KindTooLong, 400},
		{"context length", 400, `{"error":{"message":"maximum context length","code":"context_length_exceeded"}}`, sdk.KindTooLong, 400},
		{"content filter", 400, `{"error":{"message":"filtered","code":"content_filter"}}`, sdk.KindBlocked, 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t, setup{keys: []int{2}, script: script(rule(simulator.FaultReply, "", func(r *simulator.Rule) {
					r.Fault.Status, r.Fault.Body = test.status, test.body
				}))})
				req := ask("hi")
				req.Model = "first/echo"
				for range 5 {
					before := r.sim.Ledger().Len()
					_, err := r.Chat(t.Context(), req)
					e, ok := err.(*host.Error)
					if !ok || e.Kind != test.want || e.HTTPStatus() != test.http {
						t.Fatalf("got %v", err)
					}
					if n := r.sim.Ledger().Len() - before; n != 1 {
						t.Errorf("%d upstream calls, want 1", n)
					}
				}
				for _, label := range []string{"first-1", "first-2"} {
					if k := r.key(t, "first", label); k.State != "ready" || k.ConsecutiveAuthErrors != 0 || len(k.ModelsResting) != 0 {
						t.Errorf("key %s: %s", label, pretty(k))
					}
				}
				rows.Report(t, "U8", test.name+" x5", "one call each, no key rested or counted", func() string {
					return fmt.Sprintf("%d calls for 5 requests", r.sim.Ledger().Len())
				})
			})
		})
	}
}

// An upstream that accepts and never answers costs its first-token deadline, then another one serves.
func TestRow_U9_HangFallsBackAtTheDeadline(t *testing.T) {
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprintf("stream=%v", stream), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t, setup{
					keys: []int{1, 1}, script: script(rule(simulator.FaultHang, "first-1", nil)),
					change: func(c *host.Config) { c.Timeouts = host.Timeouts{FirstToken: time.Second, Unary: time.Second} },
				})
				began := time.Now()
				var trail host.Trail
				var got string
				if stream {
					s, err := r.ChatStream(t.Context(), ask("hi"))
					if err != nil {
						t.Fatal(err)
					}
					if got, err = readAll(s); err != nil {
						t.Fatal(err)
					}
					trail = s.Route()
				} else {
					reply, err := r.Chat(t.Context(), ask("hi"))
					if err != nil {
						t.Fatal(err)
					}
					got, trail = text(t, reply), reply.Route
				}
				within(t, "answered after", time.Since(began), time.Second, 1100*time.Millisecond)
				if got == "" || trail.Provider != "second" {
					t.Errorf("answer %q by %s", got, trail.Provider)
				}
				if a := trail.Attempts[0]; a.Kind != sdk.KindTimeout || a.Certainty != "maybe_sent" || a.Next != "next_target" {
					t.Errorf("attempt %s", pretty(a))
				}
				want := &host.AutoFallback{OriginalProvider: "first", OriginalModel: "echo", FinalProvider: "second", FinalModel: "echo", FallbackCount: 1}
				if diff := cmp.Diff(want, trail.AutoFallback); diff != "" {
					t.Error(diff)
				}
				if used := r.key(t, "first", "first-1").UsedToday; used != 1 {
					t.Errorf("the call that may have been served counts %d, want 1", used)
				}
				gone := awaitGone(t, r, "first-1")
				rows.Report(t, "U9", "hang before headers", "fallback at the deadline, attempt counted, upstream closed", func() string {
					return fmt.Sprintf("answered after %v, upstream saw the client leave: %v", time.Since(began), gone)
				})
			})
		})
	}
}

// awaitGone waits until the simulator has seen the client of that key leave.
func awaitGone(t *testing.T, r *rig, label string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := r.sim.Ledger().WaitFor(ctx, func(entries []simulator.Entry) bool {
		return slices.ContainsFunc(entries, func(e simulator.Entry) bool { return e.KeyLabel == label && e.ClientGone })
	})
	if err != nil {
		t.Errorf("the upstream of %s never saw its client leave: %v", label, err)
	}
	return err == nil
}

// A stream that stops after content ends in an error at the stall deadline.
func TestRow_U10_StallEndsInAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			keys:   []int{1, 1},
			script: script(rule(simulator.FaultStall, "first-1", func(r *simulator.Rule) { r.Fault.After = 3 })),
			change: slowButSure,
		})
		s, err := r.ChatStream(t.Context(), ask("one two three four five six seven"))
		if err != nil {
			t.Fatal(err)
		}
		var last time.Time
		var waited time.Duration
		for batch, err := range s.Batches() {
			if err != nil {
				if sdk.KindOf(err) != sdk.KindTimeout {
					t.Errorf("got %v", err)
				}
				waited = time.Since(last)
				continue
			}
			if last = time.Now(); len(batch) == 0 {
				t.Error("empty batch")
			}
		}
		within(t, "error after the last chunk", waited, 5*time.Second, 5100*time.Millisecond)
		if trail := s.Route(); len(trail.Attempts) != 1 || trail.Attempts[0].Kind != sdk.KindTimeout {
			t.Errorf("trail %s", pretty(trail))
		}
		awaitGone(t, r, "first-1")
		if n := r.sim.Ledger().Count(simulator.ByKey("second-1")); n != 0 {
			t.Errorf("%d calls elsewhere after content was delivered", n)
		}
		rows.Report(t, "U10", "stall after 3 chunks", "error within the stall deadline + 100 ms, upstream closed, nothing tried again", func() string {
			return fmt.Sprintf("error %v after the last chunk", waited)
		})
	})
}

// Bytes that never complete a chunk are no progress. Before any content the request goes elsewhere.
func TestRow_U10_DripIsAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			keys:   []int{1, 1},
			script: script(rule(simulator.FaultDrip, "first-1", func(r *simulator.Rule) { r.Fault.For = time.Second })),
			change: slowButSure,
		})
		s, err := r.ChatStream(t.Context(), ask("one two"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(s); err != nil || got == "" || s.Route().Provider != "second" {
			t.Errorf("got %q, %v by %s", got, err, s.Route().Provider)
		}
		if a := s.Route().Attempts[0]; a.Kind != sdk.KindTimeout {
			t.Errorf("attempt %s", pretty(a))
		}
		awaitGone(t, r, "first-1")
		rows.Report(t, "U10", "1 byte a second", "taken for a stall; upstream closed", func() string { return pretty(s.Route().Attempts[0]) })
	})
}

// slowButSure leaves the stall deadline as the only one that can pass.
func slowButSure(c *host.Config) {
	c.Timeouts = host.Timeouts{FirstToken: time.Hour, Stall: 5 * time.Second, Total: 3 * time.Hour}
}

// A connection reset before content is tried elsewhere; after content it is an error, never a clean end.
func TestRow_U11_Resets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		at     string
		after  int
		stream bool
		broken bool // content reached the caller first
	}{
		{simulator.BeforeHeaders, 0, false, false},
		{simulator.BeforeHeaders, 0, true, false},
		{simulator.AfterHeaders, 0, false, false},
		{simulator.AfterHeaders, 0, true, false},
		{simulator.MidBody, 1, false, false},
		{simulator.MidBody, 0, true, false},
		{simulator.MidChunk, 0, true, false},
		{simulator.MidBody, 3, true, true},
		{simulator.MidChunk, 3, true, true},
	} {
		t.Run(fmt.Sprintf("%s after %d stream=%v", test.at, test.after, test.stream), func(t *testing.T) {
			t.Parallel()
			r := start(t, setup{keys: []int{1, 1}, tcp: true, script: script(rule(simulator.FaultReset, "first-1", func(r *simulator.Rule) {
				r.Fault.At, r.Fault.After = test.at, test.after
			}))})
			n := rows.Dose(5, 200)
			for range n {
				got, trail, err := r.either(t, test.stream, "one two three four five six")
				switch {
				case test.broken:
					if k := host.KindOf(err); k != sdk.KindBrokenStream && k != sdk.KindNetwork {
						t.Fatalf("a stream that broke ended with %v", err)
					}
					if got == "" || len(trail.Attempts) != 1 {
						t.Fatalf("%q, %s", got, pretty(trail))
					}
				case err != nil || trail.Provider != "second":
					t.Fatalf("%v, %s", err, pretty(trail))
				}
			}
			rows.Report(t, "U11", fmt.Sprintf("%s after %d chunks, stream=%v, x%d", test.at, test.after, test.stream, n),
				"before content: served elsewhere; after: an error, never a clean end", func() string {
					return fmt.Sprintf("%d calls by the ledger", r.sim.Ledger().Len())
				})
		})
	}
}

// either makes the request in the given form.
func (r *rig) either(t *testing.T, stream bool, prompt string) (string, host.Trail, error) {
	t.Helper()
	if !stream {
		reply, err := r.Chat(t.Context(), ask(prompt))
		if err != nil {
			return "", host.Trail{}, err
		}
		return text(t, reply), reply.Route, nil
	}
	s, err := r.ChatStream(t.Context(), ask(prompt))
	if err != nil {
		return "", host.Trail{}, err
	}
	got, err := readAll(s)
	return got, s.Route(), err
}

// A 200 proves nothing: whatever is wrong inside is found, and never passes for an answer.
func TestRow_U13_TwoHundredThatIsNone(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  simulator.Fault
		stream bool
		kinds  []sdk.Kind // of the first attempt
		broken bool
		fine   bool
	}{
		{name: "error in the body", fault: simulator.Fault{Kind: simulator.FaultInband, Error: "server_error"}, kinds: []sdk.Kind{sdk.KindServerError}},
		{name: "error in the stream", stream: true, fault: simulator.Fault{Kind: simulator.FaultInband, Error: "server_error"}, kinds: []sdk.Kind{sdk.KindServerError}},
		{name: "error after content", stream: true, broken: true, fault: simulator.Fault{Kind: simulator.FaultInband, Error: "server_error", After: 2}, kinds: []sdk.Kind{sdk.KindServerError}},
		{name: "no choices", fault: simulator.Fault{Kind: simulator.FaultEmptyChoices}, kinds: []sdk.Kind{sdk.KindBadReply}},
		{name: "no finish, cut before content", stream: true, fault: simulator.Fault{Kind: simulator.FaultTruncate}, kinds: []sdk.Kind{sdk.KindBrokenStream, sdk.KindBadReply}},
		{name: "no finish, cut after content", stream: true, broken: true, fault: simulator.Fault{Kind: simulator.FaultTruncate, After: 2}, kinds: []sdk.Kind{sdk.KindBrokenStream}},
		{name: "no usage", stream: true, fine: true, fault: simulator.Fault{Kind: simulator.FaultUsage, Usage: simulator.UsageAbsent}},
		{name: "broken JSON first", stream: true, fault: simulator.Fault{Kind: simulator.FaultMalformed}, kinds: []sdk.Kind{sdk.KindBadReply}},
		{name: "broken JSON after content", stream: true, broken: true, fault: simulator.Fault{Kind: simulator.FaultMalformed, After: 2}, kinds: []sdk.Kind{sdk.KindBadReply, sdk.KindBrokenStream}},
		{name: "broken JSON body", fault: simulator.Fault{Kind: simulator.FaultMalformed}, kinds: []sdk.Kind{sdk.KindBadReply}},
		{name: "page", fault: simulator.Fault{Kind: simulator.FaultHTML}, kinds: []sdk.Kind{sdk.KindBadReply}},
		{name: "page for a stream", stream: true, fault: simulator.Fault{Kind: simulator.FaultHTML}, kinds: []sdk.Kind{sdk.KindBadReply}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t, setup{keys: []int{1, 1}, script: script(simulator.Rule{Match: simulator.Match{Key: "first-1"}, Fault: test.fault})})
				got, trail, err := r.either(t, test.stream, "one two three four five six")
				if len(trail.Attempts) == 0 {
					t.Fatalf("no attempt: %v", err)
				}
				switch first := trail.Attempts[0]; {
				case test.fine:
					if err != nil || trail.Provider != "first" {
						t.Errorf("%v, %s", err, pretty(trail))
					}
				case !slices.Contains(test.kinds, first.Kind):
					t.Errorf("first attempt %s", pretty(first))
				case test.broken:
					if err == nil || got == "" || len(trail.Attempts) != 1 {
						t.Errorf("after content: %q, %v, %s", got, err, pretty(trail))
					}
				case err != nil || trail.Provider != "second" || got == "":
					t.Errorf("before content: %q, %v, %s", got, err, pretty(trail))
				}
				rows.Report(t, "U13", test.name, "found; before content served elsewhere, after it an error", func() string {
					return fmt.Sprintf("%s, answered by %q, error %v", trail.Attempts[0].Kind, trail.Provider, err)
				})
			})
		})
	}
}
