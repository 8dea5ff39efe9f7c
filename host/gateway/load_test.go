package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is requests for a gateway. They come from a process of their own: a client that waits for the cores
// its gateway computes on would measure itself.
type load struct {
	Address string
	Request []byte
	// Clients is how many connections there are, each with one request at a time.
	Clients int
	// Rate is how many requests begin in a second, whether or not others have ended; 0 is as fast as answers
	// come.
	Rate int
	// For is how long requests begin; Warm, how much of that does not count.
	For, Warm time.Duration
}

// outcome is what came of a load after Warm; OnTime are those served before For was over. Waits are from a
// request's first byte to its answer's last.
type outcome struct {
	Served, OnTime, Shed int
	ServedWait, ShedWait percentiles
	// Failed are those that got neither a reply nor a refusal, at any time, and Failure one of them.
	Failed  int
	Failure string
}

type percentiles struct{ P50, P90, P99 time.Duration }

func (p percentiles) String() string {
	ms := func(d time.Duration) string { return strconv.FormatFloat(float64(d)/1e6, 'f', 1, 64) }
	return ms(p.P50) + "/" + ms(p.P90) + "/" + ms(p.P99) + " ms"
}

// loadVariable makes a process of the tests' program a load.
const loadVariable = "AIO_GATEWAY_LOAD"

// put has another process put l on the gateway.
func (r *rig) put(t *testing.T, l load) outcome {
	t.Helper()
	spec, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), loadVariable+"="+string(spec), "GORACE=atexit_sleep_ms=0") // a second else
	cmd.Stderr = os.Stderr
	told, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var o outcome
	if err := json.Unmarshal(told, &o); err != nil {
		t.Fatalf("%v in %s", err, told)
	}
	if o.Failed > 0 {
		t.Errorf("%d requests failed: %s", o.Failed, o.Failure)
	}
	return o
}

// loading is the load's process.
func loading(ctx context.Context, spec string) int {
	var l load
	err := json.Unmarshal([]byte(spec), &l)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(l.send(ctx))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// send dials everything first: the load is requests, not connections.
func (l load) send(ctx context.Context) outcome {
	clients := make([]*loader, l.Clients)
	var group sync.WaitGroup
	for i := range clients {
		clients[i] = &loader{load: l}
		group.Go(func() { clients[i].dial(ctx) })
	}
	group.Wait()
	began := time.Now()
	var next atomic.Int64
	for _, c := range clients {
		group.Go(func() { c.run(began, &next) })
	}
	group.Wait()
	var o outcome
	var served, shed []time.Duration
	for _, c := range clients {
		served, shed = append(served, c.served...), append(shed, c.shed...)
		o.OnTime += c.onTime
		if c.err != nil {
			o.Failed, o.Failure = o.Failed+1, c.err.Error()
		}
	}
	o.Served, o.ServedWait = len(served), summary(served)
	o.Shed, o.ShedWait = len(shed), summary(shed)
	return o
}

func summary(waits []time.Duration) percentiles {
	if len(waits) == 0 {
		return percentiles{}
	}
	slices.Sort(waits)
	at := func(percent int) time.Duration { return waits[(len(waits)-1)*percent/100] }
	return percentiles{at(50), at(90), at(99)}
}

// loader is one client of a load; its first error ends it.
type loader struct {
	load
	conn         net.Conn
	in           *bufio.Reader
	served, shed []time.Duration
	onTime       int
	err          error
}

func (c *loader) dial(ctx context.Context) {
	if c.conn, c.err = (&net.Dialer{Timeout: time.Minute}).DialContext(ctx, "tcp", c.Address); c.err == nil {
		c.in = bufio.NewReader(c.conn)
	}
}

func (c *loader) run(began time.Time, next *atomic.Int64) {
	if c.err != nil {
		return
	}
	defer c.conn.Close()
	c.err = c.conn.SetDeadline(began.Add(c.For + time.Minute))
	turn := time.NewTimer(0)
	defer turn.Stop()
	for c.err == nil {
		due := time.Since(began)
		if c.Rate > 0 {
			due = time.Duration(next.Add(1)) * time.Second / time.Duration(c.Rate)
		}
		if due >= c.For {
			return
		}
		turn.Reset(time.Until(began.Add(due)))
		<-turn.C
		c.err = c.request(began)
	}
}

func (c *loader) request(began time.Time) error {
	asked := time.Now()
	if _, err := c.conn.Write(c.Request); err != nil {
		return err
	}
	status, body, err := c.read()
	if err != nil {
		return err
	}
	shed := status == 429 && bytes.Contains(body, []byte(`"gateway_overloaded"`))
	if status != 200 && !shed {
		return fmt.Errorf("%d %s", status, body)
	}
	wait, at := time.Since(asked), time.Since(began)
	switch {
	case at < c.Warm:
	case shed:
		c.shed = append(c.shed, wait)
	default:
		c.served = append(c.served, wait)
		if at < c.For {
			c.onTime++
		}
	}
	return nil
}

// read is an HTTP client as cheap as can be: what it takes is not there for the gateway.
func (c *loader) read() (status int, body []byte, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil || len(line) < len("HTTP/1.1 200") {
		return 0, nil, fmt.Errorf("an answer that begins with %q: %w", line, err)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	length := -1
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, nil, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(n)); err != nil {
				return 0, nil, err
			}
		}
	}
	if length < 0 {
		return 0, nil, errors.New("an answer that does not announce its length")
	}
	if body, err = c.in.Peek(length); err != nil {
		return 0, nil, err
	}
	_, err = io.CopyN(io.Discard, c.in, int64(length))
	return status, body, err
}
