package keyring_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

// Jitter is in the middle here: 10 %, and a minute at most when parked.
func TestCooldownLength(t *testing.T) {
	t.Parallel()
	rate, day := sdk.KindRateMinute, sdk.KindRateDay
	for _, tt := range []struct {
		name  string
		c     keyring.Cooldown
		want  time.Duration
		state keyring.State
	}{
		{"as asked", keyring.Cooldown{For: 10 * time.Second, Why: rate}, 11 * time.Second, keyring.Cooling},
		{"until a date", keyring.Cooldown{Until: noon.Add(10 * time.Second), Why: rate}, 11 * time.Second, keyring.Cooling},
		{"for wins over until", keyring.Cooldown{For: 10 * time.Second, Until: noon.Add(time.Minute), Why: rate}, 11 * time.Second, keyring.Cooling},
		{"too short", keyring.Cooldown{For: time.Millisecond, Why: rate}, 550 * time.Millisecond, keyring.Cooling},
		{"negative", keyring.Cooldown{For: -time.Second, Why: rate}, 550 * time.Millisecond, keyring.Cooling},
		{"a date that has passed", keyring.Cooldown{Until: noon.Add(-time.Hour), Why: rate}, 550 * time.Millisecond, keyring.Cooling},
		{"too long", keyring.Cooldown{For: 1e9 * time.Second, Why: rate}, 66 * time.Minute, keyring.Cooling},
		{"rate limit without a hint", keyring.Cooldown{Why: rate}, 66 * time.Second, keyring.Cooling},
		{"failure without a hint", keyring.Cooldown{Why: sdk.KindServerError}, 5500 * time.Millisecond, keyring.Cooling},
		{"daily to the reset", keyring.Cooldown{Daily: true, Why: day}, 12*time.Hour + time.Minute, keyring.Parked},
		{"daily with a hint", keyring.Cooldown{Daily: true, For: 2 * time.Minute, Why: day}, 132 * time.Second, keyring.Parked},
		{"daily for longer than a day", keyring.Cooldown{Daily: true, For: 100 * time.Hour, Why: day}, 25*time.Hour + time.Minute, keyring.Parked},
		{"doubling", keyring.Cooldown{Doubling: true, Why: sdk.KindNoCredit}, time.Hour + time.Minute, keyring.Parked},
		{"doubling from elsewhere", keyring.Cooldown{Doubling: true, For: time.Minute, Why: sdk.KindNoCredit}, 66 * time.Second, keyring.Parked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, keyring.Config{Keys: keys("a")})
			r.use("a", cool(tt.c))
			s := r.stats("a")
			if got := s.Until.Sub(noon); got != tt.want || s.State != tt.state || s.Why != tt.c.Why {
				t.Errorf("%s for %v (%s), want %s for %v", s.State, got, s.Why, tt.state, tt.want)
			}
		})
	}
}

func TestJitterOnlyLengthens(t *testing.T) {
	t.Parallel()
	for draw, want := range map[float64]time.Duration{0: 105 * time.Second, 0.999999999: 115 * time.Second} {
		r := newRig(t, keyring.Config{Keys: keys("a"), Rand: func() float64 { return draw }})
		r.use("a", cool(keyring.Cooldown{For: 100 * time.Second, Why: sdk.KindRateMinute}))
		if got := r.stats("a").Until.Sub(noon).Round(time.Millisecond); got != want {
			t.Errorf("drawn %v: rests %v, want %v", draw, got, want)
		}
	}
}

func TestCooldownNeverShortens(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a")})
	first, second, third := r.acquire("a", keyring.Want{}), r.acquire("a", keyring.Want{}), r.acquire("a", keyring.Want{})
	first.Settle(cool(keyring.Cooldown{For: time.Minute, Why: sdk.KindRateMinute}))
	second.Settle(cool(keyring.Cooldown{For: time.Second, Why: sdk.KindRateMinute}))
	if got := r.stats("a").Until.Sub(noon); got != 66*time.Second {
		t.Errorf("a shorter rest made it %v", got)
	}
	third.Settle(cool(keyring.Cooldown{For: 2 * time.Minute, Why: sdk.KindRateMinute}))
	if got := r.stats("a").Until.Sub(noon); got != 132*time.Second {
		t.Errorf("a longer rest made it %v", got)
	}
	if diff := cmp.Diff([]string{"cooled a key 1m6s", "cooled a key 2m12s"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// Four keys, two in one account, two of their own.
func TestScopes(t *testing.T) {
	t.Parallel()
	const model, other = "m", "other"
	for _, tt := range []struct {
		scope             sdk.Scope
		readyModel, ready []string // labels still usable for the model, and for another
	}{
		{sdk.ScopeNone, []string{"b", "c", "d"}, []string{"b", "c", "d"}},
		{sdk.ScopeKey, []string{"b", "c", "d"}, []string{"b", "c", "d"}},
		{sdk.ScopeAccount, []string{"c", "d"}, []string{"c", "d"}},
		{sdk.ScopeAccountModel, []string{"c", "d"}, []string{"a", "b", "c", "d"}},
		{sdk.ScopeModel, nil, []string{"a", "b", "c", "d"}},
		{sdk.ScopeProvider, nil, nil},
	} {
		t.Run(string(tt.scope), func(t *testing.T) {
			t.Parallel()
			k := keys("a", "b", "c", "d")
			k[0].Account, k[1].Account = "team", "team"
			r := newRig(t, keyring.Config{Keys: k})
			r.acquire("a", keyring.Want{Model: model}).Settle(cool(keyring.Cooldown{Scope: tt.scope, For: 10 * time.Second, Why: sdk.KindRateMinute}))
			check := func(model string, want []string) {
				t.Helper()
				if diff := cmp.Diff(want, r.usable(model)); diff != "" {
					t.Errorf("usable for %q (-want +got):\n%s", model, diff)
				}
			}
			check(model, tt.readyModel)
			check(other, tt.ready)
			r.pass(11*time.Second - 1)
			check(model, tt.readyModel)
			r.pass(1)
			check(model, []string{"a", "b", "c", "d"})
			check(other, []string{"a", "b", "c", "d"})
			scope := tt.scope
			if scope == sdk.ScopeNone {
				scope = sdk.ScopeKey
			}
			of := string(scope)
			if scope == sdk.ScopeModel || scope == sdk.ScopeAccountModel {
				of += " " + model
			}
			label := "a "
			if scope == sdk.ScopeModel || scope == sdk.ScopeProvider {
				label = " "
			}
			if diff := cmp.Diff([]string{"cooled a " + of + " 11s", "recovered " + label + of}, r.told()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// usable returns the labels that can be leased for a model, in the order of their names.
func (r *rig) usable(model string) (labels []string) {
	r.t.Helper()
	var leases []*keyring.Lease
	skip := map[string]bool{}
	for {
		l, err := r.Acquire(r.t.Context(), keyring.Want{Model: model, Skip: skip})
		if err != nil {
			break
		}
		skip[l.Label()] = true
		leases = append(leases, l)
	}
	for _, l := range leases {
		l.Settle(keyring.Outcome{Refund: true, Canceled: true})
	}
	for _, s := range r.Stats() {
		if skip[s.Label] {
			labels = append(labels, s.Label)
		}
	}
	return labels
}

// More models than have an order of their own must come out the same.
func TestManyModelsRest(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a", "b")})
	models := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}
	for _, m := range models {
		l := r.acquire("a", keyring.Want{Model: m, Skip: map[string]bool{"b": true}})
		l.Settle(cool(keyring.Cooldown{Scope: sdk.ScopeAccountModel, For: time.Minute, Why: sdk.KindRateMinute}))
	}
	for _, m := range models {
		if diff := cmp.Diff([]string{"b"}, r.usable(m)); diff != "" {
			t.Errorf("model %s (-want +got):\n%s", m, diff)
		}
	}
	if got := len(r.stats("a").Models); got != len(models) {
		t.Errorf("%d models rest for a, want %d", got, len(models))
	}
	r.pass(2 * time.Minute)
	for _, m := range models {
		if diff := cmp.Diff([]string{"a", "b"}, r.usable(m)); diff != "" {
			t.Errorf("model %s, rested (-want +got):\n%s", m, diff)
		}
	}
}

func TestDoubling(t *testing.T) {
	t.Parallel()
	k := keys("a", "b")
	k[0].Account, k[1].Account = "team", "team"
	r := newRig(t, keyring.Config{Keys: k})
	broke := cool(keyring.Cooldown{Scope: sdk.ScopeAccount, Doubling: true, Why: sdk.KindNoCredit})
	for _, hours := range []time.Duration{1, 2, 4, 8, 16, 24, 24} {
		one, two := r.acquire("a", keyring.Want{}), r.acquire("b", keyring.Want{})
		one.Settle(broke)
		two.Settle(broke) // in flight at the same time: the same trouble, not the next step
		s := r.stats("b")
		if got, want := s.Until.Sub(r.clock()), hours*time.Hour+time.Minute; got != want {
			t.Fatalf("rests %v, want %v", got, want)
		}
		if e := r.refused(keyring.Want{}); e.Cause != keyring.CauseOther || e.Soonest != s.Until {
			t.Errorf("no credit: %+v", e)
		}
		r.at(s.Until)
	}
	r.use("a", success)
	late := r.acquire("b", keyring.Want{})
	r.use("a", broke)
	if got, want := r.stats("a").Until.Sub(r.clock()), time.Hour+time.Minute; got != want {
		t.Errorf("after a success it rests %v, want %v", got, want)
	}
	late.Settle(success) // it began before
	r.at(r.stats("a").Until)
	r.use("b", broke)
	if got, want := r.stats("a").Until.Sub(r.clock()), 2*time.Hour+time.Minute; got != want {
		t.Errorf("after a late success it rests %v, want %v", got, want)
	}
}

// What happens to a request, not to a key, leaves the key alone.
func TestErrorsWithoutCooldown(t *testing.T) {
	t.Parallel()
	for _, kind := range []sdk.Kind{sdk.KindBadRequest, sdk.KindTooLong, sdk.KindBlocked, sdk.KindModelGone, sdk.KindUnsupported, sdk.KindGenFailed} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, keyring.Config{Keys: keys("a")})
			for range 10 {
				r.use("a", keyring.Outcome{Kind: kind})
			}
			s := r.stats("a")
			if s.State != keyring.Ready || s.ConsecutiveAuthErrors != 0 || s.Errors != 10 || s.LastErrorKind != kind {
				t.Errorf("%+v", s)
			}
			if got := r.told(); got != nil {
				t.Errorf("events %q", got)
			}
		})
	}
}

func TestAllResting(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a", "b", "c")})
	r.use("a", cool(keyring.Cooldown{For: 30 * time.Second, Why: sdk.KindRateMinute}))
	r.use("b", cool(keyring.Cooldown{For: 10 * time.Second, Why: sdk.KindRateMinute}))
	if err := r.Disable("c", "on holiday"); err != nil {
		t.Fatal(err)
	}
	want := &keyring.UnavailableError{
		Provider: "acme", Cause: keyring.CauseRate, Keys: 3, Soonest: noon.Add(11 * time.Second),
		Reasons: []keyring.Reason{
			{Label: "a", State: keyring.Cooling, Until: noon.Add(33 * time.Second), Why: sdk.KindRateMinute},
			{Label: "b", State: keyring.Cooling, Until: noon.Add(11 * time.Second), Why: sdk.KindRateMinute},
			{Label: "c", State: keyring.Disabled, Detail: "on holiday"},
		},
	}
	for range 20 { // nobody calls, however often it is asked
		if diff := cmp.Diff(want, r.refused(keyring.Want{})); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
	r.at(want.Soonest)
	r.use("b", success)
}
