package gateway_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aio-llm/aio/sdk/simulator"
)

// TestWaitsAreRoundedUp: a client that waits as long as it is told must not come too early.
func TestWaitsAreRoundedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := simulator.Fault{
			Kind: simulator.FaultError, Error: simulator.ErrorRateMinute, Wait: 2 * time.Second, Hints: []string{simulator.HintRetryAfter},
		}
		r := start(t, setup{script: script(on("", limited))})
		refused := func(calls int) time.Duration {
			t.Helper()
			a := r.do(t, request{body: ask("first/echo", "hi")})
			wait, err := strconv.Atoi(a.header.Get("Retry-After-Ms"))
			if n := r.sim.Ledger().Len(); err != nil || a.status != 429 || n != calls {
				t.Fatalf("%v, %d calls, want %d: %s", err, n, calls, a)
			}
			return time.Duration(wait) * time.Millisecond
		}
		<-time.After(refused(1))
		refused(2)
		<-time.After(600 * time.Microsecond)
		<-time.After(refused(2))
		refused(3)
	})
}
