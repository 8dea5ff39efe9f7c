package sdk

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// echo answers with the length of what it was asked, in one piece or in chunks.
type echo struct{}

func (echo) Chat(_ context.Context, call *Call) (*Reply, error) {
	return &Reply{Body: call.Body}, nil
}

func (echo) ChatStream(_ context.Context, call *Call, out *Sender) (*ReplyInfo, error) {
	if err := out.Queue(call.Body); err != nil {
		return nil, err
	}
	return &ReplyInfo{FinishReason: "stop"}, nil
}

func echoing(t *testing.T) *Local {
	t.Helper()
	l, err := NewLocal(Plugin{Name: "echo", Open: func(context.Context, Setup) (Provider, error) { return echo{}, nil }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := l.Configure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return l
}

// answers checks that both kinds of call bring back a body of the size, and says whether the exchange took them.
func answers(t *testing.T, l *Local, size int) (inExchange bool) {
	t.Helper()
	body := `{"text":"` + strings.Repeat("x", size) + `"}`
	call := &Call{Model: "m", Body: []byte(body)}
	if x, ok := l.line.start(t.Context(), 1, call); ok {
		inExchange = true
		x.Release()
	}
	reply, err := l.Chat(t.Context(), call)
	if err != nil || string(reply.Body) != body {
		t.Fatalf("%d bytes: %v", size, err)
	}
	stream, err := l.ChatStream(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for {
		batch, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got.Write(batch.Chunks)
	}
	if got.String() != body+"\n" {
		t.Errorf("%d bytes: %d came as a stream", size, got.Len())
	}
	return inExchange
}

// Calls share the exchange, but for large requests; what is large in replies comes through it in pieces.
func TestWhichWayCallsGo(t *testing.T) {
	t.Parallel()
	l := echoing(t)
	for size, exchanged := range map[int]bool{0: true, 100 << 10: true, maxExchanged - 100: true, maxExchanged: false, 5 << 20: false} {
		if got := answers(t, l, size); got != exchanged {
			t.Errorf("a request of %d bytes is in the exchange: %v", size, got)
		}
	}
}

// A plugin that does not say it serves the exchange is not asked for it.
func TestExchangeIsOffered(t *testing.T) {
	t.Parallel()
	l := echoing(t)
	l.OnlyRPCs()
	if answers(t, l, 1) || l.line.caller != nil {
		t.Error("the exchange was opened")
	}
}

// When the exchange ends, calls under way fail as with a plugin that is gone, and the next are RPCs.
func TestExchangeThatEnds(t *testing.T) {
	t.Parallel()
	l := echoing(t)
	if !answers(t, l, 1) {
		t.Fatal("no exchange")
	}
	l.cancel()
	l.line.done.Wait()
	if answers(t, l, 1) {
		t.Error("it goes on")
	}
}

// A provider that goes on sending after its return reaches no other stream.
func TestSendingAfterTheEnd(t *testing.T) {
	t.Parallel()
	b := &buffers{}
	s := newServer(Plugin{Name: "late"}, nil)
	var kept *Sender
	s.provider = lateProvider{&kept}
	if err := s.stream(t.Context(), &Call{}, b, discard); err != nil {
		t.Fatal(err)
	}
	if err := kept.SendRaw([]byte(`{"choices":[{"delta":{"content":"late"}}]}`)); !errors.Is(err, errEnded) {
		t.Errorf("got %v", err)
	}
	if len(b.pending) > 0 {
		t.Errorf("the next stream would begin with %q", b.pending)
	}
}

type lateProvider struct{ kept **Sender }

func (p lateProvider) ChatStream(_ context.Context, _ *Call, out *Sender) (*ReplyInfo, error) {
	*p.kept = out
	return &ReplyInfo{}, nil
}

func discard(*pb.ChatStreamResponse) error { return nil }
