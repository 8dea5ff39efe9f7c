package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk/simulator"
)

// Beyond what it takes, the gateway refuses at once and serves the rest; it is itself again when that is done.
func TestRow_H7_Overload(t *testing.T) {
	const at, waiting = 8, 4
	n := rows.Dose(100, 5000)
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			script: script(on("", simulator.Fault{Kind: simulator.FaultDelay, For: time.Second})),
			config: gateway.Config{Limits: gateway.Limits{Concurrency: at, Queue: waiting}},
		})
		var served, shed, slowest atomic.Int64
		var group sync.WaitGroup
		for range n {
			req := r.new(t, request{body: ask("first/echo", "hi")})
			group.Go(func() {
				began := time.Now()
				a, err := r.try(req)
				switch {
				case err == nil && a.status == 200:
					served.Add(1)
				case err == nil && a.status == 429 && gjson.Get(a.body, "error.code").Str == "gateway_overloaded" && a.header.Get("Retry-After") == "1":
					shed.Add(1)
					slowest.Store(max(slowest.Load(), int64(time.Since(began))))
				default:
					t.Errorf("%v %s", err, a)
				}
			})
		}
		group.Wait()
		if served.Load() != at+waiting || shed.Load() != int64(n-at-waiting) {
			t.Errorf("%d served, %d shed", served.Load(), shed.Load())
		}
		if slowest.Load() > int64(10*time.Millisecond) {
			t.Errorf("shed after %v", time.Duration(slowest.Load()))
		}
		if got := r.sim.Ledger().Len(); got != at+waiting {
			t.Errorf("%d calls upstream", got)
		}
		if a := r.do(t, request{body: ask("first/echo", "hi")}); a.status != 200 {
			t.Errorf("afterwards: %s", a)
		}
		rows.Report(t, "H7", fmt.Sprintf("%d requests at once for %d places and %d waiting", n, at, waiting), "shed within 10 ms, none admitted lost, normal afterwards", func() string {
			return fmt.Sprintf("%d served, %d shed within %v", served.Load(), shed.Load(), time.Duration(slowest.Load()))
		})
	})
}

// Much to do for long. At the full dose the bounds are the default ones.
func TestRow_H7_SustainedOverload(t *testing.T) {
	const reply = `{"id":"1","object":"chat.completion","created":1,"model":"gpt-5.4-mini","choices":[{"index":0,` +
		`"message":{"role":"assistant","content":"Hello there."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}`
	limits, latency := gateway.Limits{Concurrency: 16, Queue: 8}, 100*time.Millisecond
	length, clients, rate := 500*time.Millisecond, 64, 200
	if rows.Full() {
		limits, latency = gateway.Limits{}, 3*time.Second
		length, clients, rate = time.Minute, 4096, 2000
	}
	for _, test := range []struct {
		name    string
		latency time.Duration // the upstream's
		rate    func(capacity float64) int
		refusal time.Duration // the median's bound
		share   float64       // of what it can do, or of what it was asked if that is less
	}{
		{"slow upstream", latency, func(capacity float64) int { return max(int(2*capacity), rate) }, 10 * time.Millisecond, 0.8},
		{"instant upstream", 0, func(float64) int { return rate }, 10 * time.Millisecond, 0.8},
		// Here the refusals, the upstream and the load itself take of the cores that are short, and what all that
		// was let in computes is waited for: it is recorded, and judged only by whether it collapsed.
		{"twice what the cores can do", 0, func(capacity float64) int { return int(2 * capacity) }, 2 * time.Second, 0.3},
	} {
		t.Run(test.name, func(t *testing.T) {
			latency := test.latency
			r := start(t, setup{tcp: true, once: true, config: gateway.Config{Limits: limits}, upstream: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				<-time.After(latency)
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, reply)
			})})
			body := ask("first/echo", "Hello")
			l := load{
				Address: r.address, Clients: 4, For: length / 10,
				Request: fmt.Appendf(nil, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", tokenValue, len(body), body),
			}
			before := r.put(t, l)
			many := l
			many.Clients = r.Places()
			if latency == 0 {
				many.Clients = min(64, r.Places())
			}
			many.For, many.Warm = latency+max(length/10, 2*latency), latency
			capacity := float64(r.put(t, many).OnTime) / (many.For - many.Warm).Seconds()
			over := l
			over.Clients, over.For, over.Warm = clients, length, length/10
			over.Rate = test.rate(capacity)
			during := r.put(t, over)
			goodput := float64(during.OnTime) / (over.For - over.Warm).Seconds()
			<-time.After(time.Duration(rows.Dose(0, 2)) * time.Second)
			after := r.put(t, l)
			if before.Served == 0 || during.Served == 0 || after.Served == 0 || before.Shed+after.Shed > 0 {
				t.Errorf("before %+v, during %+v, after %+v", before, during, after)
			}
			rows.Report(t, "H7", fmt.Sprintf("%d a second for %v: %s", over.Rate, length, test.name), fmt.Sprintf("shed within %v, %.0f %% of what it can do at least, normal after 2 s", test.refusal, 100*test.share), func() string {
				return fmt.Sprintf("goodput %.0f a second, %.0f in turn; served within %v, %d shed within %v; a caller alone waits %v, %v afterwards",
					goodput, capacity, during.ServedWait, during.Shed, during.ShedWait, before.ServedWait, after.ServedWait)
			})
			if !rows.Full() {
				return // too short to be judged by
			}
			if during.ShedWait.P50 > test.refusal {
				t.Errorf("%d shed within %v", during.Shed, during.ShedWait)
			}
			if goodput < test.share*min(capacity, float64(over.Rate)) {
				t.Errorf("goodput %.0f a second of %.0f", goodput, capacity)
			}
			if after.ServedWait.P50 > 10*before.ServedWait.P50 {
				t.Errorf("a caller alone waited %v before, %v after", before.ServedWait, after.ServedWait)
			}
		})
	}
}
