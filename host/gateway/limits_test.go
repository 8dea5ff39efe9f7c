package gateway_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk/simulator"
)

// endless is the beginning of a JSON text without an end.
type endless struct {
	begun bool
	left  int64 // -1 is without end
	read  atomic.Int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if e.left > 0 {
		p = p[:min(int64(len(p)), e.left)]
		e.left -= int64(len(p))
	}
	for i := range p {
		p[i] = 'a'
	}
	if !e.begun {
		e.begun = true
		copy(p, `{"model":"auto","x":"`)
	}
	e.read.Add(int64(len(p)))
	return len(p), nil
}

// A body beyond the limit is refused at the limit: before its first byte if it announces its length.
func TestRow_H1_EndlessBodies(t *testing.T) {
	const limit = 8 << 20
	r := start(t, setup{tcp: true, config: gateway.Config{Limits: gateway.Limits{UnsizedBody: limit}}})
	for name, test := range map[string]struct{ length, most int64 }{
		// Beyond the limit 64 MiB are read over, and some lie in the sockets' buffers.
		"1 GB, announced":      {1 << 30, 96 << 20},
		"33 MiB, announced":    {33 << 20, 33 << 20},
		"endless, unannounced": {-1, limit + 96<<20},
	} {
		t.Run(name, func(t *testing.T) {
			before := resident(t)
			body := &endless{left: test.length}
			req := r.new(t, request{})
			req.Body, req.ContentLength = io.NopCloser(body), test.length
			a, err := r.try(req)
			if err != nil || a.status != 413 || gjson.Get(a.body, "error.code").Str != "body_too_large" {
				t.Errorf("%v %s", err, a)
			}
			if n := body.read.Load(); n > test.most {
				t.Errorf("%d bytes were taken", n)
			}
			rows.Report(t, "H1", name, "413 at the limit, resident +25 MB at most", func() string {
				return fmt.Sprintf("%d KiB taken, resident %+d KiB", body.read.Load()>>10, (resident(t)-before)>>10)
			})
		})
	}
	eventually(t, "bodies held", func() bool { return r.Held() == 0 })
}

// A client that is still sending can read why it is refused, if it looks.
func TestRefusalOfABodyUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{config: gateway.Config{Limits: gateway.Limits{UnsizedBody: 1 << 20}}})
		conn, err := r.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			_, _ = fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\n", tokenValue)
			for {
				if _, err := fmt.Fprintf(conn, "10000\r\n%s\r\n", strings.Repeat(" ", 0x10000)); err != nil {
					return
				}
			}
		}()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge || !resp.Close {
			t.Errorf("%d, close %v", resp.StatusCode, resp.Close)
		}
	})
}

// Who sends a byte now and then is shown out: at its headers after 10 s, at its body after 30 s.
func TestRow_H2_SlowSenders(t *testing.T) {
	n := rows.Dose(50, 5000)
	for name, test := range map[string]struct {
		head  string
		every time.Duration
		most  time.Duration
	}{
		"headers, 1 B/s":       {"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-A: ", time.Second, 10 * time.Second},
		"announced, 10 B/s":    {"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + tokenValue + "\r\nContent-Length: 100000\r\n\r\n{", time.Second / 10, 30 * time.Second},
		"chunked, 10 B/s":      {"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + tokenValue + "\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n{", time.Second / 10, 30 * time.Second},
		"no token, 10 B/s":     {"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{", time.Second / 10, 2 * time.Second},
		"no token, long, none": {"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n", 0, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t, setup{})
				var longest atomic.Int64
				var group sync.WaitGroup
				began := time.Now()
				for range n {
					group.Go(func() {
						lasted := trickle(t, r, test.head, test.every)
						for old := longest.Load(); old < int64(lasted) && !longest.CompareAndSwap(old, int64(lasted)); old = longest.Load() {
						}
					})
				}
				if a := r.do(t, request{body: ask("first/echo", "hi")}); a.status != 200 || time.Since(began) > time.Second {
					t.Errorf("others: %s after %v", a, time.Since(began))
				}
				group.Wait()
				if got := time.Duration(longest.Load()); got > test.most {
					t.Errorf("closed after %v, want %v", got, test.most)
				}
				if r.Held() != 0 {
					t.Errorf("%d bytes of bodies held", r.Held())
				}
				rows.Report(t, "H2", fmt.Sprintf("%d connections: %s", n, name), "closed within "+test.most.String()+"; others served meanwhile", func() string {
					return "closed after " + time.Duration(longest.Load()).String()
				})
			})
		})
	}
}

// trickle sends head and then a byte at a time, and returns how long that went.
func trickle(t *testing.T, r *rig, head string, every time.Duration) time.Duration {
	conn, err := r.dial(t.Context())
	if err != nil {
		t.Error(err)
		return 0
	}
	defer conn.Close()
	began := time.Now()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, conn)
	}()
	if _, err := io.WriteString(conn, head); err != nil {
		return time.Since(began)
	}
	for {
		tick := time.After(cmp.Or(every, time.Hour))
		select {
		case <-gone:
			return time.Since(began)
		case <-tick:
			if _, err := io.WriteString(conn, "a"); err != nil {
				<-gone
				return time.Since(began)
			}
		}
	}
}

// A body that comes steadily has time beyond the first 30 s.
func TestSteadyBodiesPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{change: func(c *host.Config) { c.Providers[0].Models[0].Context = 0 }})
		in, out := io.Pipe()
		text := ask("first/echo", strings.Repeat("a ", 2<<20)) // 4 MiB in 80 s
		go func() {
			for piece := 0; piece < len(text); piece += 1 << 18 {
				time.Sleep(5 * time.Second) // the bubble's clock
				_, _ = out.Write([]byte(text[piece:min(piece+1<<18, len(text))]))
			}
			out.Close()
		}()
		req := r.new(t, request{})
		req.Body, req.ContentLength = in, int64(len(text))
		if a, err := r.try(req); err != nil || a.status != 200 {
			t.Errorf("%v %d", err, a.status)
		}
	})
}

// Who waits too long, or leaves, gives up its turn to the next.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			script: script(on("", simulator.Fault{Kind: simulator.FaultDelay, For: 8 * time.Second})),
			config: gateway.Config{Limits: gateway.Limits{Concurrency: 1, Queue: 2, QueueWait: 10 * time.Second}},
		})
		type result struct {
			status int
			after  time.Duration
		}
		began := time.Now()
		send := func(ctx context.Context) chan result {
			out := make(chan result, 1)
			req := r.new(t, request{body: ask("first/echo", "hi")}).WithContext(ctx)
			go func() {
				a, _ := r.try(req)
				out <- result{a.status, time.Since(began)}
			}()
			synctest.Wait()
			return out
		}
		leaving, leave := context.WithCancel(t.Context())
		first, gone, late := send(t.Context()), send(leaving), send(t.Context())
		leave()
		synctest.Wait()
		later := send(t.Context())
		for name, test := range map[string]struct {
			got  chan result
			want result
		}{
			"at work": {first, result{200, 8 * time.Second}}, "left": {gone, result{0, 0}},
			"waited": {late, result{200, 16 * time.Second}}, "waited too long": {later, result{429, 10 * time.Second}},
		} {
			if got := <-test.got; got != test.want {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
		if a := r.do(t, request{body: ask("first/echo", "hi")}); a.status != 200 {
			t.Errorf("afterwards: %s", a)
		}
	})
}

func TestBodiesShareTheirMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{
			config: gateway.Config{Limits: gateway.Limits{Bodies: 3 << 20}},
			change: func(c *host.Config) { c.Providers[0].Models[0].Context = 0 },
		})
		in, out := io.Pipe()
		first := r.new(t, request{})
		first.Body, first.ContentLength = in, 2<<20
		done := make(chan error, 1)
		go func() {
			_, err := r.try(first)
			done <- err
		}()
		_, _ = out.Write(bytes.Repeat([]byte{' '}, 2<<20-100))
		synctest.Wait()
		big := ask("first/echo", strings.Repeat("a", 2<<20))
		if a := r.do(t, request{body: big}); a.status != 429 {
			t.Errorf("%d bytes held, and %d more: %s", r.Held(), len(big), a)
		}
		if a := r.do(t, request{body: ask("first/echo", "hi")}); a.status != 200 {
			t.Errorf("a small one: %s", a)
		}
		out.CloseWithError(errors.New("gone"))
		<-done
		synctest.Wait()
		if a := r.do(t, request{body: big}); a.status != 200 || r.Held() != 0 {
			t.Errorf("afterwards, %d bytes held: %s", r.Held(), a)
		}
	})
}

func TestConnectionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{config: gateway.Config{Limits: gateway.Limits{Connections: 2}}})
		var open []net.Conn
		for range 2 {
			conn, err := r.dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, conn)
		}
		synctest.Wait()
		conn, err := r.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusServiceUnavailable || gjson.GetBytes(body, "error.code").Str != "gateway_overloaded" {
			t.Errorf("%v %d %s", err, resp.StatusCode, body)
		}
		conn.Close()
		open[0].Close()
		synctest.Wait()
		if a := r.do(t, request{method: "GET", path: "/v1/models"}); a.status != 200 {
			t.Errorf("%s", a)
		}
		open[1].Close()
	})
}

// resident is the process's memory in bytes; 0 where it cannot be read.
func resident(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	if m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		n, err := strconv.ParseInt(string(m[1]), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n << 10
	}
	return 0
}

// eventually waits for what happens after an answer was read.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 30 s", what)
		}
		time.Sleep(time.Millisecond) // nothing to wait on tells of it
	}
}
