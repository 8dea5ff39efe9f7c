package simulator

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a simulator on the in-memory listener and a raw client.
type rig struct {
	t      *testing.T
	sim    *Simulator
	server *MemServer
	client *http.Client
}

// newRig starts a simulator that accepts the key "secret-a", labelled a.
func newRig(t *testing.T, o Options) *rig {
	t.Helper()
	if o.Keys == nil {
		o.Keys = []Key{{Label: "a", Value: "secret-a"}, {Label: "b", Value: "secret-b"}}
	}
	sim := New(o)
	server := sim.StartMemory()
	client := server.Client()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &rig{t, sim, server, client}
}

// scripted is a rig with one rule for every request.
func scripted(t *testing.T, faults ...Fault) *rig {
	t.Helper()
	var s Script
	for _, f := range faults {
		s.Rules = append(s.Rules, Rule{Fault: f})
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return newRig(t, Options{Script: s})
}

// heard is what a raw client got.
type heard struct {
	status int
	header http.Header
	body   string
	err    error // of the exchange or of reading the body
}

func request(t *testing.T, method, url, key, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func hear(client *http.Client, r *http.Request) heard {
	resp, err := client.Do(r)
	if err != nil {
		return heard{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return heard{resp.StatusCode, resp.Header, string(body), err}
}

// post sends a body to a dialect's path with key a.
func (r *rig) post(dialect, path, body string) heard {
	r.t.Helper()
	return hear(r.client, request(r.t, http.MethodPost, r.server.BaseURL(dialect)+path, "secret-a", body))
}

// chat sends one user message to the dialect's first model.
func (r *rig) chat(dialect, text string, stream bool) heard {
	r.t.Helper()
	return r.post(dialect, "/chat/completions", chatBody(r.sim.catalogs[dialect][0].ID, text, stream))
}

func chatBody(model, text string, stream bool) string {
	return fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":%q}],"stream":%v}`, model, text, stream)
}

// last waits for the n-th exchange to end and returns it.
func (r *rig) last(n int) Entry {
	r.t.Helper()
	entries, err := r.sim.Ledger().Wait(patience(r.t), n, Ended())
	if err != nil {
		r.t.Fatal(err)
	}
	return entries[n-1]
}

// patience is how long a test waits for what must come.
func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
