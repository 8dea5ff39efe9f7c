package clients

import (
	"cmp"
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
	// code and param differ by the upstream.
	code, param codes
	// calls are those to the upstream for each request to the gateway. again says that a library which tries again
	// does so.
	calls int
	again bool
}

// codes are an error's by provider: what the upstream says is kept if OpenAI could have said it.
type codes map[string]string

func errorsAndRetries() []scenario {
	var out []scenario
	for _, r := range refusals() {
		rules := func(upstream) []simulator.Rule {
			if r.fault.Kind == "" {
				return nil
			}
			return []simulator.Rule{{Fault: r.fault}}
		}
		out = append(out, scenario{name: r.name, rules: rules, play: r.play(false)})
		if !r.again { // else it waits for seconds, for nothing new
			out = append(out, scenario{name: r.name + ", streamed", rules: rules, play: r.play(true)})
		}
	}
	overload := simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorOverloaded}
	return append(out,
		scenario{name: "limit that passes", rules: passes, play: outlasts},
		scenario{name: "overload that passes", rules: once(overload), play: unseen(false)},
		scenario{name: "overload that passes, streamed", rules: once(overload), play: unseen(true)},
	)
}

func refusals() []refusal {
	upstream := func(name string) simulator.Fault { return simulator.Fault{Kind: simulator.FaultError, Error: name} }
	day := upstream(simulator.ErrorRateDay)
	day.Wait = time.Hour
	// A wait in the answer keeps the libraries' own, of seconds, from the tests.
	server, overload := upstream(simulator.ErrorServer), upstream(simulator.ErrorOverloaded)
	server.Header = map[string]string{"Retry-After-Ms": "5"}
	overload.Header = server.Header
	return []refusal{{
		name: "wrong token", token: "aio-wrong",
		want: failure{Status: 401, Code: "invalid_api_key", Type: "invalid_request_error"},
	}, {
		name: "model not allowed", token: narrow,
		want: failure{Status: 403, Code: "model_not_allowed", Type: "invalid_request_error", Param: "model"},
	}, {
		name: "unknown model", ask: func(q *question) { q.Model += "-none" },
		want: failure{Status: 404, Code: "model_not_found", Type: "invalid_request_error", Param: "model"},
	}, {
		name: "bad request", fault: upstream(simulator.ErrorBadRequest), calls: 1,
		code: codes{"openai": "invalid_request_error", "googleai": "invalid_request"},
		want: failure{Status: 400, Type: "invalid_request_error"},
	}, {
		name: "too long", fault: upstream(simulator.ErrorTooLong), calls: 1,
		param: codes{"openai": "messages"},
		want:  failure{Status: 400, Code: "context_length_exceeded", Type: "invalid_request_error"},
	}, {
		name: "key of the gateway refused", fault: upstream(simulator.ErrorAuthInvalid), calls: 1,
		want: failure{Status: 502, Code: "upstream_credentials_exhausted", Type: "server_error"},
	}, {
		name: "daily quota", fault: day, calls: 1,
		want: failure{Status: 429, Code: "rate_limit_exceeded", Type: "rate_limit_error"},
	}, {
		name: "server error", fault: server, calls: tries, again: true,
		want: failure{Status: 502, Code: "server_error", Type: "server_error"},
	}, {
		name: "overloaded", fault: overload, calls: tries, again: true,
		code: codes{"openai": "server_error", "googleai": "overloaded"},
		want: failure{Status: 503, Type: "server_error"},
	}}
}

func (r refusal) play(stream bool) func(*testing.T, stage) {
	return func(t *testing.T, s stage) {
		if r.token != "" {
			s.client = s.library.connect(t, s.base, r.token)
		}
		q := question{Model: s.upstream.model(s.upstream.chat), Text: "hello"}
		if r.ask != nil {
			r.ask(&q)
		}
		_, err := s.try(within(t), stream, q)
		want := r.want
		want.Code = cmp.Or(want.Code, r.code[s.upstream.name])
		want.Param = cmp.Or(want.Param, r.param[s.upstream.name])
		s.failed(t, err, want)
		requests := 1
		if r.again {
			requests += s.library.retries
		}
		s.counted(t, requests, r.calls*requests)
	}
}

func (s stage) counted(t *testing.T, requests, calls int) {
	t.Helper()
	if n, m := int(s.requests.Load()), s.ledger.Len(); n != requests || m != calls {
		t.Errorf("%d requests and %d calls, want %d and %d", n, m, requests, calls)
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
	if err != nil || a.Text != "echo: patience" {
		t.Errorf("got %+v, %v", a, err)
	}
	s.counted(t, 2, 2)
}

// unseen: what the host gets over shows in nothing but the number of calls.
func unseen(stream bool) func(*testing.T, stage) {
	return func(t *testing.T, s stage) {
		if a := s.ask(t, stream, question{Model: s.upstream.model(s.upstream.chat), Text: "again"}); a.Text != "echo: again" {
			t.Errorf("got %+v", a)
		}
		s.counted(t, 1, 2)
	}
}
