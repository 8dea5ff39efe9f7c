package keyring_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a ring with a clock to turn, jitter in the middle (10 %), and its events.
type rig struct {
	t *testing.T
	*keyring.Ring

	mu     sync.Mutex
	now    time.Time
	events []keyring.Event
}

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func newRig(t *testing.T, c keyring.Config) *rig {
	t.Helper()
	r := &rig{t: t, now: noon}
	if c.Provider == "" {
		c.Provider = "acme"
	}
	if c.Rand == nil {
		c.Rand = func() float64 { return 0.5 }
	}
	c.Now = r.clock
	c.OnEvent = func(e keyring.Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, e)
	}
	ring, err := keyring.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r.Ring = ring
	return r
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func (r *rig) at(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = t
}

// acquire leases the key of the given label, and fails the test if it is another.
func (r *rig) acquire(label string, want keyring.Want) *keyring.Lease {
	r.t.Helper()
	l, err := r.Acquire(r.t.Context(), want)
	if err != nil {
		r.t.Fatalf("acquire: %v", err)
	}
	if l.Label() != label {
		r.t.Fatalf("leased %q, want %q", l.Label(), label)
	}
	return l
}

// use makes one call with a key and says what came of it.
func (r *rig) use(label string, o keyring.Outcome) {
	r.t.Helper()
	r.acquire(label, keyring.Want{Model: "m"}).Settle(o)
}

// refused returns why no key is to be had for a model.
func (r *rig) refused(want keyring.Want) *keyring.UnavailableError {
	r.t.Helper()
	l, err := r.Acquire(r.t.Context(), want)
	var e *keyring.UnavailableError
	if !errors.As(err, &e) {
		r.t.Fatalf("acquire gave %v, %v; want an UnavailableError", l, err)
	}
	return e
}

// told returns the events since the last call, as "type label scope" and the time until then.
func (r *rig) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var s []string
	for _, e := range r.events {
		text := fmt.Sprintf("%s %s %s", e.Type, e.Label, e.Scope)
		if e.Model != "" {
			text += " " + e.Model
		}
		if !e.Until.IsZero() {
			text += " " + e.Until.Sub(e.At).String()
		}
		s = append(s, text)
	}
	r.events = nil
	return s
}

func (r *rig) stats(label string) keyring.KeyStats {
	r.t.Helper()
	all := r.Stats()
	i := slices.IndexFunc(all, func(s keyring.KeyStats) bool { return s.Label == label })
	if i < 0 {
		r.t.Fatalf("no statistics of %q", label)
	}
	return all[i]
}

// keys returns keys with the given labels and values of their own.
func keys(labels ...string) (ks []keyring.Key) {
	for _, l := range labels {
		ks = append(ks, keyring.Key{Label: l, Value: sdk.NewSecret("secret-of-" + l)})
	}
	return ks
}

var success = keyring.Outcome{Success: true}

func cool(c keyring.Cooldown) keyring.Outcome { return keyring.Outcome{Kind: c.Why, Cool: &c} }
