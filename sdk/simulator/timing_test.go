package simulator

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// In these tests the bubble's clock moves only while everybody waits, so
// elapsed times are exact.

func TestDelaysAreExact(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		options Options
		faults  []Fault
		stream  bool
		head    time.Duration // until the headers are there
		total   time.Duration
	}{
		"latency":           {options: Options{Latency: time.Second}, head: time.Second, total: time.Second},
		"delay on top":      {options: Options{Latency: time.Second}, faults: []Fault{{Kind: FaultDelay, For: 2 * time.Second}}, head: 3 * time.Second, total: 3 * time.Second},
		"slow first byte":   {faults: []Fault{{Kind: FaultSlowFirstByte, For: time.Minute}}, head: 0, total: time.Minute},
		"gaps between four": {options: Options{TokenGap: time.Second}, stream: true, head: 0, total: 3 * time.Second},
		"pause":             {faults: []Fault{{Kind: FaultPause, After: 2, For: 5 * time.Second}}, stream: true, head: 0, total: 5 * time.Second},
		"pause, unary":      {faults: []Fault{{Kind: FaultPause, After: 1, For: 5 * time.Second}}, head: 0, total: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, f := range tc.faults {
					tc.options.Script.Rules = append(tc.options.Script.Rules, Rule{Fault: f})
				}
				r := newRig(t, tc.options)
				start := time.Now()
				resp, err := r.client.Do(request(t, http.MethodPost, r.server.BaseURL(OpenAI)+"/chat/completions", "secret-a", chatBody("gpt-5.4-mini", "one two three", tc.stream)))
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				head := time.Since(start)
				if _, err := io.Copy(io.Discard, resp.Body); err != nil {
					t.Fatal(err)
				}
				if total := time.Since(start); head != tc.head || total != tc.total {
					t.Errorf("headers after %v, end after %v, want %v and %v", head, total, tc.head, tc.total)
				}
			})
		})
	}
}

func TestDrip(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := scripted(t, Fault{Kind: FaultDrip, For: time.Second}, Fault{Kind: FaultReply, Body: "abcde"})
		start := time.Now()
		if h := r.chat(OpenAI, "hi", false); h.body != "abcde" || time.Since(start) != 4*time.Second {
			t.Errorf("%q after %v", h.body, time.Since(start))
		}
	})
}

// TestClientLeaves: whatever the simulator waits for, a client that leaves is
// noticed at once.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault Fault
		gap   time.Duration
		phase Phase
	}{
		"hang":             {Fault{Kind: FaultHang}, 0, Received},
		"delay":            {Fault{Kind: FaultDelay, For: time.Hour}, 0, Received},
		"slow first byte":  {Fault{Kind: FaultSlowFirstByte, For: time.Hour}, 0, Headers},
		"stall":            {Fault{Kind: FaultStall, After: 2}, 0, Body},
		"stall, commented": {Fault{Kind: FaultStall, After: 2, Every: time.Second}, 0, Body},
		"drip":             {Fault{Kind: FaultDrip, For: time.Minute}, 0, FirstByte},
		"token gap":        {Fault{Kind: FaultNone}, time.Hour, Body},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, Options{TokenGap: tc.gap, Script: Script{Rules: []Rule{{Fault: tc.fault}}}})
				ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
				defer cancel()
				req := request(t, http.MethodPost, r.server.BaseURL(OpenAI)+"/chat/completions", "secret-a", chatBody("gpt-5.4-mini", "one two three", true))
				h := hear(r.client, req.WithContext(ctx))
				if !errors.Is(h.err, context.DeadlineExceeded) {
					t.Fatalf("got %v", h.err)
				}
				synctest.Wait()
				e := r.sim.Ledger().Entries()[0]
				if !e.ClientGone || e.Phase != tc.phase || e.Ended.Sub(e.Started) != 90*time.Second {
					t.Errorf("ledger says gone %v, phase %v, after %v", e.ClientGone, e.Phase, e.Ended.Sub(e.Started))
				}
			})
		})
	}
}

func TestHangAndStallCanBeBounded(t *testing.T) {
	t.Parallel()
	for _, f := range []Fault{{Kind: FaultHang, For: time.Minute}, {Kind: FaultStall, After: 1, For: time.Minute}} {
		t.Run(string(f.Kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := scripted(t, f)
				start := time.Now()
				h := r.chat(OpenAI, "hi", true)
				if !errors.Is(h.err, io.EOF) && !errors.Is(h.err, io.ErrUnexpectedEOF) || time.Since(start) != time.Minute {
					t.Errorf("%v after %v", h.err, time.Since(start))
				}
				if e := r.last(1); e.ClientGone || e.Phase == Done {
					t.Errorf("ledger says %+v", e)
				}
			})
		})
	}
}

func TestCommentsDuringAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := scripted(t, Fault{Kind: FaultPause, After: 1, For: 10 * time.Second, Every: 3 * time.Second})
		h := r.chat(OpenAI, "hi", true)
		if n := strings.Count(h.body, ": keep-alive"); n != 3 || said(h.body) != "echo: hi" {
			t.Errorf("%d comments in %q", n, h.body)
		}
	})
}

// TestFirstTokenIsNotHeldBack: a chunk is on its way before the next is due.
func TestFirstTokenIsNotHeldBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{TokenGap: time.Hour})
		start := time.Now()
		resp, err := r.client.Do(request(t, http.MethodPost, r.server.BaseURL(OpenAI)+"/chat/completions", "secret-a", chatBody("gpt-5.4-mini", "hi", true)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() && !strings.Contains(lines.Text(), "echo:") {
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("first token after %v", waited)
		}
	})
}

// TestCloseEndsEverything: closing the server ends hanging exchanges, and does
// not blame the client.
func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	r := scripted(t, Fault{Kind: FaultHang})
	server, err := r.sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	answers := make(chan heard)
	for range 3 {
		go func() {
			answers <- hear(client, request(t, http.MethodPost, server.BaseURL(OpenAI)+"/chat/completions", "secret-a", "{}"))
		}()
	}
	if _, err := r.sim.Ledger().Wait(patience(t), 3, nil); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if n := r.sim.Ledger().Count(And(Ended(), func(e Entry) bool { return !e.ClientGone })); n != 3 {
		t.Errorf("%d of 3 ended without the client having left", n)
	}
	for range 3 {
		if h := <-answers; h.err == nil {
			t.Errorf("got %d", h.status)
		}
	}
}
