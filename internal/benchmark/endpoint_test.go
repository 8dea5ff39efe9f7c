package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aio-llm/aio/internal/benchmark/proxy"
)

// The client counts right wherever reads cut a stream, and takes no broken one for whole.
func TestEndpointCountsChunks(t *testing.T) {
	t.Parallel()
	event := `data: {"id":"x","choices":[]}` + "\n\n"
	body := strings.Repeat(event, 7) + "data: [DONE]\n\n"
	var framed strings.Builder
	for rest := body; rest != ""; { // in chunks that know nothing of events
		n := min(37, len(rest))
		fmt.Fprintf(&framed, "%x\r\n%s\r\n", n, rest[:n])
		rest = rest[n:]
	}
	framed.WriteString("0\r\n\r\n")
	const ok = "HTTP/1.1 200 OK\r\n\r\n"
	for _, tt := range []struct {
		name, reply string
		ok          bool
	}{
		{"whole", ok + framed.String(), true},
		{"one event less", ok + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body)-len(event), body[len(event):]), false},
		{"no end", ok + strings.ReplaceAll(framed.String(), "[DONE]", "[OVER]"), false},
		{"cut", ok + framed.String()[:framed.Len()-1], false},
		{"refused", "HTTP/1.1 429 Too Many Requests\r\n\r\n" + framed.String(), false},
	} {
		for step := 1; step < 60; step += 7 {
			near, far := net.Pipe()
			go func() {
				for rest := tt.reply; rest != ""; {
					n := min(step, len(rest))
					if _, err := far.Write([]byte(rest[:n])); err != nil {
						return
					}
					rest = rest[n:]
				}
				_ = far.Close()
			}()
			firsts := 0
			c := connect(near)
			err := c.events(7, func() { firsts++ })
			_ = near.Close()
			if (err == nil) != tt.ok {
				t.Errorf("%s, %d bytes at a time: %v", tt.name, step, err)
			}
			if tt.ok && firsts != 1 {
				t.Errorf("%s: told of the first chunk %d times", tt.name, firsts)
			}
		}
	}
}

// The whole chain of the floor: client, proxy, upstream.
func TestProxyPassesOn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s", r.URL.Path, r.Header.Get("Authorization"))
	}))
	defer server.Close()
	front := httptest.NewServer(proxy.Handler(strings.TrimPrefix(server.URL, "http://")))
	defer front.Close()
	e := &endpoint{address: strings.TrimPrefix(front.URL, "http://"), token: "t"}
	defer e.close()
	for range 3 {
		if n, wait, err := e.unary([]byte(`{}`))(t.Context()); err != nil || n != 1 || wait <= 0 {
			t.Errorf("%d, %v, %v", n, wait, err)
		}
	}
	if len(e.idle) != 1 {
		t.Errorf("%d connections are kept of one that was used", len(e.idle))
	}
}
