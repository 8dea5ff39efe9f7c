// Package storetest holds the tests that every keyring.Store must pass.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

// Run tests the stores that open makes. Each call of open must return an empty one; whatever needs closing
// is open's to register with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) keyring.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, keyring.Store)
	}{
		{"Reserve", testReserve},
		{"Settle", testSettle},
		{"CountersAreApart", testCountersAreApart},
		{"Reset", testReset},
		{"Load", testLoad},
		{"Health", testHealth},
		{"Canceled", testCanceled},
		{"Concurrent", testConcurrent},
		{"History", testHistory},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func today() keyring.Counter {
	return keyring.Counter{Owner: "key:0123456789abcdef", Day: "2026-03-29"}
}

func reserve(t *testing.T, s keyring.Store, id string, c keyring.Counter, limit, n int64) keyring.Grant {
	t.Helper()
	g, err := s.Reserve(t.Context(), keyring.Reservation{ID: id, Counter: c, Limit: limit, N: n})
	if err != nil {
		t.Fatalf("reserve %s: %v", id, err)
	}
	return g
}

func settle(t *testing.T, s keyring.Store, id string, c keyring.Counter, used int64) {
	t.Helper()
	if err := s.Settle(t.Context(), keyring.Settlement{ID: id, Counter: c, Used: used}); err != nil {
		t.Fatalf("settle %s: %v", id, err)
	}
}

func balance(t *testing.T, s keyring.Store, c keyring.Counter) keyring.Balance {
	t.Helper()
	state, err := s.Load(t.Context(), "p", []keyring.Counter{c})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return state.Balances[c]
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func testReserve(t *testing.T, s keyring.Store) {
	same(t, "all there is room for", reserve(t, s, "a", today(), 10, 6), keyring.Grant{N: 6, Balance: keyring.Balance{Leased: 6}})
	same(t, "the same lease again", reserve(t, s, "a", today(), 10, 6), keyring.Grant{N: 6, Balance: keyring.Balance{Leased: 6}})
	same(t, "what remains", reserve(t, s, "b", today(), 10, 6), keyring.Grant{N: 4, Balance: keyring.Balance{Leased: 10}})
	same(t, "nothing left", reserve(t, s, "c", today(), 10, 1), keyring.Grant{Balance: keyring.Balance{Leased: 10}})
	same(t, "a lower limit", reserve(t, s, "d", today(), 5, 1), keyring.Grant{Balance: keyring.Balance{Leased: 10}})
	same(t, "a higher limit", reserve(t, s, "e", today(), 12, 6), keyring.Grant{N: 2, Balance: keyring.Balance{Leased: 12}})
	same(t, "no limit", reserve(t, s, "f", today(), 0, 100), keyring.Grant{N: 100, Balance: keyring.Balance{Leased: 112}})
}

func testSettle(t *testing.T, s keyring.Store) {
	reserve(t, s, "a", today(), 10, 6)
	settle(t, s, "a", today(), 4)
	same(t, "used units count, the rest is back", balance(t, s, today()), keyring.Balance{Used: 4})
	settle(t, s, "a", today(), 6)
	settle(t, s, "never granted", today(), 3)
	settle(t, s, "a", keyring.Counter{Owner: "key:unheard-of", Day: "2026-03-29"}, 3)
	same(t, "settling again changes nothing", balance(t, s, today()), keyring.Balance{Used: 4})
	same(t, "what came back is granted", reserve(t, s, "b", today(), 10, 16).N, 6)
	settle(t, s, "b", today(), 99)
	same(t, "more than was leased cannot be used", balance(t, s, today()), keyring.Balance{Used: 10})
}

func testCountersAreApart(t *testing.T, s keyring.Store) {
	tomorrow := keyring.Counter{Owner: today().Owner, Day: "2026-03-30"}
	other := keyring.Counter{Owner: "account:acme", Day: today().Day}
	reserve(t, s, "a", today(), 5, 5)
	same(t, "another day", reserve(t, s, "b", tomorrow, 5, 5).N, 5)
	same(t, "another owner", reserve(t, s, "c", other, 5, 5).N, 5)
	settle(t, s, "a", today(), 3)
	settle(t, s, "b", tomorrow, 2)
	same(t, "a lease is settled on its own day", balance(t, s, today()), keyring.Balance{Used: 3})
	same(t, "the day after", balance(t, s, tomorrow), keyring.Balance{Used: 2})
	same(t, "the other owner", balance(t, s, other), keyring.Balance{Leased: 5})
	same(t, "yesterday is not reopened", reserve(t, s, "d", today(), 5, 5).N, 2)
}

func testReset(t *testing.T, s keyring.Store) {
	other := keyring.Counter{Owner: "account:acme", Day: today().Day}
	reserve(t, s, "a", today(), 5, 3)
	settle(t, s, "a", today(), 3)
	reserve(t, s, "b", today(), 5, 2)
	reserve(t, s, "c", other, 5, 2)
	if err := s.Reset(t.Context(), []keyring.Counter{today(), {Owner: "key:unheard-of", Day: today().Day}}); err != nil {
		t.Fatal(err)
	}
	same(t, "nothing used", balance(t, s, today()), keyring.Balance{})
	settle(t, s, "b", today(), 2)
	same(t, "leases from before are forgotten", balance(t, s, today()), keyring.Balance{})
	same(t, "others are left alone", balance(t, s, other), keyring.Balance{Leased: 2})
	same(t, "the whole limit is there", reserve(t, s, "d", today(), 5, 9).N, 5)
}

func testLoad(t *testing.T, s keyring.Store) {
	state, err := s.Load(t.Context(), "nobody", nil)
	if err != nil || len(state.Balances)+len(state.Health.Keys)+len(state.Health.Rests) > 0 {
		t.Errorf("an empty store holds %+v, %v", state, err)
	}
	other := keyring.Counter{Owner: "account:acme", Day: today().Day}
	reserve(t, s, "a", today(), 5, 3)
	reserve(t, s, "b", other, 5, 1)
	state, err = s.Load(t.Context(), "p", []keyring.Counter{today(), {Owner: "key:unheard-of", Day: today().Day}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "only what was asked for", state.Balances, map[keyring.Counter]keyring.Balance{today(): {Leased: 3}})
}

func testHealth(t *testing.T, s keyring.Store) {
	until := time.Date(2026, 3, 29, 12, 0, 0, int(7*time.Millisecond), time.UTC)
	rests := []keyring.Rest{
		{Scope: sdk.ScopeAccountModel, Owner: "account:acme", Model: "openai/gpt-oss-120b", Limit: keyring.Span{Until: until, Why: sdk.KindRateDay, Parked: true}},
		{Scope: sdk.ScopeAccountModel, Owner: "account:acme", Model: "m", Limit: keyring.Span{Until: until, Why: sdk.KindNoCredit, Parked: true, Doublings: 3}},
		{Scope: sdk.ScopeKey, Owner: "key:a", Limit: keyring.Span{Until: until, Why: sdk.KindRateMinute}, Failure: keyring.Span{Until: until.Add(time.Hour), Why: sdk.KindNetwork}},
		{Scope: sdk.ScopeModel, Model: "m", Failure: keyring.Span{Until: until, Why: sdk.KindOverloaded}},
		{Scope: sdk.ScopeProvider, Failure: keyring.Span{Until: until, Why: sdk.KindServerError}},
	}
	keys := []keyring.KeyHealth{{Fingerprint: "a", AuthErrors: 2}, {Fingerprint: "b", Disabled: true, Why: "3 authentication errors in a row", AuthErrors: 3}}
	save(t, s, keyring.Health{Provider: "p", Keys: keys, Rests: rests})
	save(t, s, keyring.Health{Provider: "q", Keys: []keyring.KeyHealth{{Fingerprint: "a", AuthErrors: 1}}})
	same(t, "what was saved", health(t, s, "p"), keyring.Health{Provider: "p", Keys: keys, Rests: rests})

	keys[1] = keyring.KeyHealth{Fingerprint: "b"}
	rests[0].Limit.Until = until.Add(-time.Hour)
	save(t, s, keyring.Health{Provider: "p", Keys: keys[1:], Rests: append([]keyring.Rest{{Scope: sdk.ScopeModel, Model: "m"}}, rests[0])})
	rests = slices.Delete(rests, 3, 4)
	same(t, "parts replaced, shortened and cleared, the others kept", health(t, s, "p"), keyring.Health{Provider: "p", Keys: keys, Rests: rests})
	same(t, "another provider", health(t, s, "q").Keys, []keyring.KeyHealth{{Fingerprint: "a", AuthErrors: 1}})
}

func save(t *testing.T, s keyring.Store, h keyring.Health) {
	t.Helper()
	if err := s.Save(t.Context(), h); err != nil {
		t.Fatalf("save: %v", err)
	}
}

// health returns a provider's saved health in a fixed order, without what is empty.
func health(t *testing.T, s keyring.Store, provider string) keyring.Health {
	t.Helper()
	state, err := s.Load(t.Context(), provider, nil)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	h := state.Health
	h.Rests = slices.DeleteFunc(h.Rests, func(r keyring.Rest) bool { return r.Limit.Until.IsZero() && r.Failure.Until.IsZero() })
	slices.SortFunc(h.Keys, func(a, b keyring.KeyHealth) int { return strings.Compare(a.Fingerprint, b.Fingerprint) })
	order := []sdk.Scope{sdk.ScopeAccountModel, sdk.ScopeKey, sdk.ScopeModel, sdk.ScopeProvider}
	slices.SortFunc(h.Rests, func(a, b keyring.Rest) int {
		if a.Scope != b.Scope {
			return slices.Index(order, a.Scope) - slices.Index(order, b.Scope)
		}
		return strings.Compare(b.Model, a.Model)
	})
	return h
}

// testCanceled: a store that never waits may go on, any other refuses and does nothing.
func testCanceled(t *testing.T, s keyring.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g, reserveErr := s.Reserve(ctx, keyring.Reservation{ID: "a", Counter: today(), Limit: 5, N: 2})
	_, loadErr := s.Load(ctx, "p", nil)
	for what, err := range map[string]error{
		"Reserve": reserveErr,
		"Load":    loadErr,
		"Settle":  s.Settle(ctx, keyring.Settlement{ID: "b", Counter: today()}),
		"Save":    s.Save(ctx, keyring.Health{Provider: "p"}),
	} {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", what, err)
		}
	}
	same(t, "what was granted is leased, and nothing else", balance(t, s, today()), keyring.Balance{Leased: g.N})
}

// testConcurrent has many callers take one limit apart: every unit is granted once.
func testConcurrent(t *testing.T, s keyring.Store) {
	const callers, limit = 16, 500
	var used, leases atomic.Int64
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d/%d", c, i)
				g, err := s.Reserve(t.Context(), keyring.Reservation{ID: id, Counter: today(), Limit: limit, N: 1 + int64(c%4)})
				if err != nil {
					t.Errorf("reserve: %v", err)
					return
				}
				if g.N == 0 && g.Balance.Used >= limit {
					return
				}
				if g.N == 0 {
					continue // others hold the rest and may give some back
				}
				n := g.N
				if leases.Add(1)%3 == 0 {
					n--
				}
				used.Add(n)
				if err := s.Settle(t.Context(), keyring.Settlement{ID: id, Counter: today(), Used: n}); err != nil {
					t.Errorf("settle: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	same(t, "units used", used.Load(), limit)
	same(t, "balance", balance(t, s, today()), keyring.Balance{Used: limit})
}

// testHistory compares a long random history with a model of it.
func testHistory(t *testing.T, s keyring.Store) {
	type lease struct {
		counter keyring.Counter
		n       int64
	}
	counters := []keyring.Counter{today(), {Owner: today().Owner, Day: "2026-03-30"}, {Owner: "account:acme", Day: today().Day}}
	limits := map[keyring.Counter]int64{counters[0]: 40, counters[1]: 7, counters[2]: 0}
	want := make(map[keyring.Counter]keyring.Balance)
	open := make(map[string]lease)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		c := counters[rnd.IntN(len(counters))]
		b := want[c]
		switch op := rnd.IntN(20); {
		case op == 0:
			if err := s.Reset(t.Context(), []keyring.Counter{c}); err != nil {
				t.Fatal(err)
			}
			for id, l := range open {
				if l.counter == c {
					delete(open, id)
				}
			}
			b = keyring.Balance{}
		case op < 10:
			id, n := fmt.Sprint("h", i), 1+rnd.Int64N(5)
			if limits[c] > 0 {
				n = min(n, limits[c]-b.Used-b.Leased)
			}
			got := reserve(t, s, id, c, limits[c], max(n, 1))
			b.Leased += n
			same(t, id, got, keyring.Grant{N: n, Balance: b})
			if n > 0 {
				open[id] = lease{c, n}
			}
		default:
			ids := make([]string, 0, len(open))
			for id, l := range open {
				if l.counter == c {
					ids = append(ids, id)
				}
			}
			if len(ids) == 0 {
				continue
			}
			slices.Sort(ids)
			id := ids[rnd.IntN(len(ids))]
			n := open[id].n
			used := rnd.Int64N(n + 1)
			settle(t, s, id, c, used)
			delete(open, id)
			b.Used, b.Leased = b.Used+used, b.Leased-n
		}
		want[c] = b
	}
	for c, b := range want {
		same(t, c.Owner+" "+c.Day, balance(t, s, c), b)
	}
}
