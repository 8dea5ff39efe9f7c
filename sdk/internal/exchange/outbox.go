package exchange

import (
	"runtime"
	"sync"
)

// Stream is one end of the gRPC stream.
type Stream interface {
	SendMsg(message any) error
	RecvMsg(message any) error
}

// bundleBytes is what a bundle holds: a frame with a whole piece, or many small ones. A larger frame, which only
// a request can be, is a bundle of its own.
const bundleBytes = PieceBytes + 4<<10

// outbox gathers frames of all calls and sends what there is.
type outbox struct {
	wake chan struct{}
	pool pool

	mu     sync.Mutex
	filled []*[]byte // in order; the last may take more
	held   int       // bytes in filled
	closed bool
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// put adds a frame unless more than limit bytes wait already, and reports whether it did. It never waits: what
// calls may put is bounded by their windows.
func (o *outbox) put(f frame, limit int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.held > limit {
		return false
	}
	first := len(o.filled) == 0
	b := o.room(f.size() + headBytes)
	before := len(*b)
	*b = f.append(*b)
	o.held += len(*b) - before
	if first {
		select {
		case o.wake <- struct{}{}:
		default:
		}
	}
	return true
}

// room is the bundle that takes size bytes more without growing.
func (o *outbox) room(size int) *[]byte {
	if len(o.filled) > 0 {
		if last := o.filled[len(o.filled)-1]; cap(*last)-len(*last) >= size {
			return last
		}
	}
	b := o.pool.Get(size)
	*b = (*b)[:0]
	o.filled = append(o.filled, b)
	return b
}

func (o *outbox) take() *[]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.filled) == 0 {
		return nil
	}
	b := o.filled[0]
	o.filled[0] = nil
	o.filled = o.filled[1:]
	o.held -= len(*b)
	if len(o.filled) == 0 {
		o.filled = nil
	}
	return b
}

// run sends until close is called or sending fails.
func (o *outbox) run(send func(any) error) {
	defer o.close()
	for range o.wake {
		// Who else has something to say at this moment says it first: their frames then share a message.
		runtime.Gosched()
		for b := o.take(); b != nil; b = o.take() {
			if send(&Bundle{frames: b, pool: &o.pool}) != nil {
				return // the reader of the stream hears why
			}
		}
	}
}

// close ends run. Frames that are put from now on go nowhere.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.closed, o.filled, o.held = true, nil, 0
		close(o.wake)
	}
}

// pool is the memory of bundles. gRPC's own clears what it gets back, which for these cost as much as filling them.
type pool struct{ buffers sync.Pool }

// Get implements mem.BufferPool.
func (p *pool) Get(size int) *[]byte {
	if size <= bundleBytes {
		if b, ok := p.buffers.Get().(*[]byte); ok {
			return b
		}
	}
	b := make([]byte, max(size, bundleBytes))
	return &b
}

// Put implements mem.BufferPool.
func (p *pool) Put(b *[]byte) {
	if cap(*b) == bundleBytes {
		p.buffers.Put(b)
	}
}
