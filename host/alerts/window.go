package alerts

import (
	"sync"
	"time"
)

// counts are of the requests in some span of time: answered and failed ones, and those of the answered that
// were slow.
type counts struct{ answered, failed, slow int64 }

func (c *counts) add(o counts) {
	c.answered += o.answered
	c.failed += o.failed
	c.slow += o.slow
}

// spans is how finely the window slides.
const spans = 30

// window counts what happened lately, in memory that does not grow with the traffic.
type window struct {
	mu    sync.Mutex
	began time.Time
	width time.Duration
	ring  [spans]counts
	// now is the number of the newest span since began.
	now int64
}

func newWindow(length time.Duration) *window {
	return &window{began: time.Now(), width: max(length/spans, 1)}
}

func (w *window) add(c counts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn()
	w.ring[w.now%spans].add(c)
}

func (w *window) sum() (total counts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn()
	for _, c := range w.ring {
		total.add(c)
	}
	return total
}

// turn forgets the spans that have left the window.
func (w *window) turn() {
	now := int64(time.Since(w.began) / w.width)
	for n := max(w.now+1, now-spans+1); n <= now; n++ {
		w.ring[n%spans] = counts{}
	}
	w.now = max(w.now, now)
}
