package exchange

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

const (
	// A call that was given up here may have this much under way in frames, whose heads count as frameCost each. Beyond
	// what all such calls may, and strayBytes of grace, frames of no call under way are a flood.
	leftBytes  = 8*Window + maxStatus
	frameCost  = 32
	strayBytes = 1 << 20
	mostStray  = 64 << 20
	// heldRequests is how many bytes of requests may wait for a plugin that does not read.
	heldRequests = 4 << 20
	noLimit      = int(^uint(0) >> 1)
)

// Caller is the host's end of an exchange.
type Caller struct {
	stream Stream
	out    *outbox
	limit  int // bytes of one message

	mu    sync.Mutex
	calls map[uint64]*Call
	last  uint64
	stray int // bytes of frames that may still be passed over
	ended bool
}

// NewCaller makes the host's end of stream, whose messages hold at most limit bytes. Run it.
func NewCaller(stream Stream, limit int) *Caller {
	return &Caller{stream: stream, out: newOutbox(), limit: limit, calls: map[uint64]*Call{}, stray: strayBytes}
}

// Run reads the stream until it ends, which ends every call in it, and returns why, a gRPC status. cancel ends
// the stream where it is the plugin's frames that ended the exchange: it may not be reading what is being sent.
func (c *Caller) Run(cancel func()) error {
	var writer sync.WaitGroup
	writer.Go(func() { c.out.run(c.stream.SendMsg) })
	err := c.read()
	c.out.close()
	c.end(err)
	cancel()
	writer.Wait()
	return err
}

func (c *Caller) read() error {
	var in Bundle
	for {
		switch err := c.stream.RecvMsg(&in); {
		case errors.Is(err, io.EOF):
			return status.Error(codes.Unavailable, "the plugin ended the exchange")
		case err != nil:
			return err
		}
		if err := each(in.bytes(), c.take); err != nil {
			return status.Error(codes.Internal, "the plugin broke the exchange: "+err.Error())
		}
	}
}

func (c *Caller) take(f *pluginFrame) error {
	c.mu.Lock()
	call := c.calls[f.call]
	if f.end {
		delete(c.calls, f.call)
	}
	if call == nil || len(f.message) == 0 && !f.end { // it ended here while this was on its way
		c.stray -= frameCost + len(f.message) + len(f.status)
	}
	flooded := c.stray < 0
	c.mu.Unlock()
	switch {
	case flooded:
		return errFlood
	case call == nil:
		return nil
	}
	if !call.take(f) {
		c.drop(call, status.Error(codes.Internal, "the plugin sent more than it was granted"))
	}
	return nil
}

var errFlood = errors.New("a flood of frames for no call")

func (c *Caller) end(err error) {
	c.mu.Lock()
	calls := c.calls
	c.calls, c.ended = nil, true
	c.mu.Unlock()
	for _, call := range calls {
		call.end(err)
	}
}

// Start begins a call. It reports false, and nothing was sent, when the exchange has ended or the plugin does
// not keep up with what is sent to it. The call must be read to its end, released, or its ctx be canceled.
func (c *Caller) Start(ctx context.Context, method pb.Method, request []byte) (*Call, bool) {
	f := hostFrame{method: method, request: request}
	if deadline, ok := ctx.Deadline(); ok {
		f.timeout = max(time.Until(deadline), time.Microsecond)
	}
	call := &Call{caller: c, ready: make(chan struct{}, 1), granted: Window}
	c.mu.Lock()
	if c.ended {
		c.mu.Unlock()
		return nil, false
	}
	c.last++
	call.id, f.call = c.last, c.last
	c.calls[call.id] = call
	c.mu.Unlock()
	if !c.out.put(&f, heldRequests) {
		c.forget(call)
		return nil, false
	}
	call.stop = context.AfterFunc(ctx, func() { c.drop(call, status.FromContextError(ctx.Err()).Err()) })
	return call, true
}

// forget reports whether the call was still under way.
func (c *Caller) forget(call *Call) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.calls[call.id]
	if ok {
		delete(c.calls, call.id)
		c.stray = min(c.stray+leftBytes, mostStray)
	}
	return ok
}

// drop ends a call from this side.
func (c *Caller) drop(call *Call, err error) {
	if c.forget(call) {
		c.out.put(&hostFrame{call: call.id, cancel: true}, noLimit)
	}
	call.end(err)
}

// Call is one call under way. It is for one goroutine.
type Call struct {
	caller *Caller
	id     uint64
	stop   func() bool
	ready  chan struct{} // something was added, or err set

	mu       sync.Mutex
	queue    pieces
	received int
	granted  int
	err      error // io.EOF: it ended well

	// The reader's own.
	taken    pieces
	consumed int // bytes not granted anew yet
	partial  []byte
}

// pieces are pieces of messages, one after the other in one memory.
type pieces struct {
	bytes []byte
	ends  []piece
	at    int // the first that has not been read
}

type piece struct {
	end  int
	more bool
}

func (p *pieces) add(b []byte, more bool) {
	p.bytes = append(p.bytes, b...)
	p.ends = append(p.ends, piece{end: len(p.bytes), more: more})
}

func (p *pieces) next() (b []byte, more, ok bool) {
	if p.at == len(p.ends) {
		return nil, false, false
	}
	begin := 0
	if p.at > 0 {
		begin = p.ends[p.at-1].end
	}
	this := p.ends[p.at]
	p.at++
	return p.bytes[begin:this.end:this.end], this.more, true
}

func (p *pieces) reset() { p.bytes, p.ends, p.at = p.bytes[:0], p.ends[:0], 0 }

// take adds what a frame brings. It reports whether the plugin kept to what it was granted.
func (c *Call) take(f *pluginFrame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(f.message) > 0 {
		c.received += len(f.message)
		if c.received > c.granted {
			return false
		}
		c.queue.add(f.message, f.more)
	}
	if f.end {
		c.finish(ending(f.status))
	}
	c.signal()
	return true
}

func ending(raw []byte) error {
	if len(raw) == 0 {
		return io.EOF
	}
	return statusOf(raw)
}

func (c *Call) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(err)
	c.signal()
}

func (c *Call) finish(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *Call) signal() {
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// Recv returns the next message, which is valid until the one after it is asked for; io.EOF after the last of
// a call that ended well, else a gRPC status.
func (c *Call) Recv() ([]byte, error) {
	for {
		b, more, ok := c.taken.next()
		if !ok {
			if err := c.refill(); err != nil {
				c.Release()
				return nil, err
			}
			continue
		}
		c.grant(len(b))
		switch {
		case more || len(c.partial) > 0:
			if len(c.partial)+len(b) > c.caller.limit {
				err := status.Errorf(codes.ResourceExhausted, "a message of the plugin is larger than %d bytes", c.caller.limit)
				c.caller.drop(c, err)
				return nil, err
			}
			c.partial = append(c.partial, b...)
			if more {
				continue
			}
			b, c.partial = c.partial, nil
		}
		return b, nil
	}
}

// refill waits for what came since the last time.
func (c *Call) refill() error {
	for {
		c.mu.Lock()
		if len(c.queue.ends) > 0 {
			c.taken.reset()
			c.taken, c.queue = c.queue, c.taken
			c.mu.Unlock()
			return nil
		}
		err := c.err
		c.mu.Unlock()
		if err != nil {
			return err
		}
		<-c.ready
	}
}

// grant lets the plugin send anew what was read, in steps worth a frame.
func (c *Call) grant(n int) {
	c.consumed += n
	if c.consumed < Window/2 {
		return
	}
	c.mu.Lock()
	c.granted += c.consumed
	ended := c.err != nil
	c.mu.Unlock()
	if !ended {
		c.caller.out.put(&hostFrame{call: c.id, granted: uint64(c.consumed)}, noLimit)
	}
	c.consumed = 0
}

// Release gives the call up when all of interest was read: unlike canceling it tells the plugin nothing.
func (c *Call) Release() {
	c.stop()
	c.caller.forget(c)
}
