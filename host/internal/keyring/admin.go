package keyring

import (
	"context"

	"github.com/aio-llm/aio/sdk"
)

// adminTimeout bounds what Enable, Disable, ResetDaily and Close wait for the store.
const adminTimeout = 100 * storeTimeout

// Enable puts a key back in use and forgets what held it back: errors, its rests and its account's. It is an
// *UnknownLabelError or, for a key without a value, an *InvalidKeyError otherwise.
func (r *Ring) Enable(label string) error {
	r.mu.Lock()
	defer r.unlock()
	k := r.byLabel[label]
	switch {
	case k == nil:
		return &UnknownLabelError{Provider: r.provider, Label: label}
	case k.Missing != "":
		return &InvalidKeyError{Provider: r.provider, Label: label, Problem: k.Missing}
	}
	now := r.now()
	k.disabled, k.byHand, k.authErrors = "", false, 0
	r.unsaved.key(k)
	r.clear(sdk.ScopeKey, k, "", &k.rest)
	r.clear(sdk.ScopeAccount, k, "", &k.account.rest)
	for model, m := range k.account.models {
		r.clear(sdk.ScopeAccountModel, k, model, m)
	}
	r.placeAccount(k.account, now)
	r.emitKey(k, Event{Type: EventEnabled})
	return r.persistNow()
}

func (r *Ring) clear(scope sdk.Scope, k *key, model string, rest *rest) {
	if rest.until().IsZero() {
		return
	}
	rest.limit, rest.failure, rest.announced = Span{}, Span{}, false
	r.unsaved.rest(scope, k, model, rest)
}

// Disable takes a key out of use until Enable; why is kept and shown. It is an *UnknownLabelError if there
// is no such key. Calls under way go on.
func (r *Ring) Disable(label, why string) error {
	r.mu.Lock()
	defer r.unlock()
	k := r.byLabel[label]
	if k == nil {
		return &UnknownLabelError{Provider: r.provider, Label: label}
	}
	if why == "" {
		why = "disabled by hand"
	}
	k.disabled, k.byHand = why, true
	r.place(k, r.now())
	r.unsaved.key(k)
	r.emitKey(k, Event{Type: EventDisabled, Detail: why})
	return r.persistNow()
}

// ResetDaily starts today's counts of all keys and accounts anew. Calls under way belong to the old count.
// What the upstream itself has put to rest stays so: its quota is not ours to reset.
func (r *Ring) ResetDaily() error {
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	r.mu.Lock()
	defer r.unlock()
	for r.resetting != nil {
		if err := r.wait(ctx, r.resetting); err != nil {
			return err
		}
	}
	now := r.now()
	r.turn(now)
	// Nothing is reserved between the ring's reset and the store's: such a unit would count nowhere.
	done := make(chan struct{})
	r.resetting = done
	r.restart(func(*counter) bool { return true })
	r.arrange(now)
	all := r.counterNames()
	r.mu.Unlock()
	err := r.store.Reset(ctx, all)
	r.mu.Lock()
	r.resetting = nil
	close(done)
	return err
}

// Close gives what is left of leased units back to the store. Calls under way may still settle; Acquire
// refuses from now on. It returns the store's error, or ctx's.
func (r *Ring) Close(ctx context.Context) error {
	r.mu.Lock()
	defer r.unlock()
	r.closed = true
	r.restart(func(*counter) bool { return true })
	return r.persistUntil(ctx)
}
