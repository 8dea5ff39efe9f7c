package gateway_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aio-llm/aio/internal/rows"
)

// zeros writes n bytes of a JSON text that never ends, and counts how many were taken.
func zeros(w io.Writer, n int64, taken *atomic.Int64) {
	_, _ = io.WriteString(w, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"`)
	block := bytes.Repeat([]byte{'0'}, 64<<10)
	for n > 0 {
		k, err := w.Write(block)
		taken.Add(int64(k))
		if err != nil {
			return
		}
		n -= int64(k)
	}
}

// What an upstream blows up, or lies about, ends at 32 MiB, for this request only.
func TestRow_U14_Bombs(t *testing.T) {
	size := int64(rows.Dose(64<<20, 10<<30))
	member := zipped(t, 1<<20) // gzip is as many of these as one likes
	for name, upstream := range map[string]func(w http.ResponseWriter, taken *atomic.Int64){
		"gzip": func(w http.ResponseWriter, taken *atomic.Int64) {
			w.Header().Set("Content-Encoding", "gzip")
			for n := size; n > 0; n -= 1 << 20 {
				k, err := w.Write(member)
				taken.Add(int64(k))
				if err != nil {
					return
				}
			}
		},
		"br":   func(w http.ResponseWriter, _ *atomic.Int64) { encoded(w, "br") },
		"zstd": func(w http.ResponseWriter, _ *atomic.Int64) { encoded(w, "zstd") },
		"too little": func(w http.ResponseWriter, taken *atomic.Int64) {
			w.Header().Set("Content-Length", fmt.Sprint(size))
			zeros(w, 1<<20, taken)
		},
		"too much": func(w http.ResponseWriter, _ *atomic.Int64) {
			conn, out, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = out.WriteString("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n" + strings.Repeat(" ", 1<<20))
			_ = out.Flush()
		},
	} {
		for _, body := range []string{ask("first/echo", "hi"), askStream("first/echo", "hi")} {
			t.Run(name, func(t *testing.T) { bounded(t, "U14", name, body, upstream) })
		}
	}
}

func zipped(t *testing.T, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func encoded(w http.ResponseWriter, as string) {
	w.Header().Set("Content-Encoding", as)
	_, _ = w.Write(bytes.Repeat([]byte{0xAA}, 10<<10))
}

// An endless reply is cut at 32 MiB.
func TestRow_U19_HugeReplies(t *testing.T) {
	for _, body := range []string{ask("first/echo", "hi"), askStream("first/echo", "hi")} {
		bounded(t, "U19", "1 GB", body, func(w http.ResponseWriter, taken *atomic.Int64) {
			w.Header().Set("Content-Type", "application/json")
			if strings.Contains(body, `"stream":true`) {
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = io.WriteString(w, "data: ")
			}
			zeros(w, 1<<30, taken)
		})
	}
}

// bounded asks once, and expects a plain failure that took little.
func bounded(t *testing.T, row, dose, body string, answer func(http.ResponseWriter, *atomic.Int64)) {
	t.Helper()
	var taken atomic.Int64
	r := start(t, setup{tcp: true, upstream: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer(w, &taken)
	}), once: true})
	before := resident(t)
	a := r.do(t, request{body: body})
	grown := resident(t) - before
	if a.status != 502 || len(a.body) > 2000 {
		t.Errorf("%d %.300s", a.status, a.body)
	}
	if n := taken.Load(); n > 80<<20 {
		t.Errorf("the upstream got rid of %d MiB", n>>20)
	}
	rows.Report(t, row, dose, "502, cut at 32 MiB", func() string {
		return fmt.Sprintf("%d MiB taken, resident %+d MiB", taken.Load()>>20, grown>>20)
	})
}
