package keyring_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

// shaky is a store that fails or hangs on demand.
type shaky struct {
	keyring.Store
	err   atomic.Pointer[error]
	slow  atomic.Int64 // how long a call takes
	lost  atomic.Bool  // Reserve does its work, but the answer does not arrive
	calls atomic.Int64
}

func newShaky() *shaky { return &shaky{Store: keyring.NewMemory()} }

func (s *shaky) fail(err error) {
	if err == nil {
		s.err.Store(nil)
		return
	}
	s.err.Store(&err)
}

func (s *shaky) check(ctx context.Context) error {
	s.calls.Add(1)
	if err := s.err.Load(); err != nil {
		return *err
	}
	if d := time.Duration(s.slow.Load()); d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *shaky) Load(ctx context.Context, p string, c []keyring.Counter) (keyring.Snapshot, error) {
	if err := s.check(ctx); err != nil {
		return keyring.Snapshot{}, err
	}
	return s.Store.Load(ctx, p, c)
}

func (s *shaky) Reserve(ctx context.Context, r keyring.Reservation) (keyring.Grant, error) {
	if err := s.check(ctx); err != nil {
		return keyring.Grant{}, err
	}
	g, err := s.Store.Reserve(ctx, r)
	if s.lost.Load() {
		return keyring.Grant{}, errors.New("connection reset")
	}
	return g, err
}

func (s *shaky) Reset(ctx context.Context, c []keyring.Counter) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	return s.Store.Reset(ctx, c)
}

func (s *shaky) Settle(ctx context.Context, set keyring.Settlement) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	return s.Store.Settle(ctx, set)
}

func (s *shaky) Save(ctx context.Context, h keyring.Health) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	return s.Store.Save(ctx, h)
}

func limited(labels ...string) []keyring.Key {
	k := keys(labels...)
	for i := range k {
		k[i].DailyLimit = 1000
	}
	return k
}

func TestStoreDown(t *testing.T) {
	t.Parallel()
	store := newShaky()
	k := limited("limited", "free")
	k[0].Priority, k[1].DailyLimit = 1, 0
	r := newRig(t, keyring.Config{Keys: k, Store: store})
	store.fail(errors.New("disk full"))
	for range 200 {
		r.use("free", success) // what has no limit goes on
	}
	if diff := cmp.Diff([]string{"store_failed  provider 1s"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	e := r.refused(keyring.Want{Skip: map[string]bool{"free": true}})
	if s := r.stats("limited"); s.State != keyring.Cooling || s.Why != sdk.KindStateUnavailable || s.UsedToday != 0 || e.Reasons[0].Why != s.Why {
		t.Errorf("%+v", s)
	}
	before := store.calls.Load()
	r.refused(keyring.Want{Skip: map[string]bool{"free": true}})
	if got := store.calls.Load(); got != before {
		t.Error("a store that has just failed is asked again at once")
	}
	r.pass(time.Second)
	store.fail(nil)
	r.use("limited", success)
	for range 200 {
		r.acquire("free", keyring.Want{Skip: map[string]bool{"limited": true}}).Settle(success)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := keyring.Counter{Owner: "key:" + keyring.Fingerprint(k[1].Value), Day: "2026-03-10"}
	state, err := store.Store.Load(t.Context(), "acme", []keyring.Counter{c})
	if err != nil || state.Balances[c].Used != 400 {
		t.Errorf("the store knows of %+v, %v; want all 400 calls, those made without it included", state.Balances[c], err)
	}
}

// Only limits that cannot be checked: the caller is told it is our state, not the upstream.
func TestStoreDownIsTheCause(t *testing.T) {
	t.Parallel()
	store := newShaky()
	r := newRig(t, keyring.Config{Keys: limited("a", "b"), Store: store})
	store.fail(errors.New("disk full"))
	if e := r.refused(keyring.Want{}); e.Cause != keyring.CauseStore || e.Soonest != noon.Add(time.Second) {
		t.Errorf("%+v", e)
	}
}

// A unit that was leased before the trouble is good: its limit is known to hold.
func TestStoreDownLeasedUnitsLast(t *testing.T) {
	t.Parallel()
	store := newShaky()
	r := newRig(t, keyring.Config{Keys: limited("a"), Store: store})
	r.use("a", success)
	store.fail(errors.New("disk full"))
	for range 15 {
		r.use("a", success)
	}
	r.refused(keyring.Want{})
}

func TestHealthIsSavedOnceTheStoreIsBack(t *testing.T) {
	t.Parallel()
	store := newShaky()
	conf := keyring.Config{Keys: keys("a", "b"), Store: store}
	r := newRig(t, conf)
	r.use("a", success)
	store.fail(errors.New("locked"))
	for range 3 {
		r.acquire("a", keyring.Want{Skip: map[string]bool{"b": true}}).Settle(refusal)
	}
	store.fail(nil)
	r.pass(time.Second)
	r.use("b", cool(keyring.Cooldown{For: time.Minute, Why: sdk.KindRateMinute}))
	again := newRig(t, conf)
	if a, b := again.stats("a").State, again.stats("b").State; a != keyring.Disabled || b != keyring.Cooling {
		t.Errorf("after a restart the keys are %s and %s", a, b)
	}
}

func TestStoreAbsentAtStart(t *testing.T) {
	t.Parallel()
	store := newShaky()
	store.fail(errors.New("no such file"))
	r := newRig(t, keyring.Config{Keys: limited("a"), Store: store})
	if diff := cmp.Diff([]string{"store_failed  provider 1s"}, r.told()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	r.refused(keyring.Want{})
	store.fail(nil)
	r.pass(time.Second)
	r.use("a", success)
}

// A store that hangs costs a request 50 ms once, and those behind it no more.
func TestStoreHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newShaky()
		r := newRing(t, keyring.Config{Provider: "acme", Keys: limited("a"), Store: store})
		store.slow.Store(int64(time.Hour))
		start := time.Now()
		waits := make(chan time.Duration, 20)
		for range cap(waits) {
			go func() {
				_, err := r.Acquire(t.Context(), keyring.Want{})
				var e *keyring.UnavailableError
				if !errors.As(err, &e) || e.Cause != keyring.CauseStore {
					t.Errorf("acquire: %v", err)
				}
				waits <- time.Since(start)
			}()
		}
		for range cap(waits) {
			if w := <-waits; w > 50*time.Millisecond {
				t.Errorf("a caller waited %v", w)
			}
		}
		store.slow.Store(0)
		time.Sleep(time.Second)
		l, err := r.Acquire(t.Context(), keyring.Want{})
		if err != nil {
			t.Fatalf("the store is back: %v", err)
		}
		l.Settle(success)
	})
}

func newRing(t *testing.T, c keyring.Config) *keyring.Ring {
	t.Helper()
	r, err := keyring.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Many callers who find a key without units ask the store once.
func TestRefillIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newShaky()
		r := newRing(t, keyring.Config{Keys: limited("a"), Store: store})
		store.calls.Store(0)
		store.slow.Store(int64(10 * time.Millisecond))
		start := time.Now()
		leases := make(chan *keyring.Lease, 16)
		for range cap(leases) {
			go func() {
				l, err := r.Acquire(t.Context(), keyring.Want{})
				if err != nil {
					t.Errorf("acquire: %v", err)
				}
				leases <- l
			}()
		}
		for range cap(leases) {
			defer (<-leases).Settle(success)
		}
		if n := store.calls.Load(); n != 1 || time.Since(start) != 10*time.Millisecond {
			t.Errorf("%d store calls in %v for 16 callers", n, time.Since(start))
		}
	})
}

// A caller who leaves while the store works loses nothing for the others.
func TestCallerLeavesDuringRefill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newShaky()
		k := limited("a")
		k[0].DailyLimit = 2
		r := newRing(t, keyring.Config{Keys: k, Store: store})
		store.slow.Store(int64(20 * time.Millisecond))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		first, second := make(chan error), make(chan error)
		go func() { _, err := r.Acquire(ctx, keyring.Want{}); first <- err }()
		synctest.Wait()
		go func() { _, err := r.Acquire(ctx, keyring.Want{}); second <- err }()
		if err := <-second; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the one who waits for another: %v", err)
		}
		if err := <-first; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the one whose turn it is: %v", err)
		}
		for range 2 {
			l, err := r.Acquire(t.Context(), keyring.Want{})
			if err != nil {
				t.Fatalf("a unit is lost: %v", err)
			}
			l.Settle(success)
		}
	})
}

// Units another process holds may come back: the key is asked for again before its day ends.
func TestUnitsComeBackFromAnotherProcess(t *testing.T) {
	t.Parallel()
	store := keyring.NewMemory()
	k := limited("a")
	k[0].DailyLimit = 1
	one, two := newRig(t, keyring.Config{Keys: k, Store: store}), newRig(t, keyring.Config{Keys: k, Store: store})
	l := one.acquire("a", keyring.Want{})
	two.refused(keyring.Want{})
	if err := one.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Settle(keyring.Outcome{Refund: true, Kind: sdk.KindNetwork})
	two.refused(keyring.Want{})
	two.pass(10 * time.Second)
	two.use("a", success)
}

// Refresh takes in what another process has learnt.
func TestRefresh(t *testing.T) {
	t.Parallel()
	conf := keyring.Config{Keys: keys("a", "b", "c"), Store: keyring.NewMemory()}
	one, two := newRig(t, conf), newRig(t, conf)
	for range 3 {
		one.acquire("a", keyring.Want{Skip: map[string]bool{"b": true, "c": true}}).Settle(refusal)
	}
	one.use("b", cool(keyring.Cooldown{For: time.Minute, Why: sdk.KindRateMinute}))
	if err := two.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	two.use("c", success)
	if a, b := two.stats("a").State, two.stats("b").State; a != keyring.Disabled || b != keyring.Cooling {
		t.Errorf("the other process sees %s and %s", a, b)
	}
}

// Units that another process gives back while this one works are had at once, without a wait.
func TestLastUnitIsAskedForWhileOthersHoldSome(t *testing.T) {
	t.Parallel()
	store := keyring.NewMemory()
	k := limited("a")
	k[0].DailyLimit = 2
	one, two := newRig(t, keyring.Config{Keys: k, Store: store}), newRig(t, keyring.Config{Keys: k, Store: store})
	l := one.acquire("a", keyring.Want{})
	mine := two.acquire("a", keyring.Want{})
	if err := one.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Settle(keyring.Outcome{Refund: true, Kind: sdk.KindNetwork})
	mine.Settle(success)
	two.use("a", success)
	two.refused(keyring.Want{})
}

// A lease that was granted although the answer got lost goes back.
func TestLostGrantGoesBack(t *testing.T) {
	t.Parallel()
	store := newShaky()
	k := limited("a")
	k[0].DailyLimit = 1
	r := newRig(t, keyring.Config{Keys: k, Store: store})
	store.lost.Store(true)
	r.refused(keyring.Want{})
	store.lost.Store(false)
	r.pass(time.Second)
	r.use("a", success)
	r.refused(keyring.Want{})
}

// Who asks for a key while counts are being reset waits and finds the new count.
func TestAcquireDuringReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newShaky()
		k := limited("a")
		k[0].DailyLimit = 1
		r := newRing(t, keyring.Config{Keys: k, Store: store})
		use := func() error {
			l, err := r.Acquire(t.Context(), keyring.Want{})
			if err == nil {
				l.Settle(success)
			}
			return err
		}
		if err := use(); err != nil {
			t.Fatal(err)
		}
		store.slow.Store(int64(20 * time.Millisecond))
		done := make(chan error)
		go func() { done <- r.ResetDaily() }()
		synctest.Wait()
		if err := use(); err != nil {
			t.Errorf("during the reset: %v", err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := use(); err == nil {
			t.Error("one call more than the limit after a reset")
		}
	})
}

// A reservation under way when the ring closes is not left behind.
func TestCloseDuringRefill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newShaky()
		r := newRing(t, keyring.Config{Provider: "acme", Keys: limited("a"), Store: store})
		store.slow.Store(int64(20 * time.Millisecond))
		done := make(chan error)
		go func() { _, err := r.Acquire(t.Context(), keyring.Want{}); done <- err }()
		synctest.Wait()
		if err := r.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, keyring.ErrClosed) {
			t.Errorf("acquire: %v", err)
		}
		c := keyring.Counter{Owner: "key:" + r.Stats()[0].Fingerprint, Day: "2000-01-01"}
		state, err := store.Store.Load(t.Context(), "acme", []keyring.Counter{c})
		if err != nil || state.Balances[c] != (keyring.Balance{}) {
			t.Errorf("left behind: %+v, %v", state.Balances[c], err)
		}
	})
}
