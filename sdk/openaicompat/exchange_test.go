package openaicompat

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// wire serves each connection with handler, which speaks raw HTTP.
func wire(t *testing.T, handler func(conn *net.TCPConn, requests *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			handler(conn.(*net.TCPConn), bufio.NewReader(conn))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

// request reads one request off the wire; false when the connection ended.
func request(r *bufio.Reader) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err == nil
}

func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

func TestCertaintyOfFailures(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 5000\r\n\r\n"
	tests := []struct {
		name         string
		handler      func(*net.TCPConn, *bufio.Reader)
		unary, event sdk.Kind
		certainty    sdk.Certainty
	}{
		{"reset before headers", func(c *net.TCPConn, r *bufio.Reader) { request(r); reset(c) }, sdk.KindNetwork, sdk.KindNetwork, sdk.MaybeSent},
		{"closed before headers", func(_ *net.TCPConn, r *bufio.Reader) { request(r) }, sdk.KindNetwork, sdk.KindNetwork, sdk.MaybeSent},
		{"no HTTP", func(c *net.TCPConn, r *bufio.Reader) { request(r); _, _ = io.WriteString(c, "SSH-2.0\r\n\r\n") }, sdk.KindNetwork, sdk.KindNetwork, sdk.MaybeSent},
		{"reset after headers", func(c *net.TCPConn, r *bufio.Reader) {
			request(r)
			_, _ = fmt.Fprintf(c, head, "")
			reset(c)
		}, sdk.KindNetwork, sdk.KindBrokenStream, sdk.ResponseStarted},
		{"closed in the body", func(c *net.TCPConn, r *bufio.Reader) {
			request(r)
			_, _ = fmt.Fprintf(c, head, "text/event-stream")
			_, _ = io.WriteString(c, "data: "+word("a")+"\n\n")
		}, sdk.KindNetwork, sdk.KindBrokenStream, sdk.ResponseStarted},
		{"closed in the body after the finish reason", func(c *net.TCPConn, r *bufio.Reader) {
			request(r)
			_, _ = fmt.Fprintf(c, head, "text/event-stream")
			_, _ = io.WriteString(c, "data: "+last+"\n\n")
		}, sdk.KindNetwork, sdk.KindBrokenStream, sdk.ResponseStarted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			p := opened(t, Dialect{}, wire(t, func(c *net.TCPConn, r *bufio.Reader) { requests.Add(1); tt.handler(c, r) }))
			_, err := p.Chat(t.Context(), call(`{}`))
			if e := sdk.AsError(err); e == nil || e.Kind != tt.unary || e.Certainty != tt.certainty {
				t.Errorf("unary: got %+v, want %s, %v", e, tt.unary, tt.certainty)
			}
			got := streaming(t.Context(), served(t, p), call(`{}`))
			if got.Err == nil || got.Err.Kind != tt.event || got.Err.Certainty != tt.certainty {
				t.Errorf("stream: got %+v, want %s, %v", got.Err, tt.event, tt.certainty)
			}
			if n := requests.Load(); n != 2 {
				t.Errorf("%d requests for two calls", n)
			}
		})
	}
}

func TestFailedDialIsNotSent(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + l.Addr().String()
	_ = l.Close()
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	for name, base := range map[string]string{"refused": refusing, "certificate unknown": tls.URL, "no such host": "https://nowhere.invalid/v1"} {
		_, err := opened(t, Dialect{}, base).Chat(t.Context(), call(`{}`))
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindNetwork || e.Certainty != sdk.NotSent || e.Scope != sdk.ScopeProvider {
			t.Errorf("%s: got %+v", name, e)
		}
	}
}

// A server that accepts and says nothing never completes the TLS handshake.
func TestConnectDeadline(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	base := wire(t, func(*net.TCPConn, *bufio.Reader) { <-stop })
	t.Cleanup(func() { close(stop) })
	c := call(`{}`)
	c.Deadlines.Connect = 50 * time.Millisecond
	_, err := opened(t, Dialect{}, strings.Replace(base, "http:", "https:", 1)).Chat(t.Context(), c)
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindNetwork || e.Certainty != sdk.NotSent || !strings.Contains(e.Message, "within 50ms") {
		t.Errorf("got %+v", e)
	}
}

func TestFirstTokenDeadline(t *testing.T) {
	t.Parallel()
	left := make(chan struct{}, 2)
	p := opened(t, Dialect{}, upstream(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		<-r.Context().Done()
		left <- struct{}{}
	}))
	client := served(t, p)
	c := call(`{}`)
	c.Deadlines = sdk.Deadlines{Connect: patience, FirstToken: time.Second}
	_, err := client.Chat(t.Context(), c)
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindTimeout || e.Certainty != sdk.MaybeSent {
		t.Errorf("unary: got %+v", e)
	}
	if e := streaming(t.Context(), client, c).Err; e == nil || e.Kind != sdk.KindTimeout || e.Certainty != sdk.MaybeSent {
		t.Errorf("stream: got %+v", e)
	}
	<-left
	<-left
}

func TestStallDeadline(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		sse(w, events(word("a")))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(left)
	}))
	c := call(`{}`)
	c.Deadlines.Stall = 50 * time.Millisecond
	got := streaming(t.Context(), served(t, p), c)
	if got.Chunks != lines(word("a")) || got.Err == nil || got.Err.Kind != sdk.KindTimeout || got.Err.Certainty != sdk.ResponseStarted {
		t.Errorf("got %+v", got)
	}
	await(t, left, "the upstream to see the caller go")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var strayed atomic.Int32
	other := upstream(t, func(http.ResponseWriter, *http.Request) { strayed.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{other + "/v1/chat/completions?token=secret", "http://user:secret@" + strings.TrimPrefix(other, "http://"), "/loop"} {
			var asked atomic.Int32
			p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			}))
			_, err := p.Chat(t.Context(), call(`{}`))
			e := sdk.AsError(err)
			if e == nil || e.Kind != sdk.KindBadReply || e.Status != status || strings.Contains(e.Message, "secret") || asked.Load() != 1 {
				t.Errorf("%d to %s: got %v after %d requests", status, to, err, asked.Load())
			}
			if _, err := p.ListModels(t.Context(), call("")); sdk.KindOf(err) != sdk.KindBadReply {
				t.Errorf("models: got %v", err)
			}
		}
	}
	if n := strayed.Load(); n != 0 {
		t.Errorf("%d requests reached the other host", n)
	}
}

// An upstream that closes a kept connection while the request is on its way may have read it.
func TestNothingIsResent(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	p := opened(t, Dialect{}, wire(t, func(c *net.TCPConn, r *bufio.Reader) {
		if seen.Load() > 1 {
			return
		}
		for request(r) {
			if seen.Add(1) > 1 {
				return
			}
			_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(completion), completion)
		}
	}))
	if _, err := p.Chat(t.Context(), call(`{}`)); err != nil {
		t.Fatal(err)
	}
	_, err := p.Chat(t.Context(), call(`{}`))
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindNetwork || e.Certainty != sdk.MaybeSent {
		t.Errorf("got %+v", e)
	}
	if n := seen.Load(); n != 2 {
		t.Errorf("the upstream saw %d requests for two calls", n)
	}
}

// A stream read to its end leaves its connection to the next call.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		sse(w, events(word("a"), last))
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, done)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := served(t, opened(t, Dialect{}, server.URL))
	for range 5 {
		if got := streaming(t.Context(), client, call(`{}`)); got.Err != nil {
			t.Fatal(got.Err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for five calls in a row", n)
	}
}

func TestStreamLeftOpenAfterDone(t *testing.T) {
	t.Parallel()
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		sse(w, events(word("a"), last)+done)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	if got := streaming(t.Context(), served(t, p), call(`{}`)); got.Err != nil || got.Chunks != lines(word("a"), last) {
		t.Errorf("got %+v", got)
	}
}

func TestOversizeReplies(t *testing.T) {
	t.Parallel()
	for _, declared := range []bool{true, false} {
		p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
			if declared {
				w.Header().Set("Content-Length", fmt.Sprint(sdk.MaxBody+1))
			}
			block := strings.Repeat(" ", 1<<20)
			for range sdk.MaxBody>>20 + 1 {
				if _, err := io.WriteString(w, block); err != nil {
					return
				}
			}
		}))
		_, err := p.Chat(t.Context(), call(`{}`))
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindBadReply || e.Message != tooLarge {
			t.Errorf("declared %v: got %v", declared, err)
		}
	}
}

func TestCompressedReplyIsRefused(t *testing.T) {
	t.Parallel()
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, "\x1f\x8b\x08")
	}))
	_, err := p.Chat(t.Context(), call(`{}`))
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindBadReply || !strings.Contains(e.Message, "compressed") {
		t.Errorf("got %v", err)
	}
	if got := streaming(t.Context(), served(t, p), call(`{}`)); got.Err == nil || got.Err.Kind != sdk.KindBadReply {
		t.Errorf("got %v", got.Err)
	}
}

func TestLargeStreamEvent(t *testing.T) {
	t.Parallel()
	big := word(strings.Repeat("你好", 1<<17))
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) { sse(w, events(big, last)+done) }))
	got := streaming(t.Context(), served(t, p), call(`{}`))
	if got.Err != nil || got.Chunks != lines(big, last) {
		t.Errorf("%d bytes, %v", len(got.Chunks), got.Err)
	}
}

func TestEndlessStreamEventIsRefused(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		defer close(left)
		sse(w, "data: ")
		block := strings.Repeat("x", 1<<20)
		for {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	}))
	if got := streaming(t.Context(), served(t, p), call(`{}`)); got.Err == nil || got.Err.Kind != sdk.KindBadReply {
		t.Errorf("got %v", got.Err)
	}
	await(t, left, "the upstream to be cut off")
}

// The first event must not wait for the second.
func TestEventsAreNotHeldBack(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		sse(w, events(word("a"), word("b")))
		w.(http.Flusher).Flush()
		select {
		case <-more:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, events(last)+done)
	}))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, err := served(t, p).ChatStream(ctx, call(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	batch, err := s.Recv()
	if err != nil || string(batch.Chunks) != lines(word("a"), word("b")) {
		t.Errorf("first batch %q, %v", batch.Chunks, err)
	}
	close(more)
	for err == nil {
		_, err = s.Recv()
	}
	if err != io.EOF {
		t.Error(err)
	}
}
