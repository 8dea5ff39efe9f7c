package accesslog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host/accesslog"
)

func logger(level hclog.Level) (hclog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return hclog.New(&hclog.LoggerOptions{Level: level, JSONFormat: true, Output: &b, TimeFn: func() time.Time { return time.Time{} }}), &b
}

// line decodes the one line of a log.
func line(t *testing.T, text string) map[string]any {
	t.Helper()
	if n := strings.Count(text, "\n"); n != 1 {
		t.Fatalf("%d lines:\n%s", n, text)
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "@timestamp")
	return m
}

func TestLine(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, tt := range []struct {
		name, method, target string
		serve                http.HandlerFunc
		want                 map[string]any
	}{
		{
			"answered", "POST", "/v1/chat/completions?key=sk-secret", func(w http.ResponseWriter, r *http.Request) {
				accesslog.Note(r.Context(), "token", "laptop")
				for k, v := range map[string]string{"x-request-id": "req_1", "x-aio-provider": "groq", "x-aio-model": "llama", "x-aio-key": "main", "x-aio-attempts": "2", "x-aio-fallback": ""} {
					w.Header().Set(k, v)
				}
				time.Sleep(1500 * time.Millisecond)
				_, _ = io.WriteString(w, "hello ")
				_, _ = io.WriteString(w, "you")
			}, map[string]any{
				"@level": "info", "@message": "access", "method": "POST", "path": "/v1/chat/completions", "status": 200.0, "bytes": 9.0,
				"duration": 1.5e9, "remote": "192.0.2.1", "id": "req_1", "provider": "groq", "model": "llama", "key": "main", "attempts": "2", "token": "laptop",
			},
		},
		{
			"failed", "GET", "/v1/models", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				w.WriteHeader(http.StatusBadGateway)
			}, map[string]any{"@level": "warn", "@message": "access", "method": "GET", "path": "/v1/models", "status": 502.0, "bytes": 0.0, "duration": 0.0, "remote": "192.0.2.1"},
		},
		{
			"nothing written", "GET", "/", func(http.ResponseWriter, *http.Request) {}, map[string]any{
				"@level": "info", "@message": "access", "method": "GET", "path": "/", "status": 200.0, "bytes": 0.0, "duration": 0.0, "remote": "192.0.2.1",
			},
		},
		{
			"made up", "SK-SECRET", "/" + long + "%0aINFO forged", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, map[string]any{
				"@level": "info", "@message": "access", "method": "OTHER", "path": "/" + long[:199] + "...", "status": 404.0, "bytes": 0.0, "duration": 0.0, "remote": "192.0.2.1",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, out := logger(hclog.Info)
				r := httptest.NewRequestWithContext(t.Context(), tt.method, strings.ReplaceAll(tt.target, " ", "%20"), strings.NewReader("the prompt"))
				r.Header.Set("Authorization", "Bearer sk-secret")
				accesslog.Handler(tt.serve, log).ServeHTTP(httptest.NewRecorder(), r)
				if diff := cmp.Diff(tt.want, line(t, out.String())); diff != "" {
					t.Error(diff)
				}
				for _, secret := range []string{"sk-secret", "SK-SECRET", "the prompt"} {
					if strings.Contains(out.String(), secret) {
						t.Errorf("the log holds %q", secret)
					}
				}
			})
		})
	}
}

// A line break in a path cannot begin a line of its own, in text either.
func TestOneLineWhateverThePath(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := hclog.New(&hclog.LoggerOptions{Output: &b})
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/a%0a2026%20[INFO]%20access:%20forged", nil)
	accesslog.Handler(http.NotFoundHandler(), log).ServeHTTP(httptest.NewRecorder(), r)
	if n := strings.Count(b.String(), "\n"); n != 1 {
		t.Errorf("%d lines: %s", n, b.String())
	}
}

func TestAClientThatLeft(t *testing.T) {
	t.Parallel()
	log, out := logger(hclog.Info)
	ctx, cancel := context.WithCancel(t.Context())
	h := accesslog.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { cancel() }), log)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	if got := line(t, out.String())["status"]; got != 499.0 {
		t.Errorf("status %v, want 499", got)
	}
}

func TestAnAbortedReply(t *testing.T) {
	t.Parallel()
	log, out := logger(hclog.Info)
	h := accesslog.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	}), log)
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("the panic did not go on to the server")
			}
		}()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	}()
	if l := line(t, out.String()); l["aborted"] != true || l["bytes"] != 4.0 {
		t.Error(l)
	}
}

// Streams are flushed through, and deadlines can be set, as if the log were not there.
func TestTheWriterUnderneathIsReached(t *testing.T) {
	t.Parallel()
	log, _ := logger(hclog.Info)
	srv := httptest.NewServer(accesslog.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if err := c.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, "first")
		if _, ok := w.(http.Flusher); !ok {
			t.Error("the writer is no http.Flusher")
		}
		if err := c.Flush(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done() // the client hangs up once it has seen the first bytes
	}), log))
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, b); err != nil || string(b) != "first" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestNothingIsLoggedBelowItsLevel(t *testing.T) {
	t.Parallel()
	log, out := logger(hclog.Error)
	accesslog.Handler(http.NotFoundHandler(), log).ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	if out.Len() != 0 {
		t.Error(out.String())
	}
	accesslog.Note(t.Context(), "token", "nobody's") // no request: no panic
}
