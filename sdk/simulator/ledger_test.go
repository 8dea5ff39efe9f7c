package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLedgerUnderConcurrency(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	const clients, each = 16, 25
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				key := []string{"secret-a", "secret-b"}[c%2]
				h := hear(r.client, request(t, http.MethodPost, r.server.BaseURL(OpenAI)+"/chat/completions", key, chatBody("gpt-5.4-mini", "hi", i%2 == 0)))
				if h.err != nil || h.status != 200 {
					t.Errorf("%d, %v", h.status, h.err)
				}
			}
		})
	}
	all, err := r.sim.Ledger().Wait(patience(t), clients*each, Ended())
	if err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	for i, e := range all {
		if e.Seq != int64(i+1) || e.Phase != Done || e.ConnID == 0 {
			t.Fatalf("entry %d is %+v", i, e)
		}
	}
	for _, label := range []string{"a", "b"} {
		if n := r.sim.Ledger().Count(ByKey(label)); n != clients*each/2 {
			t.Errorf("key %s: %d requests", label, n)
		}
	}
}

// TestSeenMeansDone: who has read a reply to its end finds it done in the
// ledger, without waiting.
func TestSeenMeansDone(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for i := range 200 {
		r.chat(OpenRouter, "hi", i%2 == 0)
		if e := r.sim.Ledger().Entries()[i]; e.Phase != Done || e.Ended.IsZero() {
			t.Fatalf("entry %d is %+v", i, e)
		}
	}
}

func TestLedgerKnowsWhatArrived(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{KeepBodies: true, Keys: []Key{{Label: "a", Value: "canary-12345"}}})
	body := `{"model":"canary-12345","messages":[{"role":"user","content":"my key is canary-12345"}]}`
	req := request(t, http.MethodPost, r.server.BaseURL(Groq)+"/chat/completions", "canary-12345", body)
	req.Header.Set("X-Title", "a canary-12345 b")
	req.Header.Set("X-Api-Key", "canary-12345")
	req.Header.Set("Cookie", "k=canary-12345")
	if h := hear(r.client, req); h.status != 404 {
		t.Fatalf("got %s", show(h))
	}
	e := r.last(1)
	want := Entry{
		Seq: 1, Dialect: Groq, Method: "POST", Path: "/groq/openai/v1/chat/completions", KeyLabel: "a", Model: "[key a]",
		Phase: Done, Status: 404, BytesIn: int64(len(body)), BytesOut: e.BytesOut, ConnID: 1,
		Header: http.Header{"Accept-Encoding": {"gzip"}, "Content-Length": {fmt.Sprint(len(body))}, "Content-Type": {"application/json"}, "User-Agent": {"Go-http-client/1.1"}, "X-Title": {"a [key a] b"}},
		Body:   []byte(strings.ReplaceAll(body, "canary-12345", "[key a]")),
		Time:   e.Time, Started: e.Started, Ended: e.Ended,
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	out, err := json.Marshal(r.sim.Ledger().Entries())
	if err != nil || strings.Contains(string(out), "canary") {
		t.Errorf("%s, %v", out, err)
	}
	if text := fmt.Sprintf("%v %+v %#v", r.sim.options.Keys[0], r.sim.options.Keys, r.sim.options.Keys[0]); strings.Contains(text, "canary") {
		t.Errorf("a key prints as %s", text)
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Keys: []Key{{Label: "g", Value: "gk", Dialect: Groq}}})
	ask := func(dialect, key string) int {
		return hear(r.client, request(t, http.MethodGet, r.server.BaseURL(dialect)+"/models", key, "")).status
	}
	got := []int{ask(Groq, "gk"), ask(OpenRouter, "gk"), ask(Groq, "other"), ask(Groq, "")}
	if diff := cmp.Diff([]int{200, 401, 401, 401}, got); diff != "" {
		t.Error(diff)
	}
	var labels []string
	for _, e := range r.sim.Ledger().Entries() {
		labels = append(labels, e.KeyLabel)
	}
	if diff := cmp.Diff([]string{"g", "unknown", "unknown", "none"}, labels); diff != "" {
		t.Error(diff)
	}

	r = newRig(t, Options{AnyKey: true, Keys: []Key{{Label: "g", Value: "gk"}}})
	for _, key := range []string{"x", "y", "x", "gk"} {
		ask(Groq, key)
	}
	labels = nil
	for _, e := range r.sim.Ledger().Entries() {
		labels = append(labels, e.KeyLabel)
	}
	if diff := cmp.Diff([]string{"unknown-1", "unknown-2", "unknown-1", "g"}, labels); diff != "" {
		t.Error(diff)
	}
}

func TestWaitEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := r.sim.Ledger().Wait(ctx, 1, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		waited := make(chan error)
		go func() {
			waited <- r.sim.Ledger().WaitFor(t.Context(), func(all []Entry) bool { return len(all) == 2 && all[1].Phase == Done })
		}()
		r.chat(Groq, "hi", true)
		synctest.Wait()
		select {
		case err := <-waited:
			t.Fatalf("too early: %v", err)
		default:
		}
		r.chat(Groq, "hi", true)
		if err := <-waited; err != nil {
			t.Error(err)
		}
	})
}

func TestLedgerIsBounded(t *testing.T) {
	t.Parallel()
	l := newLedger(100)
	for range 1000 {
		l.open(Entry{}).update(func(e *Entry) { e.finish() })
	}
	all := l.Entries()
	if n := l.Len(); n > 113 || int64(n)+l.Dropped() != 1000 || all[len(all)-1].Seq != 1000 || all[0].Seq != l.Dropped()+1 {
		t.Errorf("%d kept, %d dropped", l.Len(), l.Dropped())
	}
	l.Reset()
	if l.Len() != 0 || l.Dropped() != 0 || l.open(Entry{}).entry.Seq != 1001 {
		t.Error("reset keeps something or numbers anew")
	}
}

func TestPhaseText(t *testing.T) {
	t.Parallel()
	for p := Received; p <= Done; p++ {
		text, _ := p.MarshalText()
		var q Phase
		if err := q.UnmarshalText(text); err != nil || q != p {
			t.Errorf("%v becomes %v, %v", p, q, err)
		}
	}
	if err := new(Phase).UnmarshalText([]byte("x")); err == nil {
		t.Error("x is a phase")
	}
}
