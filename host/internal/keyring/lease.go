package keyring

import (
	"context"
	"strconv"
	"sync/atomic"

	"github.com/aio-llm/aio/sdk"
)

// Lease is the right to make one call with one key. It must be settled once.
type Lease struct {
	ring    *Ring
	ctx     context.Context
	key     *key
	model   string
	probe   bool
	seq     uint64
	units   [2]*block // the key's, and its account's if that has a daily limit
	settled atomic.Bool
}

// Label names the key; empty for an upstream that wants none.
func (l *Lease) Label() string { return l.key.Label }

// Account names the key's account; empty if the key is an account of its own.
func (l *Lease) Account() string { return l.key.account.name }

// Fingerprint identifies the key without giving it away.
func (l *Lease) Fingerprint() string { return l.key.fingerprint }

// Key returns the key; the zero Secret for an upstream that wants none.
func (l *Lease) Key() sdk.Secret { return l.key.Value }

// AttemptID is unique to this lease, over all processes.
func (l *Lease) AttemptID() string { return l.ring.id + "-" + strconv.FormatUint(l.seq, 36) }

// Probe reports whether the key rests and this call finds out whether it works again.
func (l *Lease) Probe() bool { return l.probe }

// Outcome is what came of a call.
type Outcome struct {
	// Success means the upstream served the call.
	Success bool
	// Refund gives the unit of the daily limit back: the call was certainly never sent, or the provider does
	// not count it. It stays in the minute's count, which forgets it soon.
	Refund bool
	// AuthError means the upstream refused the key itself. Only this counts towards disabling.
	AuthError bool
	// Cool lets a scope rest; nil if nothing needs to.
	Cool *Cooldown
	// Kind is the error; empty on success.
	Kind sdk.Kind
	// Canceled means the caller gave up: it says nothing about key or provider and touches no health state.
	Canceled bool
	// Tokens is what the call used, as far as known.
	Tokens int64
}

// Settle ends the lease. Only the first call has an effect.
func (l *Lease) Settle(o Outcome) {
	if !l.settled.CompareAndSwap(false, true) {
		return
	}
	r := l.ring
	r.mu.Lock()
	now := r.now()
	l.returnUnits(o.Refund)
	r.probing = r.probing && !l.probe
	if o.Refund {
		l.key.total--
	}
	switch {
	case o.Canceled:
	case o.Success:
		r.succeeded(l, now)
	default:
		r.failed(l, o, now)
	}
	if o.Cool != nil && !o.Canceled {
		r.cool(l, *o.Cool, now)
	}
	l.key.tokens += o.Tokens
	r.place(l.key, now)
	r.persist(l.ctx)
	r.unlock()
}

// returnUnits gives the units back to their blocks; a refund can make an exhausted key or account usable.
func (l *Lease) returnUnits(refund bool) {
	for _, b := range l.units {
		if b == nil {
			continue
		}
		if s, ok := b.done(refund); ok {
			l.ring.unsaved.settle(s)
		}
	}
	if !refund {
		return
	}
	l.ring.available(l.key.counter, l.key)
	if c := l.key.account.counter; c != nil {
		l.ring.available(c, l.key)
		l.ring.placeAccount(l.key.account, l.ring.now())
	}
}
