package clients

import (
	"context"
	"testing"
	"time"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/sdk/simulator"
)

// endings are streams that do not end by themselves, and requests that their caller gives up.
func endings() []scenario {
	fault := func(f simulator.Fault) func(upstream) []simulator.Rule {
		return func(u upstream) []simulator.Rule {
			if f.After > 0 {
				f.After += u.before
			}
			return []simulator.Rule{{Fault: f}}
		}
	}
	// Long before the upstream says anything the client gets comments.
	comments := gateway.Limits{KeepAlive: 10 * time.Millisecond}
	late := simulator.Rule{Fault: simulator.Fault{Kind: simulator.FaultDelay, For: 500 * time.Millisecond}}
	broken := simulator.Rule{Fault: simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorBadRequest}}
	return []scenario{
		{name: "long wait", limits: comments, play: waits, rules: func(upstream) []simulator.Rule { return []simulator.Rule{late} }},
		{name: "error after a long wait", limits: comments, play: fails, rules: func(upstream) []simulator.Rule { return []simulator.Rule{late, broken} }},
		{name: "error in a stream", play: breaks("server_error"), rules: fault(simulator.Fault{Kind: simulator.FaultInband, Error: simulator.ErrorServer, After: 2})},
		{name: "stream cut off", play: breaks("broken_stream"), rules: fault(simulator.Fault{Kind: simulator.FaultTruncate, After: 2})},
		{name: "connection reset", play: breaks("broken_stream"), rules: fault(simulator.Fault{Kind: simulator.FaultReset, At: simulator.MidBody, After: 2})},
		{name: "abort of a stream", play: abortsStream, rules: fault(simulator.Fault{Kind: simulator.FaultStall, After: 3})},
		{name: "stream left", play: leaves, rules: fault(simulator.Fault{Kind: simulator.FaultStall, After: 3})},
		{name: "abort before the answer", play: both(abortsWait), rules: fault(simulator.Fault{Kind: simulator.FaultHang})},
	}
}

func waits(t *testing.T, s stage) {
	if a := s.ask(t, true, question{Model: s.upstream.model(s.upstream.chat), Text: "patience"}); a.Text != "echo: patience" || a.Finish != "stop" {
		t.Errorf("got %+v", a)
	}
}

// fails: the headers are out, so that the error comes as an event.
func fails(t *testing.T, s stage) {
	_, err := s.try(within(t), true, question{Model: s.upstream.model(s.upstream.chat), Text: "patience"})
	s.counted(t, 1, 1)
	if s.library.mixesComments {
		if err == nil {
			t.Error("no error")
		}
		return
	}
	code := codes{"openai": "invalid_request_error", "googleai": "invalid_request"}[s.upstream.name]
	s.failed(t, err, failure{Class: s.library.inStream, Code: code, Type: "invalid_request_error"})
}

// breaks: no library may take the rest of a stream for the whole.
func breaks(code string) func(*testing.T, stage) {
	return func(t *testing.T, s stage) {
		a, err := s.try(within(t), true, question{Model: s.upstream.model(s.upstream.chat), Text: "one two three four five"})
		s.failed(t, err, failure{Class: s.library.inStream, Code: code, Type: "server_error"})
		if a.Pieces == 0 || s.requests.Load() != 1 {
			t.Errorf("%d pieces before, %d requests", a.Pieces, s.requests.Load())
		}
	}
}

func abortsStream(t *testing.T, s stage) {
	ctx, abort := context.WithCancel(within(t))
	_, err := s.stream(ctx, question{Model: s.upstream.model(s.upstream.chat), Text: "one two three four five"}, func() bool {
		abort()
		return true
	})
	s.canceled(t, err)
	s.leftUpstream(t)
}

func leaves(t *testing.T, s stage) {
	q := question{Model: s.upstream.model(s.upstream.chat), Text: "one two three four five", Leave: true}
	if _, err := s.stream(within(t), q, func() bool { return false }); err != nil {
		t.Error(err)
	}
	s.leftUpstream(t)
}

func abortsWait(t *testing.T, s stage, stream bool) {
	ctx, abort := context.WithCancel(within(t))
	defer abort()
	done := make(chan error, 1)
	arrived := s.ledger.Len()
	go func() {
		_, err := s.try(ctx, stream, question{Model: s.upstream.model(s.upstream.chat), Text: "hello"})
		done <- err
	}()
	if _, err := s.ledger.Wait(within(t), arrived+1, nil); err != nil {
		t.Fatal(err)
	}
	abort()
	s.canceled(t, <-done)
	s.leftUpstream(t)
}

func (s stage) canceled(t *testing.T, err error) {
	t.Helper()
	if f, ok := err.(*failure); !ok || !f.Canceled {
		t.Errorf("got %v, want the error of an abort", err)
	}
}

// leftUpstream waits until all exchanges with the upstream are over and were left, and nothing tried again.
func (s stage) leftUpstream(t *testing.T) {
	t.Helper()
	n := int(s.requests.Load())
	left := func(e simulator.Entry) bool { return e.ClientGone && !e.Ended.IsZero() }
	if _, err := s.ledger.Wait(within(t), n, left); err != nil {
		t.Errorf("%v: %+v", err, s.ledger.Entries())
	}
	if s.ledger.Len() != n {
		t.Errorf("%d calls for %d requests", s.ledger.Len(), n)
	}
}
