package keyring

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Bounds of a rest. A hint from outside is only believed within them: one of 24 h for a minute limit would
// freeze an account, one of 0 would hammer it.
const (
	minRest  = 500 * time.Millisecond
	maxRest  = time.Hour
	maxPark  = 25 * time.Hour // the longest provider day, when clocks go back
	baseHold = time.Hour      // first rest of a doubling cooldown
	maxHold  = 24 * time.Hour

	// Used when neither the upstream nor the caller names a time: a minute limit refills within a minute, a
	// failing server deserves a short break.
	defaultRateRest = time.Minute
	defaultFailRest = 5 * time.Second

	// Jitter goes upwards only, 5 to 15 % of the rest, so that keys do not all return at once; after a rest
	// of hours a minute of it is enough and costs no quota.
	minJitter, maxJitter = 0.05, 0.15
	maxParkJitter        = time.Minute
)

// Cooldown asks for a rest.
type Cooldown struct {
	// Scope is what rests: the key, its account, the call's model in that account, the model with all keys,
	// or the whole provider. ScopeNone means the key.
	Scope sdk.Scope
	// For and Until say how long; For wins. With neither, Daily and Doubling decide, else a default by Why.
	For   time.Duration
	Until time.Time
	// Daily parks until the account's next reset instead of a minute's rest.
	Daily bool
	// Why is the error that asks for it. Rests for rate limits, quotas and credit are never probed.
	Why sdk.Kind
	// Doubling rests 1 h, twice as long each time in a row, up to 24 h. For, if set, replaces the first hour.
	Doubling bool
}

// isLimit tells rests that only time or the owner can end from failures that may be probed.
func isLimit(k sdk.Kind) bool {
	switch k {
	case sdk.KindRateMinute, sdk.KindRateDay, sdk.KindNoCredit, sdk.KindForbidden, sdk.KindLimitLocal:
		return true
	}
	return false
}

// isRate tells the limits that refill by themselves.
func isRate(k sdk.Kind) bool {
	return k == sdk.KindRateMinute || k == sdk.KindRateDay || k == sdk.KindLimitLocal
}

// span returns the rest a cooldown asks for, clamped and jittered; day's end is the reset, rnd is in [0, 1).
func (c Cooldown) span(now, reset time.Time, doublings int, rnd float64) Span {
	d := c.For
	if d <= 0 && !c.Until.IsZero() {
		d = c.Until.Sub(now)
	}
	s := Span{Why: c.Why, Parked: c.Daily || c.Doubling}
	switch {
	case c.Doubling:
		if d <= 0 {
			d = baseHold
		}
		d = min(max(d, minRest), maxHold)
		for range min(doublings, 10) { // beyond that the bound is reached from any start worth having
			d = min(2*d, maxHold)
		}
		s.Doublings = doublings + 1
	case c.Daily:
		if d <= 0 {
			d = reset.Sub(now)
		}
		d = min(max(d, minRest), maxPark)
	default:
		if d == 0 && c.Until.IsZero() {
			d = defaultFailRest
			if isLimit(c.Why) {
				d = defaultRateRest
			}
		}
		d = min(max(d, minRest), maxRest)
	}
	jitter := time.Duration(float64(d) * (minJitter + (maxJitter-minJitter)*rnd))
	if s.Parked {
		jitter = min(jitter, maxParkJitter)
	}
	s.Until = now.Add(d + jitter)
	return s
}

// rest is the cooldown of one scope. Its two spans only ever grow, except by clear.
type rest struct {
	limit, failure Span
	// marked is the last lease granted when the rest was last extended: calls that started before it know
	// nothing new, neither good nor bad.
	marked uint64
	// announced is set while a rest has been told of and its end has not.
	announced bool
}

// extend keeps the later of the old and the new end and reports whether anything changed.
func (r *rest) extend(s Span) bool {
	lane := r.lane(s.Why)
	if !s.Until.After(lane.Until) {
		return false
	}
	if s.Doublings == 0 {
		s.Doublings = lane.Doublings // another kind of trouble does not end the one that doubles
	}
	*lane = s
	return true
}

func (r *rest) lane(why sdk.Kind) *Span {
	if isLimit(why) {
		return &r.limit
	}
	return &r.failure
}

// merge is extend for both spans of a saved rest.
func (r *rest) merge(saved Rest) {
	if saved.Limit.Until.After(r.limit.Until) {
		r.limit = saved.Limit
	}
	if saved.Failure.Until.After(r.failure.Until) {
		r.failure = saved.Failure
	}
}

// last returns the span that ends last.
func (r *rest) last() Span {
	if r.failure.Until.After(r.limit.Until) {
		return r.failure
	}
	return r.limit
}

func (r *rest) until() time.Time { return r.last().Until }

func (r *rest) active(now time.Time) bool { return r.until().After(now) }

// forgettable reports whether nothing is left to remember, doublings included.
func (r *rest) forgettable(now time.Time) bool {
	keep := r.until()
	if r.limit.Doublings+r.failure.Doublings > 0 {
		keep = keep.Add(maxHold)
	}
	return !keep.After(now)
}
