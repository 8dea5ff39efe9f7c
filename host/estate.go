package host

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/host/internal/pluginproc"
	"github.com/aio-llm/aio/host/internal/redact"
)

// WithStateOf makes the new host go on where old is: daily counts, rests and disabled keys carry over, totals
// go on, and what both configure alike (a provider's plugin, its keys) is the same running thing in both, told
// of to the observers of the host that made it. Either may be closed first; what both use ends with the last.
func WithStateOf(old *Host) Option { return func(h *Host) { h.estate = old.estate } }

// estate is what a host hands on to the one that replaces it: what must not be lost and what need not run
// twice.
type estate struct {
	// store is one for all providers: keys and accounts are the same wherever they are named.
	store    keyring.Store
	totals   totals
	redactor *redact.Redactor

	rings     pool[*keyring.Ring]
	upstreams pool[upstream]

	mu      sync.Mutex
	plugins int // that the spawner runs
	spawner *pluginproc.Spawner
}

func newEstate() *estate {
	return &estate{store: keyring.NewMemory(), redactor: redact.New()}
}

// spawn returns what forks plugin processes; the plugin ends with endSpawn.
func (e *estate) spawn() (*pluginproc.Spawner, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.spawner == nil {
		made, err := pluginproc.NewSpawner("")
		if err != nil {
			return nil, fmt.Errorf("prepare for plugin processes: %w", err)
		}
		e.spawner = made
	}
	e.plugins++
	return e.spawner, nil
}

func (e *estate) endSpawn() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.plugins--; e.plugins > 0 {
		return nil
	}
	last := e.spawner
	e.spawner = nil
	return last.Close()
}

// pool holds things that several hosts may use, by the provider they serve.
type pool[T any] struct {
	mu     sync.Mutex
	things map[string][]*shared[T]
}

// shared is a thing in use. Hosts whose configuration says the same share it.
type shared[T any] struct {
	is    T
	from  any // the part of the configuration it was made from
	users int
}

// get returns the thing made from the same configuration, or a new one. create is told the newest one that
// serves the provider under another configuration; nil if there is none.
func (p *pool[T]) get(provider string, from any, create func(before *T) (T, error)) (*shared[T], error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	living := p.things[provider]
	for _, s := range living {
		if reflect.DeepEqual(s.from, from) {
			s.users++
			return s, nil
		}
	}
	var before *T
	if n := len(living); n > 0 {
		before = &living[n-1].is
	}
	made, err := create(before)
	if err != nil {
		return nil, err
	}
	s := &shared[T]{is: made, from: from, users: 1}
	if p.things == nil {
		p.things = map[string][]*shared[T]{}
	}
	p.things[provider] = append(living, s)
	return s, nil
}

// release reports whether nobody uses the thing any more: then it must be ended.
func (p *pool[T]) release(provider string, s *shared[T]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.users--; s.users > 0 {
		return false
	}
	p.things[provider] = slices.DeleteFunc(p.things[provider], func(o *shared[T]) bool { return o == s })
	if len(p.things[provider]) == 0 {
		delete(p.things, provider)
	}
	return true
}

// of returns the things that serve the provider.
func (p *pool[T]) of(provider string) []T {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []T
	for _, s := range p.things[provider] {
		out = append(out, s.is)
	}
	return out
}
