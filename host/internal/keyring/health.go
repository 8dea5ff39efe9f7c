package keyring

import (
	"fmt"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// restAt returns the rest of a scope, made on first use; nil if key or account is not in this ring.
func (r *Ring) restAt(scope sdk.Scope, k *key, a *account, model string) *rest {
	switch scope {
	case sdk.ScopeProvider:
		return &r.provRest
	case sdk.ScopeModel:
		return restOf(&r.models, model)
	case sdk.ScopeAccount:
		if a != nil {
			return &a.rest
		}
	case sdk.ScopeAccountModel:
		if a != nil {
			return restOf(&a.models, model)
		}
	default:
		if k != nil {
			return &k.rest
		}
	}
	return nil
}

func restOf(of *map[string]*rest, model string) *rest {
	if *of == nil {
		*of = make(map[string]*rest)
	}
	m := (*of)[model]
	if m == nil {
		m = &rest{}
		(*of)[model] = m
	}
	return m
}

// scoped is a rest and what it is of.
type scoped struct {
	scope sdk.Scope
	*rest // nil if there is none
}

// covering returns the rests a call is subject to, from narrow to wide.
func (r *Ring) covering(k *key, model string) [5]scoped {
	return [...]scoped{
		{sdk.ScopeKey, &k.rest}, {sdk.ScopeAccountModel, k.account.models[model]}, {sdk.ScopeAccount, &k.account.rest},
		{sdk.ScopeModel, r.models[model]}, {sdk.ScopeProvider, &r.provRest},
	}
}

// cool lets the scope of a cooldown rest, never shorter than it already does.
func (r *Ring) cool(l *Lease, c Cooldown, now time.Time) {
	scope := c.Scope
	switch {
	case scope == sdk.ScopeNone:
		scope = sdk.ScopeKey
	case scope == sdk.ScopeAccountModel && l.model == "":
		scope = sdk.ScopeAccount
	}
	a := l.key.account
	r.forget(now)
	rest := r.restAt(scope, l.key, a, l.model)
	doublings := rest.lane(c.Why).Doublings
	if c.Doubling && l.seq <= rest.marked {
		// It started before the rest it would double: the same trouble seen twice.
		doublings = max(0, doublings-1)
	}
	before := rest.until()
	if !rest.extend(c.span(now, a.cal.end, doublings, r.rand())) {
		return
	}
	rest.marked = r.seq
	switch scope {
	case sdk.ScopeAccount:
		r.placeAccount(a, now)
	case sdk.ScopeAccountModel:
		r.ownView(l.model, now)
		r.placeAccount(a, now)
	case sdk.ScopeKey:
		r.place(l.key, now)
	}
	if rest.until().After(before) {
		rest.announced = true
		r.emitKey(l.key, Event{Type: EventCooled, Scope: scope, Model: modelOf(scope, l.model), Until: rest.until(), Why: c.Why})
	}
	r.unsaved.rest(scope, l.key, l.model, rest)
}

func modelOf(scope sdk.Scope, model string) string {
	if scope == sdk.ScopeModel || scope == sdk.ScopeAccountModel {
		return model
	}
	return ""
}

// restRecord is a rest as the store keeps it.
func restRecord(scope sdk.Scope, k *key, model string, r *rest) Rest {
	rec := Rest{Scope: scope, Model: modelOf(scope, model), Limit: r.limit, Failure: r.failure}
	switch scope {
	case sdk.ScopeKey:
		rec.Owner = k.counter.owner
	case sdk.ScopeAccount, sdk.ScopeAccountModel:
		rec.Owner = k.account.owner
	}
	return rec
}

// succeeded clears what a call that started later than the trouble proves wrong.
func (r *Ring) succeeded(l *Lease, now time.Time) {
	k := l.key
	if k.authErrors > 0 && l.seq > k.authSeq {
		k.authErrors = 0
		r.unsaved.key(k)
	}
	for _, c := range r.covering(k, l.model) {
		rest := c.rest
		if rest == nil || l.seq <= rest.marked {
			continue
		}
		proven := rest.limit.Doublings+rest.failure.Doublings > 0
		rest.limit.Doublings, rest.failure.Doublings = 0, 0
		if l.probe && rest.failure.Until.After(now) {
			proven, rest.failure = true, Span{}
		}
		if proven {
			r.unsaved.rest(c.scope, k, l.model, rest)
		}
	}
	if l.probe {
		r.placeAccount(k.account, now)
		r.tellRecovered(k, l.model, now)
	}
}

// failed counts an error on the key and disables it after too many refusals in a row.
func (r *Ring) failed(l *Lease, o Outcome, now time.Time) {
	k := l.key
	k.errors++
	k.lastKind = o.Kind
	if !o.AuthError || k.counter.loose {
		return
	}
	k.authErrors++
	k.authSeq = r.seq
	if r.disableAfter > 0 && k.authErrors >= r.disableAfter && k.disabled == "" {
		k.disabled = fmt.Sprintf("%d authentication errors in a row", k.authErrors)
		r.place(k, now)
		r.emitKey(k, Event{Type: EventDisabled, Why: o.Kind, Detail: k.disabled})
	}
	r.unsaved.key(k)
}

func (k *key) health() KeyHealth {
	return KeyHealth{Fingerprint: k.fingerprint, Disabled: k.disabled != "" && !(k.Disabled && k.byHand), Why: k.disabled, AuthErrors: k.authErrors}
}

// over tells once that a rest has ended.
func (r *Ring) over(rest *rest, now time.Time, e Event) {
	if rest == nil || !rest.announced || rest.active(now) {
		return
	}
	rest.announced = false
	e.Type, e.Why = EventRecovered, rest.last().Why
	r.emit(e)
}

// tellRecovered tells which of the rests and limits that held a key back have ended.
func (r *Ring) tellRecovered(k *key, model string, now time.Time) {
	e := Event{Label: k.Label, Fingerprint: k.fingerprint, Account: k.account.name}
	for _, c := range r.covering(k, model) {
		e.Scope, e.Model = c.scope, modelOf(c.scope, model)
		r.over(c.rest, now, e)
	}
	r.available(k.counter, k)
	if c := k.account.counter; c != nil {
		r.available(c, k)
	}
}

// available tells once that an exhausted limit has units again.
func (r *Ring) available(c *counter, k *key) {
	if c.announced && !c.spent {
		c.announced = false
		r.emitKey(k, Event{Type: EventRecovered, Scope: scopeOf(c, k), Why: sdk.KindLimitLocal})
	}
}
