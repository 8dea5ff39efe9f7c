package exchange

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// story is a call's messages: of all lengths around what a frame and a window hold.
func story(call int) []string {
	var out []string
	for i, size := range []int{1, PieceBytes - 1, 200, PieceBytes, PieceBytes + 1, 3, Window + 1, 5 * Window, 7} {
		out = append(out, strings.Repeat(string(rune('a'+(call+i)%26)), size+call%3))
	}
	return out
}

// Calls that run at the same time each get their own messages, whole and in order.
func TestManyCalls(t *testing.T) {
	t.Parallel()
	c, _ := connected(t, func(_ context.Context, method pb.Method, request []byte, send func([]byte) error) ([]byte, error) {
		var call int
		if _, err := fmt.Sscan(string(request), &call); err != nil {
			return nil, err
		}
		messages := story(call)
		if method == pb.Method_METHOD_CHAT {
			return []byte(messages[call%len(messages)]), nil
		}
		for _, m := range messages {
			if err := send([]byte(m)); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	var callers sync.WaitGroup
	for i := range 40 {
		callers.Go(func() {
			method, want := pb.Method_METHOD_CHAT_STREAM, story(i)
			if i%2 == 0 {
				method, want = pb.Method_METHOD_CHAT, want[i%len(want):i%len(want)+1]
			}
			call, ok := c.Start(t.Context(), method, fmt.Append(nil, i))
			if !ok {
				t.Error("not taken")
				return
			}
			got, err := all(call)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("call %d: %v\n%.500s", i, err, diff)
			}
		})
	}
	callers.Wait()
	if len(c.calls) > 0 {
		t.Errorf("%d calls are remembered", len(c.calls))
	}
}

// A reader that does not read holds up its own call, at a window, and no other.
func TestBackPressure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent int
		c, over := connected(t, func(_ context.Context, _ pb.Method, request []byte, send func([]byte) error) ([]byte, error) {
			if string(request) == "quick" {
				return []byte("here"), nil
			}
			for range 100 {
				if err := send(make([]byte, 5000)); err != nil {
					return nil, err
				}
				sent += 5000
			}
			return nil, nil
		})
		slow := start(t, t.Context(), c, "slow")
		synctest.Wait()
		if held := len(slow.queue.bytes); held != Window || sent > Window {
			t.Errorf("%d bytes are held, %d sent, want a window of %d", held, sent, Window)
		}
		if got, err := all(start(t, t.Context(), c, "quick")); err != nil || got[0] != "here" {
			t.Errorf("beside it: %v %v", got, err)
		}
		got, err := all(slow)
		if err != nil || len(got) != 100 {
			t.Errorf("then: %d messages, %v", len(got), err)
		}
		_, _ = over()
	})
}

// Cancelling reaches the handler, ends Recv and leaves nothing behind; so does a deadline, which the handler has too.
func TestCancelAndDeadline(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancel": context.WithCancel,
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				heard := make(chan error, 1)
				began := time.Now()
				c, over := connected(t, func(ctx context.Context, _ pb.Method, _ []byte, send func([]byte) error) ([]byte, error) {
					if _, ok := ctx.Deadline(); ok != (name == "deadline") {
						t.Errorf("has a deadline: %v", ok)
					}
					_ = send([]byte("first"))
					<-ctx.Done()
					heard <- ctx.Err()
					return nil, status.FromContextError(ctx.Err()).Err()
				})
				ctx, cancel := end(t.Context())
				defer cancel()
				call := start(t, ctx, c, "x")
				if m, err := call.Recv(); err != nil || string(m) != "first" {
					t.Fatalf("%q %v", m, err)
				}
				want := codes.DeadlineExceeded
				if name == "cancel" {
					cancel()
					want = codes.Canceled
				}
				if m, err := call.Recv(); status.Code(err) != want {
					t.Errorf("got %q, %v, want %v", m, err, want)
				}
				<-heard
				if d := time.Since(began); name == "deadline" && d != time.Hour {
					t.Errorf("after %v", d)
				}
				synctest.Wait()
				if len(c.calls) > 0 {
					t.Error("the call is remembered")
				}
				_, _ = over()
			})
		})
	}
}

// A handler that waits for a reader who left ends too.
func TestCancelWhileSending(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	c, _ := connected(t, func(_ context.Context, _ pb.Method, _ []byte, send func([]byte) error) ([]byte, error) {
		for {
			if err := send(make([]byte, 1000)); err != nil {
				ended <- err
				return nil, err
			}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	call := start(t, ctx, c, "x")
	if _, err := call.Recv(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; status.Code(err) != codes.Canceled {
		t.Errorf("the handler heard %v", err)
	}
}

// A status arrives as it would as an RPC's, after the messages before it.
func TestStatus(t *testing.T) {
	t.Parallel()
	refused, err := status.New(codes.ResourceExhausted, "slow down").WithDetails(wrapperspb.String("detail"))
	if err != nil {
		t.Fatal(err)
	}
	c, _ := connected(t, func(_ context.Context, _ pb.Method, request []byte, send func([]byte) error) ([]byte, error) {
		if string(request) == "plain" {
			return nil, errors.New("no status")
		}
		_ = send([]byte("before"))
		return nil, refused.Err()
	})
	got, err := all(start(t, t.Context(), c, "x"))
	if diff := cmp.Diff([]string{"before"}, got); diff != "" {
		t.Error(diff)
	}
	st := status.Convert(err)
	if st.Code() != codes.ResourceExhausted || st.Message() != "slow down" || len(st.Details()) != 1 {
		t.Errorf("got %v with %v", st, st.Details())
	}
	if _, err := all(start(t, t.Context(), c, "plain")); status.Code(err) != codes.Unknown || !strings.Contains(err.Error(), "no status") {
		t.Errorf("got %v", err)
	}
}

// When the stream breaks, every call hears why, every handler is canceled, and no call begins any more.
func TestBreak(t *testing.T) {
	t.Parallel()
	var canceled sync.WaitGroup
	canceled.Add(3)
	c, over := connected(t, func(ctx context.Context, _ pb.Method, _ []byte, send func([]byte) error) ([]byte, error) {
		defer canceled.Done()
		_ = send([]byte("here"))
		<-ctx.Done()
		return nil, ctx.Err()
	})
	var calls []*Call
	for range 3 {
		call := start(t, t.Context(), c, "x")
		if _, err := call.Recv(); err != nil {
			t.Fatal(err)
		}
		calls = append(calls, call)
	}
	host, plugin := over()
	canceled.Wait()
	if !errors.Is(host, errCut) || !errors.Is(plugin, errCut) {
		t.Errorf("ended with %v and %v", host, plugin)
	}
	for _, call := range calls {
		if _, err := call.Recv(); !errors.Is(err, errCut) {
			t.Errorf("a call heard %v", err)
		}
	}
	if _, ok := c.Start(t.Context(), pb.Method_METHOD_CHAT, nil); ok {
		t.Error("a call began after the end")
	}
}

// A plugin that reads nothing is not given more and more.
func TestRequestsDoNotPileUp(t *testing.T) {
	t.Parallel()
	host, _, cut := pipes()
	c := NewCaller(host, testLimit)
	var done sync.WaitGroup
	done.Go(func() { _ = c.Run(cut) })
	defer done.Wait()
	defer cut()
	request := make([]byte, 256<<10)
	taken := 0
	for range 100 {
		if _, ok := c.Start(t.Context(), pb.Method_METHOD_CHAT, request); ok {
			taken++
		}
	}
	if most := heldRequests/len(request) + 1 + cap(host.out) + 1; taken < 2 || taken > most {
		t.Errorf("%d requests were taken, want no more than %d", taken, most)
	}
	if len(c.calls) != taken {
		t.Errorf("%d calls are remembered, %d were taken", len(c.calls), taken)
	}
}

// A plugin that sends what it was not granted, or too large a message, loses that call and no other.
func TestLies(t *testing.T) {
	t.Parallel()
	full := func(call uint64, n int, more bool) (out []*pluginFrame) {
		for range n {
			out = append(out, &pluginFrame{call: call, message: make([]byte, PieceBytes), more: more})
		}
		return out
	}
	tests := []struct {
		name   string
		frames []*pluginFrame
		code   codes.Code
	}{
		{"more than granted", full(1, Window/PieceBytes+1, false), codes.Internal},
		{"more than granted in one frame", []*pluginFrame{{call: 1, message: make([]byte, Window+1)}}, codes.Internal},
		{"a status that is none", []*pluginFrame{{call: 1, end: true, status: []byte("\xff\xff")}}, codes.Internal},
		{"a status of success", []*pluginFrame{{call: 1, end: true, status: []byte{0x12, 1, 'x'}}}, codes.Internal},
		{"a status without end", []*pluginFrame{{call: 1, end: true, status: make([]byte, maxStatus+1)}}, codes.Internal},
		{"frames of other calls", []*pluginFrame{{call: 7, message: []byte("x")}, {call: 8, end: true}, {call: 1, end: true}}, codes.OK},
		{"after the end", []*pluginFrame{{call: 1, end: true}, {call: 1, message: []byte("x")}, {call: 1, end: true, status: []byte("x")}}, codes.OK},
		{"empty messages", []*pluginFrame{{call: 1}, {call: 1, more: true}, {call: 1, end: true}}, codes.OK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, say, _ := lying(t)
			call := start(t, t.Context(), c, "x")
			beside := start(t, t.Context(), c, "y")
			// It comes behind them: when it is read, all of them have been, before anything was granted anew.
			say(append(tt.frames, &pluginFrame{call: 2, message: []byte("well"), end: true})...)
			if got, err := all(beside); err != nil || len(got) != 1 || got[0] != "well" {
				t.Errorf("beside it: %q, %v", got, err)
			}
			for {
				_, err := call.Recv()
				if err == nil {
					continue
				}
				if code := status.Code(err); tt.code == codes.OK && err.Error() != "EOF" || tt.code != codes.OK && code != tt.code {
					t.Errorf("got %v, want %v", err, tt.code)
				}
				break
			}
		})
	}
}

// A plugin that floods the host with frames for nobody loses its exchange.
func TestFlood(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*pluginFrame{
		"of no call":  {call: 1 << 40, message: make([]byte, 1000)},
		"of nothing":  {call: 1, more: true},
		"of statuses": {call: 2, end: true, status: make([]byte, 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host, plugin, cut := pipes()
			c := NewCaller(host, testLimit)
			var done sync.WaitGroup
			done.Go(func() { _ = c.Run(cut) })
			defer done.Wait()
			defer cut()
			call := start(t, t.Context(), c, "x")
			done.Go(func() {
				for range strayBytes/frameCost/100 + 2 {
					var raw []byte
					for range 100 {
						raw = f.append(raw)
					}
					if plugin.send(raw) != nil {
						return // the host reads no more
					}
				}
			})
			if _, err := call.Recv(); status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "flood") {
				t.Errorf("the call heard %v", err)
			}
		})
	}
}

// What calls that were given up had under way is no flood.
func TestManyCanceled(t *testing.T) {
	t.Parallel()
	var sent sync.WaitGroup
	c, _ := connected(t, func(_ context.Context, _ pb.Method, request []byte, send func([]byte) error) ([]byte, error) {
		if string(request) == "last" {
			return []byte("well"), nil
		}
		defer sent.Done()
		for {
			if err := send(make([]byte, 100)); err != nil {
				return nil, err
			}
		}
	})
	for range 200 {
		sent.Add(1)
		ctx, cancel := context.WithCancel(t.Context())
		call := start(t, ctx, c, "x")
		if _, err := call.Recv(); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	sent.Wait()
	if got, err := all(start(t, t.Context(), c, "last")); err != nil || got[0] != "well" {
		t.Errorf("afterwards: %v %v", got, err)
	}
}

// A message that is too large ends its call, as soon as that is seen.
func TestTooLargeMessage(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	c, _ := connected(t, func(_ context.Context, _ pb.Method, _ []byte, send func([]byte) error) ([]byte, error) {
		err := send(make([]byte, 3*testLimit))
		ended <- err
		return nil, err
	})
	if _, err := start(t, t.Context(), c, "x").Recv(); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("got %v", err)
	}
	if err := <-ended; status.Code(err) != codes.Canceled {
		t.Errorf("the handler heard %v", err)
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	host, plugin, cut := pipes()
	defer cut()
	c := NewCaller(host, testLimit)
	ended := make(chan error, 1)
	go func() { ended <- c.Run(cut) }()
	call := start(t, t.Context(), c, "x")
	for range 3 * cap(host.out) { // more than the plugin takes: the writer waits
		start(t, t.Context(), c, strings.Repeat("y", bundleBytes))
	}
	if err := plugin.send([]byte{0x0a, 0x7f, 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := call.Recv(); status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "malformed") {
		t.Errorf("the call heard %v", err)
	}
	if err := <-ended; status.Code(err) != codes.Internal {
		t.Errorf("ended with %v", err)
	}
}

// A host that breaks the rules ends its exchange.
func TestBrokenHost(t *testing.T) {
	t.Parallel()
	twice := (&hostFrame{call: 1, method: pb.Method_METHOD_CHAT}).append(nil)
	for name, raw := range map[string][]byte{
		"malformed":        {0x0a, 0x7f, 1},
		"begins one twice": append(twice, twice...),
	} {
		host, plugin, cut := pipes()
		if err := host.send(raw); err != nil {
			t.Fatal(err)
		}
		err := Answer(t.Context(), plugin, 1, func(ctx context.Context, _ pb.Method, _ []byte, _ func([]byte) error) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
		cut()
	}
}

// A host that has closed its side ends the exchange well, and frames for calls that are over do nothing.
func TestHostLeaves(t *testing.T) {
	t.Parallel()
	host, plugin, cut := pipes()
	defer cut()
	raw := (&hostFrame{call: 9, cancel: true}).append(nil)
	raw = (&hostFrame{call: 9, granted: 1 << 63}).append(raw)
	raw = (&hostFrame{call: 1, method: pb.Method_METHOD_CHAT}).append(raw)
	raw = (&hostFrame{call: 1, granted: 1 << 63}).append(raw)
	raw = (&hostFrame{call: 1, granted: 1<<64 - 1}).append(raw)
	if err := host.send(raw); err != nil {
		t.Fatal(err)
	}
	close(host.out)
	if err := Answer(t.Context(), plugin, 1, func(ctx context.Context, _ pb.Method, _ []byte, _ func([]byte) error) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}); err != nil {
		t.Error(err)
	}
}
