package keyring

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// FuzzRing plays a history against a ring and asks of every answer what looking at each key by hand would
// say: the order kept in heaps and the refusals remembered must never differ from it.
func FuzzRing(f *testing.F) {
	f.Add([]byte("acquire and settle, again and again"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 250, 251, 252, 253, 254, 255})
	f.Add([]byte{0x10, 0x21, 0x32, 0x43, 0x54, 0x65, 0x76, 0x87, 0x98, 0xa9, 0xba, 0xcb, 0xdc, 0xed, 0xfe, 0x0f, 0x10, 0x21, 0x32})
	for seed := range uint64(4) {
		long := make([]byte, 700)
		rnd := rand.New(rand.NewPCG(seed, 1))
		for i := range long {
			long[i] = byte(rnd.UintN(256))
		}
		f.Add(long)
	}
	f.Fuzz(func(t *testing.T, history []byte) {
		now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		var keys []Key
		for i := range 6 {
			k := Key{Label: fmt.Sprint(i), Value: sdk.NewSecret(fmt.Sprint("secret", i)), Priority: i % 2}
			switch i {
			case 1, 2:
				k.Account = "team"
			case 3:
				k.DailyLimit = 3
			case 4:
				k.RequestsPerMinute = 2
			}
			keys = append(keys, k)
		}
		r, err := New(Config{
			Provider: "p", Keys: keys, Now: func() time.Time { return now }, Rand: func() float64 { return 0 },
			Accounts: map[string]Account{"team": {RequestsPerDay: 4, RequestsPerMinute: 3}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var open []*Lease
		for i, op := range history {
			arg := int(op >> 4)
			want := Want{Model: fmt.Sprint("m", arg%3)}
			if arg%5 == 0 {
				want.Skip = map[string]bool{fmt.Sprint(arg % 6): true}
			}
			switch op % 8 {
			case 0, 1, 2:
				if l := acquireAsByHand(t, r, want, now); l != nil {
					open = append(open, l)
				}
			case 3, 4:
				if len(open) > 0 {
					l := open[arg%len(open)]
					open = append(open[:arg%len(open)], open[arg%len(open)+1:]...)
					l.Settle(outcome(arg, i))
				}
			case 5:
				now = now.Add(time.Duration(arg*arg) * time.Second)
			case 6:
				if arg > 12 {
					now = now.Add(7 * time.Hour)
				} else if err := r.Enable(fmt.Sprint(arg % 6)); err != nil {
					t.Fatal(err)
				}
			case 7:
				switch {
				case arg == 0:
					if err := r.ResetDaily(); err != nil {
						t.Fatal(err)
					}
				case arg < 3:
					if err := r.Disable(fmt.Sprint(arg), ""); err != nil {
						t.Fatal(err)
					}
				default:
					now = now.Add(time.Duration(arg) * time.Millisecond)
				}
			}
		}
		for _, l := range open {
			l.Settle(Outcome{Success: true})
		}
		for _, c := range r.counters {
			if c.limit > 0 && c.used() > c.limit {
				t.Errorf("%s: %d used of %d", c.owner, c.used(), c.limit)
			}
			for cur := c.cur; cur != nil; cur = nil {
				if cur.flying != 0 {
					t.Errorf("%s: %d units in flight with every lease settled", c.owner, cur.flying)
				}
			}
		}
	})
}

func outcome(arg, i int) Outcome {
	scopes := []sdk.Scope{sdk.ScopeKey, sdk.ScopeAccount, sdk.ScopeAccountModel, sdk.ScopeModel, sdk.ScopeProvider}
	switch arg {
	case 0, 1, 2:
		return Outcome{Success: true}
	case 3:
		return Outcome{Refund: true, Kind: sdk.KindNetwork}
	case 4:
		return Outcome{Canceled: true}
	case 5:
		return Outcome{AuthError: true, Kind: sdk.KindAuthInvalid}
	case 6:
		return Outcome{Kind: sdk.KindNoCredit, Cool: &Cooldown{Scope: scopes[i%5], Doubling: true, Why: sdk.KindNoCredit}}
	case 7:
		return Outcome{Kind: sdk.KindRateDay, Cool: &Cooldown{Scope: scopes[i%5], Daily: true, Why: sdk.KindRateDay}}
	}
	why := []sdk.Kind{sdk.KindRateMinute, sdk.KindServerError}[arg%2]
	return Outcome{Kind: why, Cool: &Cooldown{Scope: scopes[i%5], For: time.Duration(arg) * time.Second, Why: why}}
}

// acquireAsByHand acquires, and compares the answer with what each key's standing says.
func acquireAsByHand(t *testing.T, r *Ring, want Want, now time.Time) *Lease {
	t.Helper()
	r.mu.Lock()
	r.turn(now)
	var ready, probe *key
	for _, k := range r.keys {
		s := r.standing(k, want.Model, now)
		switch {
		case want.Skip[k.Label]:
		case s.State == Ready && (ready == nil || preferred(k, ready)):
			ready = k
		case s.probeable && !r.probing && (probe == nil || s.Until.Before(r.standing(probe, want.Model, now).Until)):
			probe = k
		}
	}
	r.mu.Unlock()
	l, err := r.Acquire(t.Context(), want)
	var refused *UnavailableError
	switch {
	case err != nil && !errors.As(err, &refused):
		t.Fatal(err)
	case err != nil && (ready != nil || probe != nil):
		t.Fatalf("refused although there is a key: %v", err)
	case err != nil:
		return nil
	case ready != nil && (l.key != ready || l.probe):
		t.Fatalf("leased %s (probe %v), by hand it is %s", l.Label(), l.probe, ready.Label)
	case ready == nil && (l.key != probe || !l.probe):
		t.Fatalf("leased %s (probe %v) although none is ready", l.Label(), l.probe)
	}
	return l
}
