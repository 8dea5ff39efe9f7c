package host_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// One good key behind nineteen dead ones is found by the first request, whatever the bound on retries; each
// dead key is tried at most three times ever, then it is out of use, and that is told.
func TestRow_U7_OneGoodKeyAmongTwenty(t *testing.T) {
	const dead, good = 19, "first-20"
	bodies := map[int]string{
		401: `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","code":"invalid_api_key"}}`,
		402: `{"error":{"message":"Insufficient credits.","code":402}}`,
		403: `{"error":{"message":"Not allowed.","type":"permission_error","code":"forbidden"}}`,
	}
	statusOf := func(n int) int { return 401 + n%3 }
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprintf("stream=%v", stream), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var rules []simulator.Rule
				for n := range dead {
					rules = append(rules, rule(simulator.FaultReply, fmt.Sprintf("first-%d", n+1), func(r *simulator.Rule) {
						r.Fault.Status, r.Fault.Body = statusOf(n), bodies[statusOf(n)]
					}))
				}
				told := &changes{}
				r := start(t, setup{
					keys: []int{dead + 1}, script: script(rules...), observer: told,
					change: func(c *host.Config) { c.Retry.MaxTries = 1 },
				})
				_, trail, err := r.either(t, stream, "hi")
				if err != nil || trail.Key != good || len(trail.Attempts) != dead+1 {
					t.Fatalf("the first request: %v, %s", err, pretty(trail))
				}
				for n, a := range trail.Attempts[:dead] {
					if a.Status != statusOf(n) || a.Waited != 0 || a.Next != "next_key" {
						t.Errorf("attempt %d: %s", n+1, pretty(a))
					}
				}
				// Dead keys of 402 and 403 rest an hour and more; only those of 401 may be asked again.
				more := rows.Dose(30, 1500)
				for range more {
					time.Sleep(2 * time.Second) // the bubble's clock
					if _, trail, err := r.either(t, stream, "hi"); err != nil || trail.Key != good {
						t.Fatalf("a later request: %v, %s", err, pretty(trail))
					}
				}
				synctest.Wait() // an observer may hear of a change after the caller has its answer
				worst := 0
				for n := range dead {
					label := fmt.Sprintf("first-%d", n+1)
					tries := r.sim.Ledger().Count(simulator.ByKey(label))
					worst = max(worst, tries)
					k := r.key(t, "first", label)
					want, out := 1, restOf(k) > 50*time.Minute-time.Duration(more)*2*time.Second
					if statusOf(n) == 401 {
						want, out = 3, k.State == "disabled"
					}
					if tries != want || !out || told.of(label) == 0 {
						t.Errorf("key %s with HTTP %d: tried %d times (want %d), told %d times, %s", label, statusOf(n), tries, want, told.of(label), pretty(k))
					}
				}
				if n := r.sim.Ledger().Count(simulator.ByKey(good)); n != more+1 {
					t.Errorf("%d calls with the good key for %d requests", n, more+1)
				}
				rows.Report(t, "U7", fmt.Sprintf("19 dead keys (401, 402, 403) + 1 good, %d requests, stream=%v, 1 try", more+1, stream),
					"every request succeeds; each dead key tried at most 3 times ever, then disabled or parked, and told", func() string {
						return fmt.Sprintf("first request took %d calls; at most %d calls a dead key, %d in all", len(trail.Attempts), worst, r.sim.Ledger().Len())
					})
			})
		})
	}
}

// More dead keys than a target may rotate through are worn down over a few requests; none is tried a fourth
// time.
func TestRow_U7_MoreDeadKeysThanOneRequestTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const dead = 150
		good := fmt.Sprintf("first-%d", dead+1)
		r := start(t, setup{keys: []int{dead + 1}, script: script(rule(simulator.FaultNone, good, nil), rule(simulator.FaultError, "", func(r *simulator.Rule) {
			r.Fault.Error = simulator.ErrorAuthInvalid
		}))})
		requests := 0
		for {
			requests++
			_, trail, err := r.either(t, false, "hi")
			if err == nil && trail.Key == good {
				break
			}
			if host.KindOf(err) != sdk.KindAuthInvalid || requests > 10 {
				t.Fatalf("request %d: %v", requests, err)
			}
		}
		for n := range dead {
			if tries := r.sim.Ledger().Count(simulator.ByKey(fmt.Sprintf("first-%d", n+1))); tries > 3 {
				t.Errorf("dead key %d was tried %d times", n+1, tries)
			}
		}
		rows.Report(t, "U7", fmt.Sprintf("%d dead keys + 1 good", dead), "no dead key is tried more than 3 times", func() string {
			return fmt.Sprintf("request %d found the good key after %d calls", requests, r.sim.Ledger().Len())
		})
	})
}

// changes counts what an observer is told of keys.
type changes struct {
	mu    sync.Mutex
	byKey map[string]int
}

func (c *changes) Observe(e host.Event) {
	if changed, ok := e.(host.KeyChanged); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.byKey == nil {
			c.byKey = map[string]int{}
		}
		c.byKey[changed.Key]++
	}
}

func (c *changes) of(label string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byKey[label]
}
