package keyring

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// viewOf returns the order of keys for a model.
func (r *Ring) viewOf(model string) *view {
	if v := r.views[model]; v != nil {
		return v
	}
	return r.base
}

// place moves a key to where it belongs in every view.
func (r *Ring) place(k *key, now time.Time) {
	clear(r.refusals)
	out, t := k.out(), k.ready()
	r.base.place(k, out, t, now)
	for model, v := range r.views {
		v.place(k, out, k.readyFor(model, t), now)
	}
}

func (r *Ring) placeAccount(a *account, now time.Time) {
	for _, k := range a.keys {
		r.place(k, now)
	}
}

// arrange orders all keys from scratch; needed when many counts change at once.
func (r *Ring) arrange(now time.Time) {
	clear(r.refusals)
	r.base = r.viewFor("", now)
	for model := range r.views {
		r.views[model] = r.viewFor(model, now)
	}
}

func (r *Ring) viewFor(model string, now time.Time) *view {
	v := newView(model, len(r.keys))
	for _, k := range r.keys {
		v.place(k, k.out(), k.readyFor(model, k.ready()), now)
	}
	return v
}

// ownView gives a model its own order, because some account rests for it alone.
func (r *Ring) ownView(model string, now time.Time) {
	if r.views[model] != nil {
		return
	}
	if len(r.views) >= maxViews {
		r.forget(now)
	}
	if len(r.views) < maxViews {
		r.views[model] = r.viewFor(model, now)
	}
}

// forget drops what is kept of models that no longer rest, so that names of models cannot fill the memory.
func (r *Ring) forget(now time.Time) {
	if now.Before(r.forgetAt) {
		return
	}
	r.forgetAt = now.Add(time.Minute)
	for model, m := range r.models {
		if m.forgettable(now) {
			delete(r.models, model)
		}
	}
	resting := make(map[string]bool)
	for _, a := range r.accounts {
		for model, m := range a.models {
			if m.forgettable(now) {
				delete(a.models, model)
			}
			resting[model] = resting[model] || m.active(now)
		}
	}
	for model := range r.views {
		if !resting[model] {
			delete(r.views, model)
		}
	}
}

// turn lets the clock have its effect: days that end, rests that are over.
func (r *Ring) turn(now time.Time) {
	newDay := false
	for _, cal := range r.calendars {
		if cal.turn(now) {
			newDay = true
			r.restart(func(c *counter) bool { return c.cal == cal })
		}
	}
	if newDay {
		r.arrange(now)
	}
	r.wake(r.base, now)
	for _, v := range r.views {
		r.wake(v, now)
	}
	r.over(&r.provRest, now, Event{Scope: sdk.ScopeProvider})
}

// restart begins the counts of some counters anew.
func (r *Ring) restart(which func(*counter) bool) {
	for _, c := range r.counters {
		if !which(c) {
			continue
		}
		if s, ok := c.restart(); ok {
			r.unsaved.settle(s)
		}
		r.available(c, c.keys[0])
	}
}

// wake puts the keys of a view whose rest is over back among the ready.
func (r *Ring) wake(v *view, now time.Time) {
	for k := v.due(now); k != nil; k = v.due(now) {
		clear(r.refusals)
		v.place(k, k.out(), k.readyFor(v.model, k.ready()), now)
		r.tellRecovered(k, v.model, now)
	}
}
