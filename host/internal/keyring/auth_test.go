package keyring_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

var refusal = keyring.Outcome{Kind: sdk.KindAuthInvalid, AuthError: true}

func TestAuthErrorsInARowDisable(t *testing.T) {
	t.Parallel()
	rate := cool(keyring.Cooldown{For: time.Second, Why: sdk.KindRateMinute})
	for _, tt := range []struct {
		name     string
		after    int
		outcomes []keyring.Outcome
		want     keyring.State
	}{
		{"two are not enough", 0, []keyring.Outcome{refusal, refusal}, keyring.Ready},
		{"three are", 0, []keyring.Outcome{refusal, refusal, refusal}, keyring.Disabled},
		{"a success between clears", 0, []keyring.Outcome{refusal, refusal, success, refusal, refusal}, keyring.Ready},
		{"a rate limit between does not", 0, []keyring.Outcome{refusal, rate, refusal, rate, refusal}, keyring.Disabled},
		{"nor a server error", 0, []keyring.Outcome{refusal, refusal, {Kind: sdk.KindServerError}, refusal}, keyring.Disabled},
		{"nor a caller who left", 0, []keyring.Outcome{refusal, refusal, {Canceled: true, Success: true}, refusal}, keyring.Disabled},
		{"rate limits never count", 0, []keyring.Outcome{rate, rate, rate, rate, rate}, keyring.Ready},
		{"a cancelled call never counts", 0, []keyring.Outcome{
			{Canceled: true, AuthError: true}, {Canceled: true, AuthError: true}, {Canceled: true, AuthError: true},
		}, keyring.Ready},
		{"after one", 1, []keyring.Outcome{refusal}, keyring.Disabled},
		{"never", -1, []keyring.Outcome{refusal, refusal, refusal, refusal, refusal}, keyring.Ready},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, keyring.Config{Keys: keys("a"), DisableAfter: tt.after})
			for _, o := range tt.outcomes {
				r.use("a", o)
				if o.Cool != nil {
					r.pass(time.Minute) // it rests no longer
				}
			}
			if got := r.stats("a").State; got != tt.want {
				t.Errorf("the key is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestParallelAuthErrorsDisableOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a")})
	var leases []*keyring.Lease
	for range 100 {
		leases = append(leases, r.acquire("a", keyring.Want{}))
	}
	late := r.acquire("a", keyring.Want{})
	var wg sync.WaitGroup
	for _, l := range leases {
		wg.Go(func() { l.Settle(refusal) })
	}
	wg.Wait()
	late.Settle(success) // it began before the last error was seen
	s := r.stats("a")
	if s.State != keyring.Disabled || s.ConsecutiveAuthErrors != 100 || s.Reason != "3 authentication errors in a row" {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{"disabled a key"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	r.pass(1000 * time.Hour)
	if e := r.refused(keyring.Want{}); e.Cause != keyring.CauseOther || !e.Soonest.IsZero() {
		t.Errorf("a disabled key comes back by itself: %+v", e)
	}
}

func TestLateSuccessClearsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a")})
	late := r.acquire("a", keyring.Want{})
	r.use("a", refusal)
	r.use("a", refusal)
	late.Settle(success)
	if got := r.stats("a").ConsecutiveAuthErrors; got != 2 {
		t.Errorf("%d errors in a row after a late success, want 2", got)
	}
}

func TestEnableAndDisable(t *testing.T) {
	t.Parallel()
	k := keys("a", "b")
	k[0].Account, k[0].Disabled = "team", true
	k[1].Account = "team"
	r := newRig(t, keyring.Config{Keys: k})
	one, two := r.acquire("b", keyring.Want{Model: "m"}), r.acquire("b", keyring.Want{Model: "m"})
	one.Settle(cool(keyring.Cooldown{Scope: sdk.ScopeAccount, Doubling: true, Why: sdk.KindNoCredit}))
	two.Settle(cool(keyring.Cooldown{Scope: sdk.ScopeAccountModel, Daily: true, Why: sdk.KindRateDay}))
	r.told()
	if err := r.Enable("a"); err != nil {
		t.Fatal(err)
	}
	r.use("a", success)
	if err := r.Disable("a", ""); err != nil {
		t.Fatal(err)
	}
	if s := r.stats("a"); s.State != keyring.Disabled || s.Reason != "disabled by hand" {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{"enabled a key", "disabled a key"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	var unknown *keyring.UnknownLabelError
	if err := r.Enable("zebra"); !errors.As(err, &unknown) {
		t.Errorf("enable an unknown key: %v", err)
	}
	if err := r.Disable("zebra", ""); !errors.As(err, &unknown) {
		t.Errorf("disable an unknown key: %v", err)
	}
}

// What calls have taught survives a restart, and what a person undid stays undone.
func TestHealthSurvivesRestart(t *testing.T) {
	t.Parallel()
	store := keyring.NewMemory()
	conf := func() keyring.Config {
		k := keys("dead", "tired", "spent", "ok")
		for i := range k {
			k[i].Priority = -i
		}
		k[2].Account = "team"
		return keyring.Config{Keys: k, Store: store}
	}
	r := newRig(t, conf())
	for range 3 {
		r.use("dead", refusal)
	}
	r.use("tired", cool(keyring.Cooldown{For: time.Minute, Why: sdk.KindServerError}))
	r.use("spent", cool(keyring.Cooldown{Scope: sdk.ScopeAccount, Doubling: true, Why: sdk.KindNoCredit}))
	r.use("ok", refusal)
	before := r.Stats()

	r = newRig(t, conf())
	for i, s := range r.Stats() {
		b := before[i]
		if s.State != b.State || !s.Until.Equal(b.Until) || s.Reason != b.Reason || s.ConsecutiveAuthErrors != b.ConsecutiveAuthErrors {
			t.Errorf("%s was %s until %v, is %s until %v", s.Label, b.State, b.Until, s.State, s.Until)
		}
	}
	r.pass(62 * time.Minute)
	r.acquire("spent", keyring.Want{Skip: map[string]bool{"tired": true}}).
		Settle(cool(keyring.Cooldown{Scope: sdk.ScopeAccount, Doubling: true, Why: sdk.KindNoCredit}))
	if got, want := r.stats("spent").Until.Sub(r.clock()), 2*time.Hour+time.Minute; got != want {
		t.Errorf("the second rest, after a restart, is %v, want %v", got, want)
	}
	if err := errors.Join(r.Enable("dead"), r.Enable("spent")); err != nil {
		t.Fatal(err)
	}

	r = newRig(t, conf())
	if a, b := r.stats("dead").State, r.stats("spent").State; a != keyring.Ready || b != keyring.Ready {
		t.Errorf("enabled keys are %s and %s after a restart", a, b)
	}
}
