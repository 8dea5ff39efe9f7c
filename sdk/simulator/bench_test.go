package simulator

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The simulator is the upstream of benchmarks, so it must cost little itself.

func BenchmarkUnary(b *testing.B)  { benchmark(b, chatBody("m", "hello", false)) }
func BenchmarkStream(b *testing.B) { benchmark(b, chatBody("m", "count 1000", true)) }

func benchmark(b *testing.B, body string) {
	sim := New(Options{AnyKey: true, Models: []Model{{ID: "m"}}})
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/openai/v1/chat/completions", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer k")
		r.Header.Set("Content-Type", "application/json")
		sim.ServeHTTP(discard{http.Header{}}, r)
	}
}

// discard is a client that takes everything.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) WriteHeader(int)             {}
func (d discard) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (d discard) Flush()                      {}
