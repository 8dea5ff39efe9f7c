package keyring

import (
	"context"
	"sync"

	"github.com/aio-llm/aio/sdk"
)

// Memory is a Store that lasts as long as the process. It never waits, and so does not look at contexts: on a
// busy machine a deadline can pass before the work begins. Its zero value is not usable; see NewMemory.
type Memory struct {
	mu     sync.Mutex
	owners map[string]map[string]*tally // by owner, then day
	keys   map[healthKey]KeyHealth
	rests  map[restKey]Rest
}

// tally is one counter: what is spent, and the open leases by id.
type tally struct {
	used   int64
	leased int64
	leases map[string]int64
}

type healthKey struct{ provider, fingerprint string }

type restKey struct {
	provider     string
	scope        sdk.Scope
	owner, model string
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{
		owners: make(map[string]map[string]*tally),
		keys:   make(map[healthKey]KeyHealth),
		rests:  make(map[restKey]Rest),
	}
}

// Load implements Store.
func (m *Memory) Load(_ context.Context, provider string, counters []Counter) (Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Snapshot{Balances: make(map[Counter]Balance), Health: Health{Provider: provider}}
	for _, c := range counters {
		if t := m.owners[c.Owner][c.Day]; t != nil {
			s.Balances[c] = t.balance()
		}
	}
	for k, h := range m.keys {
		if k.provider == provider {
			s.Health.Keys = append(s.Health.Keys, h)
		}
	}
	for k, r := range m.rests {
		if k.provider == provider {
			s.Health.Rests = append(s.Health.Rests, r)
		}
	}
	return s, nil
}

// Reserve implements Store.
func (m *Memory) Reserve(_ context.Context, r Reservation) (Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tally(r.Counter)
	n, known := t.leases[r.ID]
	if !known {
		n = max(0, r.N)
		if r.Limit > 0 {
			n = max(0, min(n, r.Limit-t.used-t.leased))
		}
		if n > 0 {
			t.leases[r.ID] = n
			t.leased += n
		}
	}
	return Grant{N: n, Balance: t.balance()}, nil
}

// Settle implements Store.
func (m *Memory) Settle(_ context.Context, s Settlement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.owners[s.Counter.Owner][s.Counter.Day]
	if t == nil {
		return nil
	}
	if n, open := t.leases[s.ID]; open {
		delete(t.leases, s.ID)
		t.leased -= n
		t.used += min(max(0, s.Used), n)
	}
	return nil
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, h Health) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range h.Keys {
		m.keys[healthKey{h.Provider, k.Fingerprint}] = k
	}
	for _, r := range h.Rests {
		at := restKey{h.Provider, r.Scope, r.Owner, r.Model}
		if r.Limit.Until.IsZero() && r.Failure.Until.IsZero() {
			delete(m.rests, at)
			continue
		}
		m.rests[at] = r
	}
	return nil
}

// Reset implements Store.
func (m *Memory) Reset(_ context.Context, counters []Counter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range counters {
		delete(m.owners[c.Owner], c.Day)
	}
	return nil
}

// tally returns a counter, made on first use. A new day drops the days before it on which nothing is open,
// except the last: a clock that steps back over midnight must find its day as it was.
func (m *Memory) tally(c Counter) *tally {
	days := m.owners[c.Owner]
	if days == nil {
		days = make(map[string]*tally)
		m.owners[c.Owner] = days
	}
	t := days[c.Day]
	if t == nil {
		last := ""
		for day := range days {
			if day < c.Day {
				last = max(last, day)
			}
		}
		for day, old := range days {
			if day < last && len(old.leases) == 0 {
				delete(days, day)
			}
		}
		t = &tally{leases: make(map[string]int64)}
		days[c.Day] = t
	}
	return t
}

func (t *tally) balance() Balance { return Balance{Used: t.used, Leased: t.leased} }
