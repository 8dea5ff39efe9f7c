package pluginproc

import "time"

const (
	firstDelay = 500 * time.Millisecond
	maxDelay   = 30 * time.Second
	// jitterPart spreads restarts upwards by up to this part, so that plugins that died together do not
	// restart together. The longest delay is not spread: the time to recover is a promise.
	jitterPart = 0.25
	// healthyAfter is how long a process must have been ready for its death to count as a first one.
	healthyAfter = time.Minute
)

// restarts spaces the restarts of one plugin. The first death is answered at once; a start that failed was
// its own warning and waits at least firstDelay.
type restarts struct {
	failures int
	jitter   func() float64 // from [0, 1)
}

// died returns the delay after the death of a process that had been ready for so long.
func (r *restarts) died(ready time.Duration) time.Duration {
	if ready >= healthyAfter {
		r.failures = 0
	}
	return r.next()
}

// failed returns the delay after a start that failed.
func (r *restarts) failed() time.Duration {
	r.failures = max(r.failures, 1)
	return r.next()
}

func (r *restarts) next() time.Duration {
	n := r.failures
	r.failures++
	if n == 0 {
		return 0
	}
	delay := maxDelay
	if n <= 6 { // 0.5 s doubled six times is past maxDelay
		delay = firstDelay << (n - 1)
	}
	return min(delay+time.Duration(float64(delay)*jitterPart*r.jitter()), maxDelay)
}
