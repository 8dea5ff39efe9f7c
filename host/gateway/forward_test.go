package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/internal/rows"
)

// record keeps the raw bytes that go to the upstream.
type record struct {
	mu  sync.Mutex
	raw bytes.Buffer
}

func (r *record) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.raw.Reset()
	return r.raw.String()
}

func (r *record) tap(transport *http.Transport) {
	dial := transport.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return recorded{conn, r}, err
	}
}

type recorded struct {
	net.Conn
	*record
}

// Write implements net.Conn.
func (c recorded) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.raw.Write(p)
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// synced is a buffer that a logger may write to while a test reads.
type synced struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *synced) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *synced) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// headNames are the names of a raw request's headers, as written.
func headNames(t *testing.T, raw string) []string {
	t.Helper()
	head, _, ok := strings.Cut(raw, "\r\n\r\n")
	if !ok {
		t.Fatalf("no head in %q", raw)
	}
	var names []string
	for _, line := range strings.Split(head, "\r\n")[1:] {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Nothing a client puts into headers or names reaches the upstream or a log as anything but what it is.
func TestRow_H5_NothingIsForwarded(t *testing.T) {
	var log synced
	logger := hclog.New(&hclog.LoggerOptions{Output: &log, Level: hclog.Trace})
	tap := &record{}
	r := start(t, setup{
		tap: tap, log: logger, hostOptions: []host.Option{host.WithLogger(logger)}, options: []gateway.Option{gateway.WithLogger(logger)},
	})
	plain := r.do(t, request{body: ask("first/echo", "hi")})
	if plain.status != 200 {
		t.Fatal(plain)
	}
	want := headNames(t, tap.take())

	const evil = `{"model":"first/echo","user":"u\r\nX-Evil-User: 1\u0000","metadata":{"k\r\nX-Evil-Meta: 1":"v\u0000\n"},"messages":[{"role":"user","content":"hi\r\n\r\nGET /evil HTTP/1.1\r\n"}]}`
	marker := "evil-marker"
	req := r.new(t, request{body: evil, header: map[string]string{
		"Cookie": marker, "X-Forwarded-For": marker, "X-Forwarded-Host": marker, "X-Forwarded-Proto": marker, "Forwarded": "for=" + marker, "X-Real-Ip": marker,
		"Proxy-Authorization": marker, "Proxy-Connection": marker, "Te": "trailers", "Keep-Alive": marker, "Upgrade": marker, "Via": marker,
		"Openai-Organization": marker, "Openai-Project": marker, "User-Agent": marker, "Accept-Encoding": marker, "X-Stainless-Os": marker,
		"X-Api-Base": marker, "X-Portkey-Custom-Host": marker, "Helicone-Target-Url": marker, "Idempotency-Key": marker, "X-Request-Id": marker,
	}})
	req.Host = "localhost." + marker
	a, err := r.try(req)
	if err != nil || a.status != 200 {
		t.Fatal(err, a)
	}
	raw := tap.take()
	if got := headNames(t, raw); !slices.Equal(got, want) {
		t.Errorf("headers upstream %v, want %v", got, want)
	}
	if strings.Contains(raw, marker) || strings.Contains(raw, tokenValue) {
		t.Errorf("a client's header reached the upstream:\n%s", raw)
	}
	_, body, _ := strings.Cut(raw, "\r\n\r\n")
	if i := strings.IndexFunc(body, func(c rune) bool { return c < ' ' }); i >= 0 {
		t.Errorf("a raw control character reached the upstream at %d of %q", i, body)
	}
	for name, q := range map[string]request{
		"model":  {body: `{"model":"first/echo\r\nX-Evil: 1\u0000","messages":[{"role":"user","content":"hi"}]}`},
		"path":   {path: "/v1/x%0d%0aX-Evil:%201%00"},
		"id":     {method: "GET", path: "/v1/models/a%0d%0aX-Evil:%201"},
		"member": {body: `{"model":"first/echo","A\r\nPI_KEY":1,"api_key":"` + marker + `","messages":[]}`},
	} {
		if a := r.do(t, q); a.status < 400 || a.header.Get("X-Evil") != "" || strings.Contains(strings.TrimSuffix(a.body, "\n"), "\n") {
			t.Errorf("%s: %s", name, a)
		}
		if raw := tap.take(); raw != "" {
			t.Errorf("%s reached the upstream: %q", name, raw)
		}
	}
	for line := range strings.SplitSeq(log.String(), "\n") {
		if strings.HasPrefix(line, "X-Evil") || strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' }) {
			t.Errorf("in the log: %q", line)
		}
	}
	if strings.Contains(log.String(), tokenValue) || strings.Contains(log.String(), keyValue("first-1")) {
		t.Error("a secret is in the log")
	}
	rows.Report(t, "H5", "22 headers, control characters in 6 places", "never raw upstream or in logs; no client header forwarded", func() string {
		return fmt.Sprintf("headers upstream: %s", strings.Join(want, ", "))
	})
}

// Where a request goes is configuration; what a request says of it is refused, or ignored in headers.
func TestRow_H8_NoForeignDestination(t *testing.T) {
	r := start(t, setup{})
	checked := 0
	for _, name := range []string{"api_base", "base_url", "api_key", "custom_host", "API_BASE", "Base_Url", "api\\u005fbase"} {
		for _, path := range []string{"/v1/chat/completions", "/v1/embeddings"} {
			body := fmt.Sprintf(`{"model":"first/echo","%s":"http://192.0.2.1/","input":"x","messages":[{"role":"user","content":"hi"}]}`, name)
			if a := r.do(t, request{path: path, body: body}); a.status != 400 || gjson.Get(a.body, "error.param").Str == "" {
				t.Errorf("%s: %s", name, a)
			}
			checked++
		}
	}
	if n := r.sim.Ledger().Len(); n != 0 {
		t.Errorf("%d calls upstream", n)
	}
	for _, name := range []string{"Api-Base", "X-Api-Base", "Base-Url", "X-Portkey-Custom-Host", "X-Base-Url", "Helicone-Target-Url", "X-Upstream", "X-Forwarded-Host"} {
		a := r.do(t, request{body: ask("first/echo", "hi"), header: map[string]string{name: "http://192.0.2.1/"}})
		if a.status != 200 || a.header.Get("X-Aio-Provider") != "first" {
			t.Errorf("%s: %s", name, a)
		}
		checked++
	}
	rows.Report(t, "H8", fmt.Sprintf("%d members and headers", checked), "refused or ignored; never a destination", func() string {
		return fmt.Sprintf("%d calls, all to the configured provider", r.sim.Ledger().Len())
	})
}
