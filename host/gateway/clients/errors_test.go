package clients

import (
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk/simulator"
)

// refusal is an error and what a library makes of it.
type refusal struct {
	name  string
	fault simulator.Fault
	// token is the caller's; ask changes the question.
	token string
	ask   func(*question)
	want  failure
	// calls are those to the upstream for each request to the gateway. again says that a library which tries again
	// does so.
	calls int
	again bool
}

func errorsAndRetries() []scenario {
	var out []scenario
	for _, r := range refusals() {
		out = append(out, scenario{name: r.name, play: r.play, rules: func(upstream) []simulator.Rule {
			if r.fault.Kind == "" {
				return nil
			}
			return []simulator.Rule{{Fault: r.fault}}
		}})
	}
	return append(out,
		scenario{name: "limit that passes", rules: passes, play: outlasts},
		scenario{name: "overload that passes", rules: once(simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorOverloaded}), play: both(unseen)},
	)
}

func refusals() []refusal {
	upstream := func(name string) simulator.Fault { return simulator.Fault{Kind: simulator.FaultError, Error: name} }
	day := upstream(simulator.ErrorRateDay)
	day.Wait = time.Hour
	return []refusal{{
		name: "wrong token", token: "aio-wrong",
		want: failure{Status: 401, Code: "invalid_api_key", Type: "invalid_request_error"},
	}, {
		name: "model not allowed", token: narrow,
		want: failure{Status: 403, Code: "model_not_allowed", Type: "invalid_request_error", Param: "model"},
	}, {
		name: "unknown model", ask: func(q *question) { q.Model += "-none" },
		want: failure{Status: 404, Code: "model_not_found", Type: "invalid_request_error"},
	}, {
		name: "bad request", fault: upstream(simulator.ErrorBadRequest), calls: 1,
		want: failure{Status: 400, Code: "invalid_request", Type: "invalid_request_error"},
	}, {
		name: "too long", fault: upstream(simulator.ErrorTooLong), calls: 1,
		want: failure{Status: 400, Code: "context_length_exceeded", Type: "invalid_request_error", Param: "messages"},
	}, {
		name: "key of the gateway refused", fault: upstream(simulator.ErrorAuthInvalid), calls: 1,
		want: failure{Status: 502, Code: "upstream_credentials_exhausted", Type: "server_error"},
	}, {
		name: "daily quota", fault: day, calls: 1,
		want: failure{Status: 429, Code: "rate_limit_exceeded", Type: "rate_limit_error"},
	}, {
		name: "server error", fault: upstream(simulator.ErrorServer), calls: tries, again: true,
		want: failure{Status: 502, Code: "server_error", Type: "server_error"},
	}, {
		name: "overloaded", fault: upstream(simulator.ErrorOverloaded), calls: tries, again: true,
		want: failure{Status: 503, Code: "overloaded", Type: "server_error"},
	}}
}

func (r refusal) play(t *testing.T, s stage) {
	if r.token != "" {
		s.client = s.library.connect(t, s.base, r.token)
	}
	for _, stream := range []bool{false, true} {
		if stream && r.again {
			continue // waits of seconds, for nothing new
		}
		before, arrived := s.requests.Load(), s.ledger.Len()
		q := question{Model: s.upstream.model(s.upstream.chat), Text: "hello"}
		if r.ask != nil {
			r.ask(&q)
		}
		_, err := s.try(within(t), stream, q)
		s.failed(t, err, r.want)
		requests := 1
		if r.again {
			requests += s.library.retries
		}
		if n := int(s.requests.Load() - before); n != requests {
			t.Errorf("stream %v: %d requests, want %d", stream, n, requests)
		}
		if n := s.ledger.Len() - arrived; n > r.calls*requests || n < r.calls*requests && !stream {
			t.Errorf("stream %v: %d calls, want %d", stream, n, r.calls*requests)
		}
	}
}

func once(f simulator.Fault) func(upstream) []simulator.Rule {
	return func(upstream) []simulator.Rule {
		return []simulator.Rule{{Match: simulator.Match{From: 1, To: 1}, Fault: f}}
	}
}

func passes(u upstream) []simulator.Rule {
	f := simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateMinute, Wait: 50 * time.Millisecond, Hints: []string{simulator.HintRetryAfterMS}}
	if u.dialect == simulator.Gemini {
		f.Hints = []string{simulator.HintBody}
	}
	return once(f)(u)
}

// outlasts: who tries again does so after the wait that the upstream asked for, and needs one more request.
func outlasts(t *testing.T, s stage) {
	a, err := s.chat(within(t), question{Model: s.upstream.model(s.upstream.chat), Text: "patience"})
	if s.library.retries == 0 {
		s.failed(t, err, failure{Status: 429, Code: "rate_limit_exceeded", Type: "rate_limit_error"})
		return
	}
	if err != nil || a.Text != "echo: patience" || s.requests.Load() != 2 || s.ledger.Len() != 2 {
		t.Errorf("got %+v, %v after %d requests and %d calls", a, err, s.requests.Load(), s.ledger.Len())
	}
}

// unseen: what the host gets over shows in nothing but the number of calls.
func unseen(t *testing.T, s stage, stream bool) {
	before, arrived := s.requests.Load(), s.ledger.Len()
	if a := s.ask(t, stream, question{Model: s.upstream.model(s.upstream.chat), Text: "again"}); a.Text != "echo: again" {
		t.Errorf("stream %v: got %+v", stream, a)
	}
	calls := 1
	if arrived == 0 {
		calls = 2
	}
	if s.requests.Load()-before != 1 || s.ledger.Len()-arrived != calls {
		t.Errorf("stream %v: %d requests, %d calls", stream, s.requests.Load()-before, s.ledger.Len()-arrived)
	}
}
