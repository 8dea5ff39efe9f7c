package keyring_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

func TestDailyLimit(t *testing.T) {
	t.Parallel()
	k := keys("a", "b")
	k[0].DailyLimit, k[0].Priority, k[1].DailyLimit = 2, 1, 1
	r := newRig(t, keyring.Config{Keys: k})
	r.use("a", success)
	r.use("a", keyring.Outcome{Kind: sdk.KindServerError}) // failed calls count too
	r.use("b", keyring.Outcome{Canceled: true})            // and cancelled ones
	e := r.refused(keyring.Want{})
	midnight := time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)
	want := []keyring.Reason{
		{Label: "a", State: keyring.Exhausted, Until: midnight, Why: sdk.KindLimitLocal, Detail: "daily limit reached"},
		{Label: "b", State: keyring.Exhausted, Until: midnight, Why: sdk.KindLimitLocal, Detail: "daily limit reached"},
	}
	if diff := cmp.Diff(want, e.Reasons); diff != "" || e.Cause != keyring.CauseRate || e.Soonest != midnight {
		t.Errorf("cause %s, soonest %v, reasons (-want +got):\n%s", e.Cause, e.Soonest, diff)
	}
	r.at(midnight.Add(-1))
	r.refused(keyring.Want{})
	r.told()
	r.at(midnight)
	r.use("a", success)
	if diff := cmp.Diff([]string{"recovered a key", "recovered b key"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := r.stats("a").UsedToday; got != 1 {
		t.Errorf("%d calls on the new day, want 1", got)
	}
}

func TestRefundMakesRoom(t *testing.T) {
	t.Parallel()
	k := keys("a", "b")
	k[0].DailyLimit, k[0].Account, k[1].Account = 1, "team", "team"
	r := newRig(t, keyring.Config{Keys: k, Accounts: map[string]keyring.Account{"team": {RequestsPerDay: 1}}})
	l := r.acquire("a", keyring.Want{})
	r.refused(keyring.Want{})
	if diff := cmp.Diff([]string{"exhausted a key 12h0m0s", "exhausted a account 12h0m0s"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	l.Settle(keyring.Outcome{Refund: true, Kind: sdk.KindNetwork})
	if s := r.stats("a"); s.UsedToday != 0 || s.Total != 0 || s.Errors != 1 || s.State != keyring.Ready {
		t.Errorf("a refunded call left %+v", s)
	}
	if diff := cmp.Diff([]string{"recovered a key", "recovered a account"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	r.use("b", success) // as little used, and longer ago
	r.refused(keyring.Want{})
}

func TestAccountLimits(t *testing.T) {
	t.Parallel()
	k := keys("a", "b", "c")
	k[0].Account, k[1].Account = "team", "team"
	r := newRig(t, keyring.Config{Keys: k, Accounts: map[string]keyring.Account{"team": {RequestsPerDay: 3}}})
	skip := map[string]bool{"c": true}
	for _, label := range []string{"a", "b", "a"} {
		r.acquire(label, keyring.Want{Skip: skip}).Settle(success)
	}
	e := r.refused(keyring.Want{Skip: skip})
	if e.Reasons[0].State != keyring.Exhausted || e.Reasons[1].State != keyring.Exhausted || e.Reasons[2].State != keyring.Tried {
		t.Errorf("%+v", e.Reasons)
	}
	if s := r.stats("b"); s.AccountUsedToday != 3 || s.AccountDailyLimit != 3 || s.UsedToday != 1 {
		t.Errorf("%+v", s)
	}
	r.use("c", success)
}

func TestRequestsPerMinute(t *testing.T) {
	t.Parallel()
	k := keys("a", "b")
	k[0].RequestsPerMinute, k[0].Priority = 2, 1
	k[1].Account = "team"
	r := newRig(t, keyring.Config{Keys: k, Accounts: map[string]keyring.Account{"team": {RequestsPerMinute: 1}}})
	r.use("a", success)
	r.pass(50 * time.Second)
	r.use("a", success)
	r.use("b", success)
	e := r.refused(keyring.Want{})
	if e.Cause != keyring.CauseRate || e.Soonest != noon.Add(time.Minute) || e.Reasons[1].Until != noon.Add(110*time.Second) {
		t.Errorf("%+v", e)
	}
	r.pass(10 * time.Second)
	r.use("a", success) // the first call is a minute old, the second is not: no burst at the turn of a minute
	r.refused(keyring.Want{})
	if got := r.told(); got != nil {
		t.Errorf("a limit of our own is no event: %q", got)
	}
}

// Any 60 seconds hold no more calls than the limit allows, however they fall.
func TestRequestsPerMinuteHoldsAlways(t *testing.T) {
	t.Parallel()
	const limit = 7
	k := keys("a")
	k[0].RequestsPerMinute = limit
	r := newRig(t, keyring.Config{Keys: k})
	rnd := rand.New(rand.NewPCG(3, 4))
	var calls []time.Time
	for range 2000 {
		r.pass(time.Duration(rnd.Int64N(int64(10 * time.Second))))
		if l, err := r.Acquire(t.Context(), keyring.Want{}); err == nil {
			l.Settle(success)
			calls = append(calls, r.clock())
		}
	}
	for i := limit; i < len(calls); i++ {
		if gap := calls[i].Sub(calls[i-limit]); gap < time.Minute {
			t.Fatalf("%d calls within %v", limit+1, gap)
		}
	}
	if len(calls) < 1000 { // some 10,000 s hold 1,166, less what is lost by asking every 5 s only
		t.Errorf("only %d calls went through", len(calls))
	}
}

// The promise of the package: 200 callers, 50 keys, and not one call more or less than the limits allow.
func TestLimitIsExact(t *testing.T) {
	t.Parallel()
	const callers, keyCount, limit = 200, 50, 60
	for _, refunds := range []bool{false, true} {
		t.Run(fmt.Sprintf("refunds=%v", refunds), func(t *testing.T) {
			t.Parallel()
			var k []keyring.Key
			for i := range keyCount {
				k = append(k, keyring.Key{
					Label: fmt.Sprint(i), Value: sdk.NewSecret(fmt.Sprint("secret", i)), DailyLimit: limit,
					Account: fmt.Sprint("account", i%10), // five keys each
				})
			}
			accounts := map[string]keyring.Account{"account3": {RequestsPerDay: 2 * limit}}
			r := newRig(t, keyring.Config{Keys: k, Accounts: accounts})
			var mu sync.Mutex
			sent := make(map[string]int64)
			var attempts atomic.Int64
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for attempts.Add(1) <= 6000 {
						l, err := r.Acquire(t.Context(), keyring.Want{})
						if err != nil {
							continue
						}
						if refunds && attempts.Load()%5 == 0 {
							l.Settle(keyring.Outcome{Refund: true, Kind: sdk.KindNetwork})
							continue
						}
						mu.Lock()
						sent[l.Label()]++
						mu.Unlock()
						l.Settle(success)
					}
				})
			}
			wg.Wait()
			for { // what refunds left over
				l, err := r.Acquire(t.Context(), keyring.Want{})
				if err != nil {
					break
				}
				sent[l.Label()]++
				l.Settle(success)
			}
			var total, shared int64
			for i, s := range r.Stats() {
				if sent[s.Label] > limit || s.UsedToday != sent[s.Label] {
					t.Errorf("key %s: %d sent, %d counted, limit %d", s.Label, sent[s.Label], s.UsedToday, limit)
				}
				if i%10 == 3 {
					shared += sent[s.Label]
				}
				total += sent[s.Label]
			}
			if shared != 2*limit || total != (keyCount-5)*limit+2*limit {
				t.Errorf("%d sent altogether, want %d; %d through the limited account, want %d", total, (keyCount-5)*limit+2*limit, shared, 2*limit)
			}
		})
	}
}

// Two rings on one store, as two processes are: together they keep the limit, and use it up.
func TestLimitIsExactOverRings(t *testing.T) {
	t.Parallel()
	const limit = 1000
	store := keyring.NewMemory()
	k := keys("a", "b", "c")
	for i := range k {
		k[i].DailyLimit = limit
	}
	rings := []*rig{newRig(t, keyring.Config{Keys: k, Store: store}), newRig(t, keyring.Config{Keys: k, Store: store})}
	var sent atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			for range 100 {
				if l, err := rings[i%2].Acquire(t.Context(), keyring.Want{}); err == nil {
					sent.Add(1)
					l.Settle(success)
				}
			}
		})
	}
	wg.Wait()
	if err := rings[1].Close(t.Context()); err != nil { // gives back what it leased and did not use
		t.Fatal(err)
	}
	rings[0].pass(10 * time.Second)
	for {
		l, err := rings[0].Acquire(t.Context(), keyring.Want{})
		if err != nil {
			break
		}
		sent.Add(1)
		l.Settle(success)
	}
	if got := sent.Load(); got != 3*limit {
		t.Errorf("%d calls, want exactly %d", got, 3*limit)
	}
}

func TestResetDaily(t *testing.T) {
	t.Parallel()
	store := keyring.NewMemory()
	k := keys("a")
	k[0].DailyLimit = 2
	r := newRig(t, keyring.Config{Keys: k, Store: store})
	old := r.acquire("a", keyring.Want{})
	r.use("a", success)
	r.refused(keyring.Want{})
	r.told()
	if err := r.ResetDaily(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"recovered a key"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	old.Settle(success) // belongs to the old count
	r.use("a", success)
	if got := r.stats("a").UsedToday; got != 1 {
		t.Errorf("%d used after the reset, want 1", got)
	}
	r.use("a", success)
	r.refused(keyring.Want{})
	if got := newRig(t, keyring.Config{Keys: k, Store: store}).stats("a").UsedToday; got != 2 {
		t.Errorf("the store knows of %d, want 2", got)
	}
}
