package keyring

import (
	"fmt"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// State is how a key is doing.
type State string

// The states.
const (
	Ready     State = "ready"
	Cooling   State = "cooling"   // rests for a short while
	Parked    State = "parked"    // rests until a quota's reset, or for lack of credit
	Exhausted State = "exhausted" // its own or its account's daily limit is used up
	Disabled  State = "disabled"  // out of use until it is enabled
	Missing   State = "missing"   // has no value
	Tried     State = "tried"     // ready, but this request has used it already
)

// Cause says what kind of trouble leaves a provider without a key.
type Cause string

// The causes.
const (
	CauseRate  Cause = "rate"  // limits that refill: waiting until Soonest helps, calling does not
	CauseOther Cause = "other" // keys that are disabled, missing, without credit, failing or tried
	CauseStore Cause = "store" // limits cannot be checked because the store does not answer
)

// Reason says why one key was not used.
type Reason struct {
	Label string
	State State
	// Until is when that ends; zero if time alone does not end it.
	Until time.Time
	// Why is the error behind it; empty for disabled and missing keys.
	Why sdk.Kind
	// Detail says more in words; it may be empty.
	Detail string
}

// maxReasons bounds an UnavailableError; nobody reads ten thousand.
const maxReasons = 100

// UnavailableError means no key of a provider can be used now.
type UnavailableError struct {
	Provider string
	Model    string
	Cause    Cause
	// Reasons has one entry a key, in the configured order, 100 at most; Keys is how many there are.
	Reasons []Reason
	Keys    int
	// Soonest is when the first key that rests is back; zero if none rests.
	Soonest time.Time
}

// Error implements error.
func (e *UnavailableError) Error() string {
	var groups []string
	count := make(map[string]int)
	for _, r := range e.Reasons {
		g := string(r.State)
		switch {
		case r.Detail != "":
			g += " (" + r.Detail + ")"
		case r.Why != "":
			g += " (" + string(r.Why) + ")"
		}
		if count[g]++; count[g] == 1 {
			groups = append(groups, g)
		}
	}
	const shown = 6
	var b strings.Builder
	fmt.Fprintf(&b, "no key of provider %q can be used now: ", e.Provider)
	for i, g := range groups {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == shown {
			b.WriteString("and others")
			break
		}
		fmt.Fprintf(&b, "%d %s", count[g], g)
	}
	if !e.Soonest.IsZero() {
		fmt.Fprintf(&b, "; the first is back at %s", e.Soonest.UTC().Format(time.RFC3339))
	}
	return b.String()
}

// standing is where a key stands for a call.
type standing struct {
	State     State
	Until     time.Time
	Why       sdk.Kind
	Detail    string
	probeable bool // rests, and only for failures
	vote      Cause
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
		if until.After(now) && until.After(s.Until) {
			s.State, s.Until, s.Why, s.Detail = state, until, why, detail
		}
		return until.After(now)
	}
	for _, rest := range r.covering(k, model) {
		if rest == nil {
			continue
		}
		for _, span := range [...]Span{rest.limit, rest.failure} {
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

// unavailable explains why no key can be used.
func (r *Ring) unavailable(want Want, now time.Time) *UnavailableError {
	e := &UnavailableError{Provider: r.provider, Model: want.Model, Cause: CauseOther, Keys: len(r.keys)}
	votes := make(map[Cause]int)
	for _, k := range r.keys {
		s := r.standing(k, want.Model, now)
		if s.State == Ready {
			s.State = Tried
		}
		votes[s.vote]++
		if !s.Until.IsZero() && (e.Soonest.IsZero() || s.Until.Before(e.Soonest)) {
			e.Soonest = s.Until
		}
		if len(e.Reasons) < maxReasons {
			e.Reasons = append(e.Reasons, Reason{Label: k.Label, State: s.State, Until: s.Until, Why: s.Why, Detail: s.Detail})
		}
	}
	switch {
	case votes[CauseOther] > 0:
	case votes[CauseStore] > 0:
		e.Cause = CauseStore
	case votes[CauseRate] > 0:
		e.Cause = CauseRate
	}
	return e
}
