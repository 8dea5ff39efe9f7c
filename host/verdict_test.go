package host

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

// Every kind, as the last target and with another one ready, and what it says about the key.
func TestDecideByKind(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	account := rest{scope: sdk.ScopeAccount, For: hour, doubling: true}
	for _, row := range []struct {
		kind        sdk.Kind
		last, other next
		key         keyEffect
	}{
		{sdk.KindAuthInvalid, nextKey, nextKey, keyEffect{authError: true}},
		{sdk.KindNoCredit, nextKey, nextKey, keyEffect{rest: account}},
		{sdk.KindForbidden, nextKey, nextKey, keyEffect{rest: rest{scope: sdk.ScopeAccountModel, For: hour, doubling: true}}},
		{sdk.KindRateMinute, nextKey, nextKey, keyEffect{rest: rest{scope: sdk.ScopeAccountModel, For: time.Minute}}},
		{sdk.KindRateDay, nextKey, nextKey, keyEffect{rest: rest{scope: sdk.ScopeAccountModel, daily: true}}},
		{sdk.KindOverloaded, sameTarget, nextTarget, keyEffect{}},
		{sdk.KindServerError, sameTarget, nextTarget, keyEffect{}},
		{sdk.KindBadReply, sameTarget, nextTarget, keyEffect{}},
		{sdk.KindNetwork, sameTarget, nextTarget, keyEffect{}},
		{sdk.KindTimeout, sameTarget, nextTarget, keyEffect{}},
		{sdk.KindPluginDown, sameTarget, nextTarget, keyEffect{}},
		{sdk.KindBrokenStream, sameTarget, nextTarget, keyEffect{}},
		{sdk.KindTooLong, stop, nextTarget, keyEffect{}},
		{sdk.KindModelGone, stop, nextTarget, keyEffect{}},
		{sdk.KindGenFailed, stop, nextTarget, keyEffect{}},
		{sdk.KindUnsupported, stop, nextTarget, keyEffect{}},
		{sdk.KindInternal, stop, nextTarget, keyEffect{}},
		{sdk.KindUnknown, stop, nextTarget, keyEffect{}},
		{sdk.KindBlocked, stop, stop, keyEffect{}},
		{sdk.KindBadRequest, stop, stop, keyEffect{}},
		{sdk.KindCanceled, stop, stop, keyEffect{canceled: true}},
		{sdk.KindNoTarget, stop, stop, keyEffect{}},
		{sdk.KindKeysExhausted, stop, stop, keyEffect{}},
		{sdk.KindLimitLocal, stop, stop, keyEffect{}},
		{sdk.KindStateUnavailable, stop, stop, keyEffect{}},
	} {
		s := situation{err: &sdk.Error{Kind: row.kind}, policy: defaultRetry()}
		got := decide(s)
		want := verdict{next: row.last, backoff: row.last == sameTarget, key: row.key}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(verdict{}, keyEffect{}, rest{})); diff != "" {
			t.Errorf("%s as the last target:\n%s", row.kind, diff)
		}
		s.otherTarget = true
		if got := decide(s); got.next != row.other {
			t.Errorf("%s with another target: %v, want %v", row.kind, got.next, row.other)
		}
		s.committed = true
		if got := decide(s); got.next != stop {
			t.Errorf("%s after the first content: %v, want stop", row.kind, got.next)
		}
		s.err.Certainty = sdk.NotSent
		if !decide(s).key.refund {
			t.Errorf("%s that was never sent is not refunded", row.kind)
		}
	}
	if rows, kinds := 25, len(sdk.Kinds()); rows != kinds {
		t.Errorf("%d rows for %d kinds", rows, kinds)
	}
}

func TestDecideByCircumstance(t *testing.T) {
	t.Parallel()
	yes := true
	minds := defaultRetry()
	minds.OnAmbiguous = AmbiguousError
	moderate := defaultRetry()
	moderate.FallbackOnBlocked = &yes
	for _, row := range []struct {
		name string
		give situation
		want verdict
	}{
		{"never sent goes again at once", situation{err: &sdk.Error{Kind: sdk.KindNetwork, Certainty: sdk.NotSent}}, verdict{next: sameTarget, key: keyEffect{refund: true}}},
		{"tries used up", situation{err: &sdk.Error{Kind: sdk.KindServerError}, retries: 2}, verdict{next: stop}},
		{"one try left", situation{err: &sdk.Error{Kind: sdk.KindServerError}, retries: 1}, verdict{next: sameTarget, backoff: true}},
		{"a timeout is repeated once", situation{err: &sdk.Error{Kind: sdk.KindTimeout}, retries: 1}, verdict{next: stop}},
		{"may be paid twice, who minds", situation{err: &sdk.Error{Kind: sdk.KindTimeout}, otherTarget: true, policy: minds}, verdict{next: stop}},
		{"a broken reply may be paid twice too", situation{err: &sdk.Error{Kind: sdk.KindNetwork, Certainty: sdk.ResponseStarted}, otherTarget: true, policy: minds}, verdict{next: stop}},
		{"never sent cannot be paid twice", situation{err: &sdk.Error{Kind: sdk.KindTimeout, Certainty: sdk.NotSent}, otherTarget: true, policy: minds}, verdict{next: nextTarget, key: keyEffect{refund: true}}},
		{"an answered error is not ambiguous", situation{err: &sdk.Error{Kind: sdk.KindServerError, Status: 500, Certainty: sdk.ResponseStarted}, otherTarget: true, policy: minds}, verdict{next: nextTarget}},
		{"blocked goes on where configured", situation{err: &sdk.Error{Kind: sdk.KindBlocked}, otherTarget: true, policy: moderate}, verdict{next: nextTarget}},
		{"blocked at the last target ends", situation{err: &sdk.Error{Kind: sdk.KindBlocked}, policy: moderate}, verdict{next: stop}},
		{"the upstream's wait wins", situation{err: &sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeModel, RetryAfter: 2 * time.Second}}, verdict{next: nextKey, key: keyEffect{rest: rest{scope: sdk.ScopeModel, For: 2 * time.Second}}}},
		{"a credit error with a date does not double", situation{err: &sdk.Error{Kind: sdk.KindNoCredit, RetryAfter: time.Minute}}, verdict{next: nextKey, key: keyEffect{rest: rest{scope: sdk.ScopeAccount, For: time.Minute}}}},
	} {
		if row.give.policy.MaxTries == 0 {
			row.give.policy = defaultRetry()
		}
		if diff := cmp.Diff(row.want, decide(row.give), cmp.AllowUnexported(verdict{}, keyEffect{}, rest{})); diff != "" {
			t.Errorf("%s:\n%s", row.name, diff)
		}
	}
}

func TestTryingAgainEnds(t *testing.T) {
	t.Parallel()
	for _, kind := range sdk.Kinds() {
		s := situation{err: &sdk.Error{Kind: kind}, policy: defaultRetry()}
		calls := 1
		for decide(s).next == sameTarget {
			s.retries++
			calls++
			if calls > 10 {
				t.Fatal(fmt.Sprint(kind, " is repeated for ever"))
			}
		}
		if calls > s.policy.MaxTries {
			t.Errorf("%s: %d calls, the policy allows %d", kind, calls, s.policy.MaxTries)
		}
	}
}
