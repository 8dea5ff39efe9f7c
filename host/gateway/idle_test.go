package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/internal/rows"
)

// keptOpen is a client's connection that is idle most of the time.
type keptOpen struct {
	net.Conn
	in *bufio.Reader
}

// ask makes one request and returns its status.
func (k keptOpen) ask() (int, error) {
	_ = k.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(k, "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "+tokenValue+"\r\n\r\n"); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(k.in, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// Thousands of idle connections cost little and hinder nobody; one too many is refused in words, takes nothing
// from the others, and the next is let in when one has gone.
func TestRow_H3_IdleConnections(t *testing.T) {
	n := rows.Dose(300, 9000)
	r := start(t, setup{tcp: true, config: gateway.Config{Limits: gateway.Limits{Connections: n}}})
	open := func() keptOpen {
		t.Helper()
		c, err := r.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return keptOpen{c, bufio.NewReaderSize(c, 1<<10)}
	}
	before := inUse()
	idle := make([]keptOpen, n)
	for i := range idle {
		idle[i] = open()
		if status, err := idle[i].ask(); status != http.StatusOK || err != nil {
			t.Fatalf("connection %d: %d, %v", i, status, err)
		}
	}
	each := (inUse() - before) / int64(n)
	// What both ends of a connection hold in this one process; 250 MB for 10,000 are 25 KB at the gateway's.
	if each > 50<<10 {
		t.Errorf("%d bytes a connection", each)
	}
	for range 200 {
		if status, err := idle[rand.IntN(n)].ask(); status != http.StatusOK || err != nil {
			t.Fatalf("among the idle: %d, %v", status, err)
		}
	}
	for range 20 {
		c := open()
		text, err := io.ReadAll(c.in)
		if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 503 ") || !strings.Contains(string(text), "gateway_overloaded") {
			t.Fatalf("one too many got %q, %v", text, err)
		}
	}
	if status, err := idle[0].ask(); status != http.StatusOK || err != nil {
		t.Errorf("beside the refused: %d, %v", status, err)
	}
	_ = idle[0].Close()
	if !until(t, func() bool { status, err := open().ask(); return err == nil && status == http.StatusOK }) {
		t.Error("the place of one that left stays taken")
	}
	rows.Report(t, "H3", fmt.Sprintf("%d idle connections, 20 too many", n), "few bytes each; the others served; a clean refusal", func() string {
		return fmt.Sprintf("%d KiB each, both ends", each>>10)
	})
}

// until tries for as long as a slow machine may take.
func until(t *testing.T, try func() bool) bool {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		if try() {
			return true
		}
		<-tick.C
	}
	return false
}

// inUse is the memory that is held, garbage aside.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
