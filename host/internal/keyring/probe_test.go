package keyring_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

// failing leaves all keys of a rig resting for failures, the last one the longest.
func failing(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, keyring.Config{Keys: keys("a", "b")})
	r.use("a", cool(keyring.Cooldown{For: 10 * time.Second, Why: sdk.KindServerError}))
	r.use("b", cool(keyring.Cooldown{For: 20 * time.Second, Why: sdk.KindNetwork}))
	r.told()
	return r
}

func TestProbeOneAtATime(t *testing.T) {
	t.Parallel()
	r := failing(t)
	probe := r.acquire("a", keyring.Want{}) // due soonest
	if !probe.Probe() {
		t.Error("the lease of a resting key is no probe")
	}
	if e := r.refused(keyring.Want{}); e.Cause != keyring.CauseOther || e.Soonest != noon.Add(11*time.Second) {
		t.Errorf("beside a probe: %+v", e)
	}
	probe.Settle(cool(keyring.Cooldown{For: 30 * time.Second, Why: sdk.KindServerError}))
	probe = r.acquire("b", keyring.Want{}) // now b is due soonest
	probe.Settle(keyring.Outcome{Canceled: true})
	probe = r.acquire("b", keyring.Want{}) // a caller who left found nothing out
	probe.Settle(success)
	if diff := cmp.Diff([]string{"cooled a key 33s", "recovered b key"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if l := r.acquire("b", keyring.Want{}); l.Probe() {
		t.Error("b works again but is still probed")
	}
}

func TestProbeSkipsTried(t *testing.T) {
	t.Parallel()
	r := failing(t)
	r.acquire("b", keyring.Want{Skip: map[string]bool{"a": true}}).Settle(keyring.Outcome{Kind: sdk.KindNetwork})
	r.refused(keyring.Want{Skip: map[string]bool{"a": true, "b": true}})
}

// A key that rests for a rate limit too is not probed, whichever of its rests is longer.
func TestNoProbeWhileLimited(t *testing.T) {
	t.Parallel()
	for _, c := range []keyring.Cooldown{
		{For: 5 * time.Second, Why: sdk.KindRateMinute},
		{For: time.Minute, Why: sdk.KindRateMinute},
		{Scope: sdk.ScopeAccount, For: 5 * time.Second, Why: sdk.KindRateMinute},
		{Scope: sdk.ScopeProvider, For: 5 * time.Second, Why: sdk.KindRateMinute},
		{Daily: true, Why: sdk.KindRateDay},
		{Doubling: true, Why: sdk.KindNoCredit},
		{Doubling: true, Why: sdk.KindForbidden},
	} {
		r := newRig(t, keyring.Config{Keys: keys("a")})
		one, two := r.acquire("a", keyring.Want{}), r.acquire("a", keyring.Want{})
		one.Settle(cool(keyring.Cooldown{For: 10 * time.Second, Why: sdk.KindServerError}))
		two.Settle(cool(c))
		r.refused(keyring.Want{})
		if c.For == 5*time.Second {
			r.pass(6 * time.Second)
			if l := r.acquire("a", keyring.Want{}); !l.Probe() {
				t.Errorf("%+v: the rate limit is over, the failure is not, yet this is no probe", c)
			}
		}
	}
}

// A probe that works proves wrong every rest of failures above its key.
func TestProbeEndsWiderRests(t *testing.T) {
	t.Parallel()
	for _, scope := range []sdk.Scope{sdk.ScopeAccount, sdk.ScopeAccountModel, sdk.ScopeModel, sdk.ScopeProvider} {
		r := newRig(t, keyring.Config{Keys: keys("a")})
		r.use("a", cool(keyring.Cooldown{Scope: scope, For: time.Minute, Why: sdk.KindOverloaded}))
		r.use("a", success)
		if l := r.acquire("a", keyring.Want{Model: "m"}); l.Probe() {
			t.Errorf("%s still rests after a probe that worked", scope)
		}
	}
}

// A call that began before a rest says nothing about it.
func TestLateSuccessEndsNoRest(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a")})
	late := r.acquire("a", keyring.Want{})
	r.use("a", cool(keyring.Cooldown{For: time.Minute, Why: sdk.KindServerError}))
	late.Settle(success)
	if got := r.stats("a").State; got != keyring.Cooling {
		t.Errorf("the key is %s", got)
	}
}
