package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"google.golang.org/grpc/mem"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// pipe is one end of a stream in memory. Like gRPC's, its SendMsg waits while a few messages are under way.
type pipe struct {
	out chan<- []byte
	in  <-chan []byte
	cut <-chan struct{}
	err error // what the ends fail with once cut
}

var errCut = errors.New("cut")

// pipes are the two ends. cut breaks both.
func pipes() (host, plugin *pipe, cut func()) {
	there, back, gone := make(chan []byte, 4), make(chan []byte, 4), make(chan struct{})
	return &pipe{out: there, in: back, cut: gone, err: errCut}, &pipe{out: back, in: there, cut: gone, err: errCut}, sync.OnceFunc(func() { close(gone) })
}

// SendMsg implements Stream.
func (p *pipe) SendMsg(m any) error {
	wire := m.(*Bundle).Wire()
	defer wire.Free()
	return p.send(bytes.Clone(wire.Materialize()))
}

func (p *pipe) send(raw []byte) error {
	select {
	case p.out <- raw:
		return nil
	case <-p.cut:
		return p.err
	}
}

// RecvMsg implements Stream.
func (p *pipe) RecvMsg(m any) error {
	select {
	case raw, ok := <-p.in:
		if !ok {
			return io.EOF
		}
		m.(*Bundle).Take(mem.BufferSlice{mem.SliceBuffer(raw)})
		return nil
	case <-p.cut:
		return p.err
	}
}

const testLimit = 1 << 20

// connected joins a Caller to a plugin that answers with handler, for as long as the test runs. over returns how
// the two ended, and ends them.
func connected(t *testing.T, handler Handler) (c *Caller, over func() (host, plugin error)) {
	t.Helper()
	host, plugin, cut := pipes()
	c = NewCaller(host, testLimit)
	var done sync.WaitGroup
	var hostErr, pluginErr error
	done.Go(func() { hostErr = c.Run(cut) })
	done.Go(func() { pluginErr = Answer(t.Context(), plugin, 4, handler) })
	over = func() (error, error) {
		cut()
		done.Wait()
		return hostErr, pluginErr
	}
	t.Cleanup(func() { _, _ = over() })
	return c, over
}

// lying joins a Caller to a plugin that sends what the test says.
func lying(t *testing.T) (c *Caller, say func(...*pluginFrame), ended <-chan error) {
	t.Helper()
	host, plugin, cut := pipes()
	c = NewCaller(host, testLimit)
	result := make(chan error, 1)
	var done sync.WaitGroup
	done.Go(func() { result <- c.Run(cut) })
	done.Go(func() {
		for {
			select {
			case <-plugin.in:
			case <-plugin.cut:
				return
			}
		}
	})
	t.Cleanup(func() {
		cut()
		done.Wait()
	})
	return c, func(frames ...*pluginFrame) {
		var raw []byte
		for _, f := range frames {
			raw = f.append(raw)
		}
		if err := plugin.send(raw); err != nil {
			t.Error(err)
		}
	}, result
}

func start(t *testing.T, ctx context.Context, c *Caller, request string) *Call {
	t.Helper()
	call, ok := c.Start(ctx, pb.Method_METHOD_CHAT_STREAM, []byte(request))
	if !ok {
		t.Fatal("the call was not taken")
	}
	return call
}

// all reads a call to its end.
func all(c *Call) (messages []string, err error) {
	for {
		m, err := c.Recv()
		if errors.Is(err, io.EOF) {
			return messages, nil
		}
		if err != nil {
			return messages, err
		}
		messages = append(messages, string(m))
	}
}
