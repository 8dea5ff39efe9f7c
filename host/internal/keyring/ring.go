package keyring

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// storeTimeout bounds every wait for the store on a request's path; storeBreak is how long a store that
// failed is left alone, so that not every request waits that long.
const (
	storeTimeout = 50 * time.Millisecond
	storeBreak   = time.Second
	// respite is how long an exhausted counter waits before it asks whether another process gave units back.
	respite = 10 * time.Second
	// maxViews bounds the models that have an order of their own: each one is kept up to date on every call.
	// Further models filter the common order instead.
	maxViews = 8
)

// Ring holds the keys of one provider. It is safe for concurrent use.
type Ring struct {
	provider     string
	disableAfter int
	store        Store
	now          func() time.Time
	rand         func() float64
	onEvent      func(Event)
	id           string // unique over processes, the stem of attempt and lease ids

	mu        sync.Mutex
	keys      []*key // as configured; one nameless key for a keyless upstream
	byLabel   map[string]*key
	accounts  []*account
	counters  []*counter
	calendars []*calendar
	base      *view
	views     map[string]*view
	provRest  rest
	models    map[string]*rest
	seq       uint64 // leases granted
	blockSeq  uint64
	probing   bool
	closed    bool
	resetting chan struct{} // nothing is reserved until ResetDaily closes it
	forgetAt  time.Time
	storeDown time.Time // the store is not asked before
	unsaved   unsaved
	refusals  map[string]refusal // by model; emptied when anything changes
	events    []Event
}

// Want describes the call a key is needed for.
type Want struct {
	// Model is the upstream's model id; it matters for rests that concern one model.
	Model string
	// Skip holds the labels this request has tried already.
	Skip map[string]bool
}

// New returns a ring with the given keys and what the store knows of them. A store that does not answer is
// reported as an event and asked again by Refresh: it does not keep a ring from starting.
func New(c Config) (*Ring, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	r := &Ring{
		provider: c.Provider, disableAfter: c.DisableAfter, store: c.Store, now: c.Now, rand: c.Rand, onEvent: c.OnEvent,
		id: rand.Text()[:13], byLabel: make(map[string]*key, len(c.Keys)),
		views: make(map[string]*view), models: make(map[string]*rest),
	}
	if r.disableAfter == 0 {
		r.disableAfter = DefaultDisableAfter
	}
	if r.store == nil {
		r.store = NewMemory()
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.rand == nil {
		r.rand = mathrand.Float64
	}
	r.build(c)
	ctx, cancel := context.WithTimeout(context.Background(), 20*storeTimeout)
	defer cancel()
	if c.After != nil {
		r.inherit(c.After)
	}
	_ = r.Refresh(ctx) // told of as an event
	return r, nil
}

// Acquire leases the best usable key. When there is none the error is an *UnavailableError; when ctx is over
// it is the context's. Every lease must be settled once.
func (r *Ring) Acquire(ctx context.Context, want Want) (*Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.unlock()
	for {
		if r.closed {
			r.persist(ctx)
			return nil, ErrClosed
		}
		now := r.now()
		r.turn(now)
		r.over(r.models[want.Model], now, Event{Scope: sdk.ScopeModel, Model: want.Model})
		k, probe := r.pick(want, now), false
		if k == nil {
			var why *UnavailableError
			if k, why = r.survey(want, now); k == nil {
				return nil, why
			}
			probe = true
		}
		c := k.dry()
		if c == nil {
			return r.grant(ctx, k, want.Model, probe, now), nil
		}
		if err := r.refill(ctx, c); err != nil {
			return nil, err
		}
	}
}

// pick returns the first ready key; nil if there is none.
func (r *Ring) pick(want Want, now time.Time) *key {
	if r.widely(want.Model, now) {
		return nil
	}
	return r.viewOf(want.Model).ready.first(func(k *key) bool {
		m := k.account.models[want.Model]
		return !want.Skip[k.Label] && (m == nil || !m.active(now))
	})
}

// widely reports whether the model rests with all keys, or the provider altogether.
func (r *Ring) widely(model string, now time.Time) bool {
	if r.provRest.active(now) {
		return true
	}
	m := r.models[model]
	return m != nil && m.active(now)
}

func (r *Ring) grant(ctx context.Context, k *key, model string, probe bool, now time.Time) *Lease {
	r.seq++
	k.usedSeq, k.lastUsed = r.seq, now
	k.total++
	l := &Lease{ring: r, ctx: ctx, key: k, model: model, probe: probe, seq: r.seq}
	for i, c := range [...]*counter{k.counter, k.account.counter} {
		if c == nil {
			continue
		}
		l.units[i] = c.take()
		if c.drained() {
			r.exhausted(c, now)
		}
	}
	r.probing = r.probing || probe
	k.minute.take(now)
	if k.account.minute.take(now) {
		r.placeAccount(k.account, now)
	} else {
		r.place(k, now)
	}
	return l
}

// unlock releases the ring and tells what happened under the lock.
func (r *Ring) unlock() {
	events := r.events
	r.events = nil
	r.mu.Unlock()
	if r.onEvent == nil {
		return
	}
	for _, e := range events {
		r.onEvent(e)
	}
}

func (r *Ring) emit(e Event) {
	if r.onEvent != nil {
		e.Provider, e.At = r.provider, r.now()
		r.events = append(r.events, e)
	}
}

func (r *Ring) emitKey(k *key, e Event) {
	e.Label, e.Fingerprint, e.Account = k.Label, k.fingerprint, k.account.name
	if e.Scope == sdk.ScopeNone {
		e.Scope = sdk.ScopeKey
	}
	r.emit(e)
}
