package keyring

import (
	"context"
	"strconv"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// refill gets units of a counter from the store, or waits for another caller who does. The ring is locked on
// entry and on return, but not while the store works. An error is the caller's own: ctx is over.
func (r *Ring) refill(ctx context.Context, c *counter) error {
	if c.loose {
		c.add("", Grant{N: unlimitedBlock})
		return nil
	}
	for _, busy := range [...]chan struct{}{r.resetting, c.refill} {
		if busy != nil {
			return r.wait(ctx, busy)
		}
	}
	if now := r.now(); now.Before(r.storeDown) {
		r.withoutStore(c, now)
		return nil
	}
	c.refill = make(chan struct{})
	r.blockSeq++
	want := Reservation{ID: r.id + "/" + strconv.FormatUint(r.blockSeq, 36), Counter: c.key(), Limit: c.limit, N: c.want()}
	pending := r.unsaved.takeSettlements()
	epoch := c.epoch
	r.mu.Unlock()

	// The caller may leave; the lease the store has granted by then must not be lost.
	sctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	left, err := settleAll(sctx, r.store, pending)
	var g Grant
	if err == nil {
		g, err = r.store.Reserve(sctx, want)
	}
	cancel()

	r.mu.Lock()
	close(c.refill)
	c.refill = nil
	r.unsaved.settle(left...)
	now := r.now()
	switch {
	case err != nil:
		r.storeFailed(err)
		r.unsaved.settle(Settlement{ID: want.ID, Counter: want.Counter}) // in case it was granted after all
		r.withoutStore(c, now)
	case c.epoch != epoch: // the day ended meanwhile
		r.unsaved.settle(Settlement{ID: want.ID, Counter: want.Counter})
	case g.N == 0:
		c.learn(g.Balance)
		r.exhausted(c, now)
	default:
		c.add(want.ID, g)
		r.placeOwners(c, now)
	}
	return ctx.Err()
}

// withoutStore is what happens to a counter whose store does not answer: without a limit it goes on, with
// one it waits.
func (r *Ring) withoutStore(c *counter, now time.Time) {
	if c.limit == 0 {
		c.add("", Grant{N: unlimitedBlock})
		return
	}
	c.down, c.retry = true, r.storeDown
	r.placeOwners(c, now)
}

// exhausted lets a counter rest until its day ends, or until other processes may have given units back.
func (r *Ring) exhausted(c *counter, now time.Time) {
	c.spent, c.retry = true, c.cal.end
	if c.away > 0 {
		c.retry = earlier(now.Add(respite), c.cal.end)
	}
	r.placeOwners(c, now)
	if !c.announced {
		c.announced = true
		k := c.keys[0]
		r.emitKey(k, Event{Type: EventExhausted, Scope: scopeOf(c, k), Until: c.cal.end, Why: sdk.KindLimitLocal})
	}
}

func scopeOf(c *counter, k *key) sdk.Scope {
	if c == k.account.counter {
		return sdk.ScopeAccount
	}
	return sdk.ScopeKey
}

// placeOwners places the keys that draw on a counter.
func (r *Ring) placeOwners(c *counter, now time.Time) {
	for _, k := range c.keys {
		r.place(k, now)
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// storeFailed leaves the store alone for a moment and says so, once a break.
func (r *Ring) storeFailed(err error) {
	now := r.now()
	if now.Before(r.storeDown) {
		return
	}
	r.storeDown = now.Add(storeBreak)
	r.emit(Event{Type: EventStoreFailed, Scope: sdk.ScopeProvider, Until: r.storeDown, Why: sdk.KindStateUnavailable, Detail: err.Error()})
}
