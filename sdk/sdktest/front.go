package sdktest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/sdk/simulator"
)

// front is the one address at which a plugin finds the upstreams of all cases: the key of a request says
// whose it is. What arrives with no known key is a stray.
type front struct {
	listener net.Listener
	server   *http.Server
	serving  sync.WaitGroup // the accept loop
	conns    sync.WaitGroup // connections, until they are closed or hijacked
	handlers sync.WaitGroup
	accepted atomic.Int64 // connections so far, those without a request included

	mu     sync.Mutex
	byKey  map[string]http.Handler
	strays []string
}

// maxStrays bounds what is kept of strays: one is a failure already.
const maxStrays = 20

func newFront(ctx context.Context) (*front, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the plugin: %w", err)
	}
	f := &front{listener: listener, byKey: map[string]http.Handler{}}
	f.server = &http.Server{
		Handler: http.HandlerFunc(f.serve), ReadHeaderTimeout: time.Minute,
		ErrorLog: hclog.NewNullLogger().StandardLogger(nil), ConnState: f.count,
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return simulator.NumberConn(ctx, f.accepted.Add(1))
		},
	}
	f.serving.Go(func() { _ = f.server.Serve(listener) }) // ends with close
	return f, nil
}

func (f *front) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		f.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		f.conns.Done()
	default:
	}
}

func (f *front) url() string { return "http://" + f.listener.Addr().String() }

func (f *front) serve(w http.ResponseWriter, r *http.Request) {
	f.handlers.Add(1)
	defer f.handlers.Done()
	handler := f.handler(credential(r))
	if handler == nil {
		f.stray(r)
		http.Error(w, `{"error":{"message":"no case has this key","code":"invalid_api_key"}}`, http.StatusUnauthorized)
		return
	}
	handler.ServeHTTP(w, r)
}

func (f *front) handler(key string) http.Handler {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byKey[key]
}

// route sends the requests of a key to a handler; nil ends that.
func (f *front) route(key string, to http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if to == nil {
		delete(f.byKey, key)
		return
	}
	f.byKey[key] = to
}

func (f *front) stray(r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.strays) < maxStrays {
		f.strays = append(f.strays, r.Method+" "+r.URL.Path)
	}
}

// seen lists the strays.
func (f *front) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.strays...)
}

func (f *front) close() {
	_ = f.server.Close() // the connections are the plugin's loss
	f.serving.Wait()
	f.conns.Wait() // in this order each wait sees all that could still be added
	f.handlers.Wait()
}

// credential is the key of a request, wherever the APIs there are take one.
func credential(r *http.Request) string {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	for _, name := range []string{"X-Goog-Api-Key", "X-Api-Key", "Api-Key"} {
		if key := r.Header.Get(name); key != "" {
			return key
		}
	}
	return r.URL.Query().Get("key")
}
