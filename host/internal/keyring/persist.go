package keyring

import (
	"context"
	"maps"

	"github.com/aio-llm/aio/sdk"
)

// maxUnsettled bounds the settlements kept for a store that does not take them. Those dropped stay open
// leases there, which the store counts as used in the end: the limit holds.
const maxUnsettled = 4096

// unsaved is what the store has not been told yet.
type unsaved struct {
	settlements []Settlement
	keys        map[*key]bool
	rests       map[*rest]restPlace
	saving      chan struct{} // someone is at it, comes back for what is added meanwhile, then closes this
}

// restPlace is where a rest belongs.
type restPlace struct {
	scope sdk.Scope
	key   *key
	model string
}

func (u *unsaved) settle(s ...Settlement) {
	room := max(0, maxUnsettled-len(u.settlements))
	u.settlements = append(u.settlements, s[:min(len(s), room)]...)
}

func (u *unsaved) key(k *key) {
	if k.fingerprint == "" {
		return // nothing to know it by
	}
	if u.keys == nil {
		u.keys = make(map[*key]bool)
	}
	u.keys[k] = true
}

func (u *unsaved) rest(scope sdk.Scope, k *key, model string, r *rest) {
	if u.rests == nil {
		u.rests = make(map[*rest]restPlace)
	}
	u.rests[r] = restPlace{scope, k, model}
}

func (u *unsaved) empty() bool { return len(u.settlements)+len(u.keys)+len(u.rests) == 0 }

func (u *unsaved) takeSettlements() []Settlement {
	pending := u.settlements
	u.settlements = nil
	return pending
}

// persist tells the store what it does not know, within what a request may wait for it. One caller at a time
// does so, for all: health is written in the order it changed. The ring is locked on entry and on return,
// but not while the store works.
func (r *Ring) persist(ctx context.Context) {
	if r.unsaved.saving != nil || r.unsaved.empty() || r.now().Before(r.storeDown) {
		return
	}
	sctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_ = r.persistUntil(sctx) // told of as an event, and kept for the next time
}

// persistNow is persist for someone who waits for the result.
func (r *Ring) persistNow() error {
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	return r.persistUntil(ctx)
}

func (r *Ring) persistUntil(ctx context.Context) error {
	for r.unsaved.saving != nil {
		if err := r.wait(ctx, r.unsaved.saving); err != nil {
			return err
		}
	}
	r.unsaved.saving = make(chan struct{})
	defer func() {
		close(r.unsaved.saving)
		r.unsaved.saving = nil
	}()
	for !r.unsaved.empty() {
		if err := r.saveOnce(ctx); err != nil {
			r.storeFailed(err)
			return err
		}
	}
	return nil
}

// wait leaves the ring unlocked until done is closed or ctx is over.
func (r *Ring) wait(ctx context.Context, done <-chan struct{}) error {
	r.mu.Unlock()
	defer r.mu.Lock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Ring) saveOnce(ctx context.Context) error {
	pending, keys, rests := r.unsaved.takeSettlements(), r.unsaved.keys, r.unsaved.rests
	r.unsaved.keys, r.unsaved.rests = nil, nil
	h := Health{Provider: r.provider}
	for k := range keys {
		h.Keys = append(h.Keys, k.health())
	}
	for rest, at := range rests {
		h.Rests = append(h.Rests, restRecord(at.scope, at.key, at.model, rest))
	}
	r.mu.Unlock()
	left, err := settleAll(ctx, r.store, pending)
	unsaved := len(h.Keys)+len(h.Rests) > 0
	if err == nil && unsaved {
		err = r.store.Save(ctx, h)
		unsaved = err != nil
	}
	r.mu.Lock()
	r.unsaved.settle(left...)
	if unsaved {
		for k := range keys {
			r.unsaved.key(k)
		}
		if r.unsaved.rests == nil {
			r.unsaved.rests = rests
		} else {
			maps.Copy(r.unsaved.rests, rests)
		}
	}
	return err
}

// settleAll returns the settlements the store has not taken.
func settleAll(ctx context.Context, store Store, pending []Settlement) ([]Settlement, error) {
	for i, s := range pending {
		if err := store.Settle(ctx, s); err != nil {
			return pending[i:], err
		}
	}
	return nil, nil
}
