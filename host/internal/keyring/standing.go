package keyring

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// standing is where a key stands for a call.
type standing struct {
	State     State
	Until     time.Time
	Why       sdk.Kind
	Detail    string
	probeable bool      // rests, and only for failures
	vote      Cause     // what it says about the cause when no key is left
	changes   time.Time // when the first of several holds ends; zero if none does
}

// standing returns the state of a key for a model: of everything that holds it back, what lasts longest.
func (r *Ring) standing(k *key, model string, now time.Time) standing {
	switch {
	case k.Missing != "":
		return standing{State: Missing, Detail: k.Missing}
	case k.disabled != "":
		return standing{State: Disabled, Detail: k.disabled}
	}
	s := standing{State: Ready}
	limited := false
	hold := func(state State, until time.Time, why sdk.Kind, detail string) bool {
		if !until.After(now) {
			return false
		}
		if until.After(s.Until) {
			s.State, s.Until, s.Why, s.Detail = state, until, why, detail
		}
		if s.changes.IsZero() || until.Before(s.changes) {
			s.changes = until
		}
		return true
	}
	for _, c := range r.covering(k, model) {
		if c.rest == nil {
			continue
		}
		for _, span := range [...]Span{c.limit, c.failure} {
			state := Cooling
			if span.Parked {
				state = Parked
			}
			if hold(state, span.Until, span.Why, "") && isLimit(span.Why) {
				limited = true
			}
		}
	}
	for _, c := range [...]*counter{k.counter, k.account.counter} {
		switch {
		case c == nil || !c.until().After(now):
		case c.spent:
			limited = hold(Exhausted, c.cal.end, sdk.KindLimitLocal, "daily limit reached") || limited
			s.changes = earlier(s.changes, c.retry)
		default:
			limited = hold(Cooling, c.retry, sdk.KindStateUnavailable, "") || limited
		}
	}
	limited = hold(Cooling, later(k.minute.until(), k.account.minute.until()), sdk.KindLimitLocal, "requests a minute reached") || limited
	s.probeable = s.State != Ready && !limited
	s.vote = s.votes(limited)
	return s
}

// votes returns what the key says about the cause; empty if it has no say because it is out of money.
func (s standing) votes(limited bool) Cause {
	switch {
	case !limited:
		return CauseOther
	case s.Why == sdk.KindStateUnavailable:
		return CauseStore
	case isLimit(s.Why) && !isRate(s.Why):
		return ""
	}
	return CauseRate
}

// survey looks at every key when none is ready. It returns the one to probe, which is due soonest among those
// that rest for failures alone, or else why no key can be used.
func (r *Ring) survey(want Want, now time.Time) (probe *key, why *UnavailableError) {
	if known, ok := r.refusals[want.Model]; ok && len(want.Skip) == 0 && (known.until.IsZero() || now.Before(known.until)) {
		return nil, known.why
	}
	e := &UnavailableError{Provider: r.provider, Model: want.Model, Cause: CauseOther, Keys: len(r.keys)}
	var due, changes time.Time
	rate, store, other := false, false, false
	for _, k := range r.keys {
		s := r.standing(k, want.Model, now)
		if s.probeable && !r.probing && !want.Skip[k.Label] && (probe == nil || s.Until.Before(due)) {
			probe, due = k, s.Until
		}
		if s.State == Ready {
			s.State = Tried
		}
		rate, store, other = rate || s.vote == CauseRate, store || s.vote == CauseStore, other || s.vote == CauseOther
		e.Soonest = soonest(e.Soonest, s.Until)
		changes = soonest(changes, s.changes)
		if len(e.Reasons) < maxReasons {
			e.Reasons = append(e.Reasons, Reason{Label: k.Label, State: s.State, Until: s.Until, Why: s.Why, Detail: s.Detail})
		}
	}
	if probe != nil {
		return probe, nil
	}
	switch {
	case other:
	case store:
		e.Cause = CauseStore
	case rate:
		e.Cause = CauseRate
	}
	if len(want.Skip) == 0 {
		r.remember(e, changes)
	}
	return nil, e
}

// refusal is an answer that holds until a time comes (zero: none does) or something changes, so that
// thousands of callers who cannot be served do not each look at every key.
type refusal struct {
	why   *UnavailableError
	until time.Time
}

// maxRefusals bounds the models remembered; callers may make up their names.
const maxRefusals = 64

func (r *Ring) remember(e *UnavailableError, until time.Time) {
	if r.refusals == nil || len(r.refusals) >= maxRefusals {
		r.refusals = make(map[string]refusal)
	}
	r.refusals[e.Model] = refusal{why: e, until: until}
}

// soonest is the earlier of two times of which either may be none.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
