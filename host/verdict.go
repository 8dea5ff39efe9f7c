package host

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// situation is everything the decision about a failed call may depend on.
type situation struct {
	err *sdk.Error
	// committed: content has reached the caller.
	committed bool
	// otherTarget: another one is ready to be tried; never so when the caller named this very target.
	otherTarget bool
	// retries is how many calls to this target were retries so far, apart from those with another key.
	retries int
	policy  Retry
}

// next is what follows a failed call.
type next int

const (
	stop       next = iota // the caller gets the error
	sameTarget             // the same target again, budget permitting
	nextKey                // the same target with another key, at once
	nextTarget             // the next target of the plan, at once
)

// String implements fmt.Stringer.
func (n next) String() string {
	return [...]string{"stop", "same_target", "next_key", "next_target"}[n]
}

// verdict is the decision: what follows, and what the call says about its key.
type verdict struct {
	next next
	// backoff: wait before sameTarget. Without it the call was certainly not sent and goes again at once.
	backoff bool
	key     keyEffect
}

// keyEffect is what a failed call means for the key it used.
type keyEffect struct {
	// refund: the upstream cannot have counted the call.
	refund bool
	// authError counts towards disabling the key.
	authError bool
	// canceled touches no health state at all.
	canceled bool
	// rest takes the scope out of use; zero is no rest.
	rest rest
}

// rest is a pause of everything in a scope.
type rest struct {
	scope sdk.Scope
	// For is how long; ignored for a daily one without a hint, which lasts to the account's reset.
	For   time.Duration
	daily bool
	// doubling rests grow each time, up to a day.
	doubling bool
}

const (
	// defaultMinuteRest is for a rate limit that says nothing of its length.
	defaultMinuteRest = time.Minute
	// creditRest is the first pause of an account without credit or rights; a top-up ends the trouble
	// sooner, a person can say so.
	creditRest = time.Hour
)

// decide is the one place where a failed call's consequences are decided. It is pure.
func decide(s situation) verdict {
	v := verdict{next: follow(s), key: blameKey(s.err)}
	if s.committed {
		v.next = stop
	}
	v.backoff = v.next == sameTarget && s.err.Certainty != sdk.NotSent
	return v
}

func follow(s situation) next {
	switch s.err.Kind {
	case sdk.KindCanceled, sdk.KindBadRequest, sdk.KindLimitLocal, sdk.KindStateUnavailable:
		return stop
	case sdk.KindAuthInvalid, sdk.KindNoCredit, sdk.KindForbidden, sdk.KindRateMinute, sdk.KindRateDay:
		return nextKey
	case sdk.KindBlocked:
		if s.policy.FallbackOnBlocked != nil && *s.policy.FallbackOnBlocked {
			return elsewhere(s)
		}
		return stop
	case sdk.KindTooLong, sdk.KindModelGone, sdk.KindGenFailed, sdk.KindUnsupported, sdk.KindInternal, sdk.KindUnknown:
		return elsewhere(s)
	case sdk.KindServerError, sdk.KindOverloaded, sdk.KindBadReply:
		return again(s)
	case sdk.KindTimeout:
		if ambiguous(s) {
			return stop
		}
		if s.retries > 0 && !s.otherTarget {
			return stop // a second wait of full length helps nobody, and may be paid again
		}
		return again(s)
	case sdk.KindNetwork, sdk.KindPluginDown, sdk.KindBrokenStream:
		if ambiguous(s) {
			return stop
		}
		return again(s)
	default: // the kinds only a host reports never come from a call
		return stop
	}
}

// elsewhere is for errors that the same target would repeat.
func elsewhere(s situation) next {
	if s.otherTarget {
		return nextTarget
	}
	return stop
}

// again is for errors that may pass: another target at once, the same one only when it is the last.
func again(s situation) next {
	switch {
	case s.otherTarget:
		return nextTarget
	case s.retries+1 < s.policy.MaxTries:
		return sameTarget
	default:
		return stop
	}
}

// ambiguous reports a call that may have been served and paid although its reply never came, under a policy
// that minds.
func ambiguous(s situation) bool {
	return s.err.Certainty != sdk.NotSent && s.policy.OnAmbiguous == AmbiguousError
}

func blameKey(e *sdk.Error) keyEffect {
	effect := keyEffect{refund: e.Certainty == sdk.NotSent}
	switch e.Kind {
	case sdk.KindCanceled:
		effect.canceled = true
	case sdk.KindAuthInvalid:
		effect.authError = true
	case sdk.KindNoCredit:
		effect.rest = rest{scope: scopeOr(e.Scope, sdk.ScopeAccount), For: orDefault(e.RetryAfter, creditRest), doubling: e.RetryAfter == 0}
	case sdk.KindForbidden:
		effect.rest = rest{scope: scopeOr(e.Scope, sdk.ScopeAccountModel), For: orDefault(e.RetryAfter, creditRest), doubling: e.RetryAfter == 0}
	case sdk.KindRateMinute:
		effect.rest = rest{scope: scopeOr(e.Scope, sdk.ScopeAccountModel), For: orDefault(e.RetryAfter, defaultMinuteRest)}
	case sdk.KindRateDay:
		effect.rest = rest{scope: scopeOr(e.Scope, sdk.ScopeAccountModel), For: e.RetryAfter, daily: true}
	default: // nothing else says anything about a key
	}
	return effect
}

func scopeOr(have, fallback sdk.Scope) sdk.Scope {
	if have == sdk.ScopeNone {
		return fallback
	}
	return have
}

func orDefault(have, fallback time.Duration) time.Duration {
	if have <= 0 {
		return fallback
	}
	return have
}
