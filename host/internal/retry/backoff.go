package retry

import (
	"context"
	"math"
	"time"
)

// Backoff is a growing wait with full jitter: each wait is drawn evenly from zero to a bound that grows, so
// that callers who failed together do not come back together.
type Backoff struct {
	// Delay is the bound of the first wait.
	Delay time.Duration
	// Multiplier is its growth from one wait to the next; below 1 it counts as 1.
	Multiplier float64
	// Max is where growth ends; 0 is no end short of what a Duration holds.
	Max time.Duration
}

// Bound returns the longest the wait after a number of failed attempts can be; attempt counts from 1, and
// less counts as 1.
func (b Backoff) Bound(attempt int) time.Duration {
	if b.Delay <= 0 {
		return 0
	}
	limit := float64(math.MaxInt64)
	if b.Max > 0 {
		limit = float64(b.Max)
	}
	bound := float64(b.Delay) * math.Pow(max(1, b.Multiplier), float64(max(1, attempt)-1))
	if !(bound < limit) { // also +Inf and NaN
		if b.Max > 0 {
			return b.Max
		}
		return math.MaxInt64
	}
	return time.Duration(bound)
}

// Wait returns the wait after a number of failed attempts, counted from 1; rnd is in [0, 1).
func (b Backoff) Wait(attempt int, rnd float64) time.Duration {
	bound := b.Bound(attempt)
	drawn := float64(bound) * max(rnd, 0)
	if !(drawn < float64(bound)) {
		return bound
	}
	return time.Duration(drawn)
}

// Sleep waits for d or until ctx is over, whose error it then returns. It does not wait at all when ctx is
// over already, nor when its deadline comes first: the rest of the time is better spent answering. Then the
// error is context.DeadlineExceeded.
func Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
