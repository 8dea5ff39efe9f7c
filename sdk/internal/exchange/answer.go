package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// Handler answers one call: messages by send, which waits while the host does not read, and the last one by
// returning it, if it is not nil. An error is a gRPC status. request is the handler's own.
type Handler func(ctx context.Context, method pb.Method, request []byte, send func(message []byte) error) (last []byte, err error)

// Answer is the plugin's end: it answers the calls of stream until that ends, or ctx does, and returns when
// all handlers have. It keeps up to workers goroutines for calls to come, whose stacks have grown.
func Answer(ctx context.Context, stream Stream, workers int64, handler Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	a := &answerer{
		ctx: ctx, handler: handler, out: newOutbox(), calls: map[uint64]*answered{},
		work: make(chan *answered), keep: workers,
	}
	var writer sync.WaitGroup
	writer.Go(func() { a.out.run(stream.SendMsg) })
	err := a.read(stream)
	cancel()
	close(a.work)
	a.done.Wait()
	a.out.close()
	writer.Wait()
	return err
}

type answerer struct {
	ctx     context.Context //nolint:containedctx // the exchange's, which every call's comes from
	handler Handler
	out     *outbox

	mu    sync.Mutex
	calls map[uint64]*answered

	work    chan *answered
	keep    int64
	workers atomic.Int64
	done    sync.WaitGroup
}

func (a *answerer) read(stream Stream) error {
	var in Bundle
	for {
		switch err := stream.RecvMsg(&in); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := each(in.bytes(), a.take); err != nil {
			return status.Error(codes.InvalidArgument, "the host broke the exchange: "+err.Error())
		}
	}
}

func (a *answerer) take(f *hostFrame) error {
	a.mu.Lock()
	call := a.calls[f.call]
	a.mu.Unlock()
	switch {
	case f.method != 0 && call != nil:
		return fmt.Errorf("call %d began twice", f.call)
	case f.method != 0:
		a.begin(f)
	case call == nil: // it has ended meanwhile
	case f.cancel:
		call.cancel()
	default:
		call.grant(f.granted)
	}
	return nil
}

func (a *answerer) begin(f *hostFrame) {
	call := &answered{id: f.call, method: f.method, request: append([]byte(nil), f.request...), out: a.out, credit: Window, granted: make(chan struct{}, 1)}
	if f.timeout > 0 {
		call.ctx, call.cancel = context.WithTimeout(a.ctx, f.timeout)
	} else {
		call.ctx, call.cancel = context.WithCancel(a.ctx)
	}
	a.mu.Lock()
	a.calls[f.call] = call
	a.mu.Unlock()
	select {
	case a.work <- call:
	default:
		a.done.Go(func() { a.worker(call) })
	}
}

func (a *answerer) worker(call *answered) {
	defer a.workers.Add(-1)
	kept := a.workers.Add(1) <= a.keep
	for ok := true; ok; call, ok = <-a.work {
		a.answer(call)
		if !kept {
			return
		}
	}
}

func (a *answerer) answer(call *answered) {
	defer call.cancel()
	last, err := a.handler(call.ctx, call.method, call.request, call.send)
	if err == nil {
		err = call.pieces(last, true)
	}
	a.mu.Lock()
	delete(a.calls, call.id)
	a.mu.Unlock()
	if err != nil {
		a.out.put(&pluginFrame{call: call.id, end: true, status: rawStatus(err)}, noLimit)
	}
}

// answered is one call under way.
type answered struct {
	id      uint64
	method  pb.Method
	request []byte
	out     *outbox
	ctx     context.Context //nolint:containedctx // the call's own
	cancel  context.CancelFunc
	frame   pluginFrame // the one being put

	mu      sync.Mutex
	credit  uint64
	granted chan struct{}
}

func (c *answered) send(message []byte) error { return c.pieces(message, false) }

// pieces sends a message as the host has room for it. The last one ends the call.
func (c *answered) pieces(message []byte, last bool) error {
	for first := true; first || len(message) > 0; first = false {
		n, err := c.reserve(min(len(message), PieceBytes))
		if err != nil {
			return err
		}
		more := n < len(message)
		c.frame = pluginFrame{call: c.id, message: message[:n], more: more, end: last && !more}
		message = message[n:]
		if !c.out.put(&c.frame, noLimit) {
			return status.Error(codes.Unavailable, "the host ended the exchange")
		}
	}
	return nil
}

// reserve takes up to n bytes of what was granted, and waits while there is nothing.
func (c *answered) reserve(n int) (int, error) {
	for n > 0 {
		c.mu.Lock()
		got := min(uint64(n), c.credit)
		c.credit -= got
		c.mu.Unlock()
		if got > 0 {
			return int(got), nil //nolint:gosec // at most n
		}
		select {
		case <-c.granted:
		case <-c.ctx.Done():
			return 0, status.FromContextError(c.ctx.Err()).Err()
		}
	}
	return 0, nil
}

// maxCredit keeps a host that grants too much from overflowing.
const maxCredit = 1 << 40

func (c *answered) grant(n uint64) {
	c.mu.Lock()
	c.credit = min(c.credit+min(n, maxCredit), maxCredit)
	c.mu.Unlock()
	select {
	case c.granted <- struct{}{}:
	default:
	}
}

// maxStatus is far more than any status with its details needs; as a trailer it could not be larger either.
const maxStatus = 64 << 10

func rawStatus(err error) []byte {
	raw, marshalErr := proto.Marshal(status.Convert(err).Proto())
	if marshalErr != nil {
		raw, _ = proto.Marshal(status.New(codes.Internal, "the status cannot be encoded").Proto())
	}
	return raw
}

// statusOf is the error that raw says. It is never nil: a status of success has no place here.
func statusOf(raw []byte) error {
	said := status.New(codes.OK, "").Proto()
	if err := proto.Unmarshal(raw, said); err != nil || len(raw) > maxStatus {
		return status.Error(codes.Internal, "the plugin ended the call with a status that cannot be read")
	}
	if err := status.ErrorProto(said); err != nil {
		return err
	}
	return status.Error(codes.Internal, "the plugin ended the call with a status that says nothing")
}
