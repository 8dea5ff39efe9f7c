package simulator

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server is a simulator on a TCP address.
type Server struct{ host }

// Start listens on a TCP address such as "127.0.0.1:0" and serves until Close.
func (s *Simulator) Start(addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr) //nolint:noctx // a local address: there is nothing to wait for
	if err != nil {
		return nil, fmt.Errorf("simulator: listen: %w", err)
	}
	srv := &Server{host{sim: s, root: "http://" + l.Addr().String(), listener: l}}
	srv.serve()
	return srv, nil
}

// Addr returns the address listened on.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// host is what both kinds of server share.
type host struct {
	sim      *Simulator
	root     string
	listener net.Listener
	server   *http.Server
	cancel   context.CancelCauseFunc
	serving  sync.WaitGroup // the accept loop
	conns    sync.WaitGroup // connections, until they are closed or hijacked
	handlers sync.WaitGroup
	once     sync.Once
	numbers  atomic.Int64 // connections accepted
}

// URL returns the server's root, without a slash at its end.
func (h *host) URL() string { return h.root }

// Conns returns how many connections were accepted so far, those on which no
// request came included.
func (h *host) Conns() int64 { return h.numbers.Load() }

// BaseURL returns what a client of that dialect is configured with, such as
// http://127.0.0.1:8080/groq/openai/v1. It is "" for an unknown dialect.
func (h *host) BaseURL(dialect string) string {
	for _, d := range h.sim.dialects {
		if d.name() == dialect {
			return h.root + d.base()
		}
	}
	return ""
}

func (h *host) serve() {
	ctx, cancel := context.WithCancelCause(context.Background()) // the server's own lifetime, ended by Close
	h.cancel = cancel
	h.server = &http.Server{
		Handler:           http.HandlerFunc(h.handle),
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       5 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return NumberConn(ctx, h.numbers.Add(1))
		},
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				h.conns.Add(1)
			case http.StateClosed, http.StateHijacked:
				h.conns.Done()
			}
		},
		ErrorLog: h.sim.logger.StandardLogger(nil),
	}
	h.serving.Go(func() { _ = h.server.Serve(h.listener) }) // returns ErrServerClosed after Close
}

func (h *host) handle(w http.ResponseWriter, r *http.Request) {
	h.handlers.Add(1)
	defer h.handlers.Done()
	h.sim.ServeHTTP(w, r)
}

// Close stops listening, ends all exchanges at once and waits until every
// handler has returned. Closing again does nothing.
func (h *host) Close() error {
	var err error
	h.once.Do(func() {
		h.cancel(errClosing)
		err = h.server.Close()
		h.serving.Wait()
		h.conns.Wait() // in this order each wait sees all that could still be added
		h.handlers.Wait()
	})
	return err
}
