package keyring

import (
	"context"
)

// build makes the ring's keys, accounts, counters and calendars from the configuration.
func (r *Ring) build(c Config) {
	shared := make(map[string]*account)
	calendars := make(map[Reset]*calendar)
	for i, conf := range c.Keys {
		k := &key{Key: conf, ord: i, fingerprint: Fingerprint(conf.Value), minute: newMinute(conf.RequestsPerMinute)}
		if conf.Value.IsZero() && conf.Missing == "" {
			k.Missing = "it has no value"
		}
		if conf.Disabled {
			k.disabled, k.byHand = "switched off in the configuration", true
		}
		limits := c.Accounts[conf.Account]
		reset := conf.Reset
		if reset.IsZero() && conf.Account != "" {
			reset = limits.Reset
		}
		cal := r.calendar(calendars, reset)
		k.counter = &counter{owner: "key:" + k.fingerprint, limit: conf.DailyLimit, cal: cal, loose: k.Missing != "", keys: []*key{k}}
		r.counters = append(r.counters, k.counter)
		r.join(k, shared, limits, cal, calendars)
		r.keys = append(r.keys, k)
		r.byLabel[k.Label] = k
	}
	if len(c.Keys) == 0 {
		r.keyless(r.calendar(calendars, Reset{}))
	}
	now := r.now()
	for _, cal := range r.calendars {
		cal.turn(now)
	}
	r.arrange(now)
}

// join makes a key a member of its account.
func (r *Ring) join(k *key, shared map[string]*account, limits Account, cal *calendar, calendars map[Reset]*calendar) {
	if k.Key.Account == "" {
		k.account = &account{owner: k.counter.owner, cal: cal, keys: []*key{k}}
		r.accounts = append(r.accounts, k.account)
		return
	}
	a := shared[k.Key.Account]
	if a == nil {
		a = &account{name: k.Key.Account, owner: "account:" + k.Key.Account, cal: r.calendar(calendars, limits.Reset), minute: newMinute(limits.RequestsPerMinute)}
		if limits.RequestsPerDay > 0 {
			a.counter = &counter{owner: a.owner, limit: limits.RequestsPerDay, cal: a.cal}
			r.counters = append(r.counters, a.counter)
		}
		shared[a.name] = a
		r.accounts = append(r.accounts, a)
	}
	a.keys = append(a.keys, k)
	k.account = a
	if a.counter != nil {
		a.counter.keys = a.keys
	}
}

// keyless gives the ring one nameless key that is always granted and counted nowhere.
func (r *Ring) keyless(cal *calendar) {
	k := &key{counter: &counter{cal: cal, loose: true}}
	k.counter.keys = []*key{k}
	k.account = &account{cal: cal, keys: k.counter.keys}
	r.keys, r.accounts, r.counters = []*key{k}, []*account{k.account}, []*counter{k.counter}
}

func (r *Ring) calendar(known map[Reset]*calendar, reset Reset) *calendar {
	if reset.TZ == nil {
		reset.TZ = reset.zone()
	}
	cal := known[reset]
	if cal == nil {
		cal = &calendar{reset: reset}
		known[reset] = cal
		r.calendars = append(r.calendars, cal)
	}
	return cal
}

// Refresh reads the store and takes in what other processes know: counts, and rests that are longer than
// the ring's own. Nothing is loosened.
func (r *Ring) Refresh(ctx context.Context) error {
	r.mu.Lock()
	r.turn(r.now())
	want := r.counterNames()
	r.mu.Unlock()
	state, err := r.store.Load(ctx, r.provider, want)
	r.mu.Lock()
	defer r.unlock()
	if err != nil {
		r.storeFailed(err)
		return err
	}
	for _, c := range r.counters {
		if b, ok := state.Balances[c.key()]; ok && !c.loose {
			c.learn(b)
		}
	}
	r.adopt(state.Health)
	r.arrange(r.now())
	return nil
}

// counterNames returns today's counters as the store knows them.
func (r *Ring) counterNames() (names []Counter) {
	for _, c := range r.counters {
		if !c.loose {
			names = append(names, c.key())
		}
	}
	return names
}

// adopt merges saved health into the ring's own.
func (r *Ring) adopt(h Health) {
	byOwner := make(map[string]*key, len(r.keys))
	accounts := make(map[string]*account, len(r.accounts))
	for _, k := range r.keys {
		byOwner[k.counter.owner] = k
	}
	for _, a := range r.accounts {
		accounts[a.owner] = a
	}
	for _, kh := range h.Keys {
		if k := byOwner["key:"+kh.Fingerprint]; k != nil {
			k.authErrors = max(k.authErrors, kh.AuthErrors)
			if kh.Disabled && k.disabled == "" {
				k.disabled = kh.Why
			}
		}
	}
	for _, saved := range h.Rests {
		if rest := r.restAt(saved.Scope, byOwner[saved.Owner], accounts[saved.Owner], saved.Model); rest != nil {
			rest.merge(saved)
		}
	}
}
