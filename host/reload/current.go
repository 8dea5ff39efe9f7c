package reload

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aio-llm/aio/host"
)

// Current is the host of now and the ones before it that still serve requests. It is gateway.Hosts.
type Current struct {
	now    atomic.Pointer[generation]
	linger time.Duration

	mu     sync.Mutex
	living []*generation // oldest first
	closed bool
	ending sync.WaitGroup // a goroutine for each replaced generation
	cut    chan struct{}  // closed when replaced generations must end at once
	errs   []error
}

// generation is one host and its users. The first user is Current itself.
type generation struct {
	host    *host.Host
	users   atomic.Int64
	idle    chan struct{}
	release func() // made once: Acquire is on the path of every request
}

// maxLinger is the longest a replaced host may serve: the default total deadline of a request, and some.
const maxLinger = 10*time.Minute + 10*time.Second

// maxGenerations bounds how many hosts serve side by side. More is refused: dropping requests is not a choice.
const maxGenerations = 256

// closeLimit bounds the closing of one replaced host.
const closeLimit = 10 * time.Second

// ErrClosed is returned by Replace after Close.
var ErrClosed = errors.New("reload: closed")

// NewCurrent returns h as the first host of all. Close closes it.
func NewCurrent(h *host.Host) *Current {
	c := &Current{linger: maxLinger, cut: make(chan struct{})}
	g := newGeneration(h)
	c.living = []*generation{g}
	c.now.Store(g)
	return c
}

func newGeneration(h *host.Host) *generation {
	g := &generation{host: h, idle: make(chan struct{})}
	g.users.Store(1)
	g.release = func() {
		if g.users.Add(-1) == 0 {
			close(g.idle)
		}
	}
	return g
}

// enter counts one more user, unless the generation has ended.
func (g *generation) enter() bool {
	for {
		n := g.users.Load()
		if n == 0 {
			return false
		}
		if g.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Acquire returns the host of now, which stays open until release is called; call it once. After Close it is
// the last host, closed.
func (c *Current) Acquire() (h *host.Host, release func()) {
	for {
		g := c.now.Load()
		if g.enter() {
			return g.host, g.release
		}
		if c.now.Load() == g { // closed: every call to it fails
			return g.host, func() {}
		}
	}
}

// Host is the host of now, for a look; requests Acquire it.
func (c *Current) Host() *host.Host { return c.now.Load().host }

// Hosts are all hosts that serve requests, the newest first.
func (c *Current) Hosts() []*host.Host {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]*host.Host, 0, len(c.living))
	for i := len(c.living) - 1; i >= 0; i-- {
		out = append(out, c.living[i].host)
	}
	return out
}

// Replace makes next the host of now. The one before serves its requests to their end, ten minutes at most, and
// is closed. On an error next is still the caller's.
func (c *Current) Replace(next *host.Host) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	if len(c.living) >= maxGenerations {
		return fmt.Errorf("%d configurations still serve requests; try again when some of them have ended", len(c.living))
	}
	g := newGeneration(next)
	c.living = append(c.living, g)
	before := c.now.Swap(g)
	before.release()
	c.ending.Go(func() { c.end(before) })
	return nil
}

// end closes a replaced generation after its last request.
func (c *Current) end(g *generation) {
	limit := time.NewTimer(c.linger)
	defer limit.Stop()
	select {
	case <-g.idle:
	case <-limit.C:
	case <-c.cut:
	}
	// No caller waits for this; it has a limit of its own.
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	err := g.host.Close(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && len(c.errs) < maxGenerations {
		c.errs = append(c.errs, err)
	}
	for i, l := range c.living {
		if l == g {
			c.living = append(c.living[:i:i], c.living[i+1:]...)
			break
		}
	}
}

// Close closes all hosts, requests or not: let them end first. It waits until ctx ends; what still runs then is
// killed. Calling it again does nothing.
func (c *Current) Close(ctx context.Context) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	close(c.cut)
	now := c.now.Load()
	c.mu.Unlock()
	now.release()
	err := now.host.Close(ctx)
	c.ending.Wait() // each with a limit of its own
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(append(c.errs, err)...)
}
