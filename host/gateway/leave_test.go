package gateway_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// ended counts how requests ended.
type ended struct {
	mu    sync.Mutex
	kinds map[sdk.Kind]int
	all   int
	// called got as far as an upstream, estimated are those of them whose usage is a guess, unused has none.
	called, estimated, unused int
}

func (e *ended) Observe(event host.Event) {
	if r, ok := event.(host.RequestEnded); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.kinds == nil {
			e.kinds = map[sdk.Kind]int{}
		}
		e.kinds[r.Kind]++
		e.all++
		if len(r.Trail.Attempts) == 0 {
			return
		}
		e.called++
		switch {
		case r.Info.Usage == nil:
			e.unused++
		case r.Estimated:
			e.estimated++
		}
	}
}

// A client that leaves is noticed at once, whatever its request is waiting for: the upstream is closed, and
// nothing is tried for it any more.
func TestLeaving(t *testing.T) {
	for name, test := range map[string]struct {
		fault  simulator.Fault
		stream bool
		after  time.Duration
	}{
		"unary, at work":         {fault: simulator.Fault{Kind: simulator.FaultHang}, after: 3 * time.Second},
		"stream, before content": {fault: simulator.Fault{Kind: simulator.FaultHang}, stream: true, after: 3 * time.Second},
		"stream, kept alive":     {fault: simulator.Fault{Kind: simulator.FaultHang}, stream: true, after: 12 * time.Second},
		"stream, inside":         {fault: simulator.Fault{Kind: simulator.FaultStall, After: 1}, stream: true, after: 3 * time.Second},
		"between retries":        {fault: simulator.Fault{Kind: simulator.FaultError, Status: 500}, after: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen := &ended{}
				r := start(t, setup{script: script(on("", test.fault)), hostOptions: []host.Option{host.WithObserver(seen)}, change: func(c *host.Config) {
					c.Retry = host.Retry{MaxTries: 1000, Delay: time.Second, Multiplier: 1}
					c.Budget.PerSecond = 1000
				}})
				ctx, leave := context.WithCancel(t.Context())
				q := request{body: ask("first/echo", "hi there")}
				if test.stream {
					q.body = askStream("first/echo", "hi there")
				}
				req := r.new(t, q).WithContext(ctx)
				done := make(chan struct{})
				go func() {
					defer close(done)
					_, _ = r.try(req)
				}()
				time.Sleep(test.after) // the bubble's clock
				calls := r.sim.Ledger().Len()
				leave()
				<-done
				left := time.Now()
				synctest.Wait()
				if took := time.Since(left); took > 5*time.Millisecond {
					t.Errorf("noticed after %v", took)
				}
				if n := len(r.host.Active()); n != 0 {
					t.Errorf("%d requests still at work", n)
				}
				for _, e := range r.sim.Ledger().Entries() {
					if e.Ended.IsZero() || e.Fault != "error" && !e.ClientGone {
						t.Errorf("upstream call %d goes on", e.Seq)
					}
				}
				time.Sleep(time.Minute)
				if n := r.sim.Ledger().Len(); n != calls {
					t.Errorf("%d calls upstream afterwards", n-calls)
				}
				if seen.all != 1 || seen.kinds[sdk.KindCanceled] != 1 {
					t.Errorf("ended as %v", seen.kinds)
				}
			})
		})
	}
}

// Clients that vanish at any point take nothing with them and leave nothing behind.
func TestRow_U20_ClientsVanish(t *testing.T) {
	n := rows.Dose(60, 500)
	synctest.Test(t, func(t *testing.T) {
		seen := &ended{}
		r := start(t, setup{hostOptions: []host.Option{host.WithObserver(seen)}, simulated: func(o *simulator.Options) { o.TokenGap, o.Latency = 20*time.Millisecond, 50*time.Millisecond }})
		chance := rand.New(rand.NewPCG(1, 2))
		var group sync.WaitGroup
		var mu sync.Mutex
		var latest time.Time
		for range n {
			ctx, vanish := context.WithTimeout(t.Context(), time.Duration(chance.IntN(500))*time.Millisecond)
			req := r.new(t, request{body: askStream("first/echo", "one two three four five six seven eight nine ten eleven twelve")}).WithContext(ctx)
			group.Go(func() {
				defer vanish()
				if resp, err := r.client.Do(req); err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				mu.Lock()
				defer mu.Unlock()
				latest = time.Now()
			})
		}
		group.Wait()
		synctest.Wait()
		var slowest time.Duration
		for _, e := range r.sim.Ledger().Entries() {
			if e.Ended.IsZero() {
				t.Errorf("upstream call %d goes on", e.Seq)
			}
			slowest = max(slowest, e.Ended.Sub(latest))
		}
		if slowest > 250*time.Millisecond {
			t.Errorf("upstream closed after %v", slowest)
		}
		totals := r.host.Status().Totals
		if seen.all != int(totals.Requests) || len(r.host.Active()) != 0 || r.Held() != 0 {
			t.Errorf("%d ended of %d, %d active, %d bytes held", seen.all, totals.Requests, len(r.host.Active()), r.Held())
		}
		if a := r.do(t, request{method: http.MethodGet, path: "/v1/models"}); a.status != 200 {
			t.Errorf("afterwards: %s", a)
		}
		if seen.called == 0 || seen.unused > 0 || seen.estimated != seen.kinds[sdk.KindCanceled]-(seen.all-seen.called) {
			t.Errorf("of %d calls %d have no usage, %d an estimated one; ended as %v", seen.called, seen.unused, seen.estimated, seen.kinds)
		}
		rows.Report(t, "U20", fmt.Sprintf("%d clients", n), "upstream sees close within 250 ms; usage of every call recorded, estimated where it was cut off; nothing left", func() string {
			return fmt.Sprintf("%v; %d calls, %d estimated; last upstream call ended %v after the last client", seen.kinds, seen.called, seen.estimated, slowest)
		})
	})
}

// Readers that are slow are waited for, cost little memory, and slow nobody else down; one that reads nothing
// is let go.
func TestRow_U21_SlowReaders(t *testing.T) {
	n := rows.Dose(20, 200)
	synctest.Test(t, func(t *testing.T) {
		seen := &ended{}
		r := start(t, setup{hostOptions: []host.Option{host.WithObserver(seen)}, script: script(on("", simulator.Fault{Kind: simulator.FaultHugeLine, Size: 40 << 10, After: 1}))})
		var group sync.WaitGroup
		for i := range n {
			req := r.new(t, request{body: askStream("first/echo", "one two three")})
			group.Go(func() {
				resp, err := r.client.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				var got int
				for err == nil && i > 0 { // the first reads nothing
					var k int
					k, err = resp.Body.Read(make([]byte, 1<<10))
					got += k
					time.Sleep(time.Second) // the bubble's clock
				}
				if i > 0 && (err != io.EOF || got < 40<<10) {
					t.Errorf("%d bytes, %v", got, err)
				}
				if i == 0 {
					time.Sleep(10 * time.Minute)
				}
			})
		}
		time.Sleep(5 * time.Second)
		began := time.Now()
		if a := r.do(t, request{method: http.MethodGet, path: "/v1/models"}); a.status != 200 || time.Since(began) > 0 {
			t.Errorf("others: %s after %v", a, time.Since(began))
		}
		group.Wait()
		synctest.Wait()
		if seen.kinds[""] != n-1 || seen.kinds[sdk.KindCanceled] != 1 {
			t.Errorf("ended as %v", seen.kinds)
		}
		rows.Report(t, "U21", fmt.Sprintf("%d readers at 1 KB/s, one at 0", n), "served to the end; the one that reads nothing let go; others unhindered", func() string {
			return fmt.Sprint(seen.kinds)
		})
	})
}

// What a slow reader has not read yet is held in the window between plugin and host, and as much again in the
// plugin and what it reads from; the gateway itself adds next to nothing.
func TestRow_U21_HeldForASlowReader(t *testing.T) {
	const most = 64 << 10
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{change: func(c *host.Config) { c.Providers[0].Models[0].Context = 0 }})
		resp, err := r.client.Do(r.new(t, request{body: askStream("first/echo", strings.Repeat("word ", 30_000))}))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		read := 0
		for range 60 {
			n, err := io.ReadFull(resp.Body, make([]byte, 1<<10))
			if err != nil {
				t.Fatal(err)
			}
			read += n
			time.Sleep(time.Second) // the bubble's clock
		}
		held := r.sim.Ledger().Entries()[0].BytesOut - int64(read)
		if held > most {
			t.Errorf("%d bytes are held", held)
		}
		rows.Report(t, "U21", "1 reader at 1 KB/s of a 4 MB stream", "at most 64 KB held", func() string {
			return fmt.Sprintf("%d KiB held", held>>10)
		})
	})
}
