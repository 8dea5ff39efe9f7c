package gateway

import (
	"context"
	"errors"
	"sync"
	"time"
)

// gate bounds the requests at work at once and those that wait, first come first served. Its zero value lets
// nobody in: resize it.
type gate struct {
	mu           sync.Mutex
	limit, queue int
	inside       int
	waiting      []chan struct{}
}

var errOverloaded = errors.New("too many requests at work and waiting")

func (g *gate) resize(limit, queue int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit, g.queue = limit, queue
	g.admit()
}

// full reports whether enter would refuse now: a request is refused before its body is read.
func (g *gate) full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inside >= g.limit && len(g.waiting) >= g.queue
}

// enter waits for a place, for most at longest, and takes it. Its error is errOverloaded or the context's.
func (g *gate) enter(ctx context.Context, most time.Duration) error {
	g.mu.Lock()
	if g.inside < g.limit && len(g.waiting) == 0 {
		g.inside++
		g.mu.Unlock()
		return nil
	}
	if len(g.waiting) >= g.queue {
		g.mu.Unlock()
		return errOverloaded
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()

	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		return g.giveUp(turn, context.Cause(ctx))
	case <-timer.C:
		return g.giveUp(turn, errOverloaded)
	}
}

// giveUp leaves the queue; a place that came meanwhile goes to the next.
func (g *gate) giveUp(turn chan struct{}, why error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, other := range g.waiting {
		if other == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return why
		}
	}
	g.inside--
	g.admit()
	return why
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.admit()
}

func (g *gate) admit() {
	for g.inside < g.limit && len(g.waiting) > 0 {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.inside++
	}
}
