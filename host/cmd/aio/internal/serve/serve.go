package serve

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/accesslog"
	"github.com/aio-llm/aio/host/admin"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/host/reload"
)

// Options say what is served.
type Options struct {
	// Path is the configuration file, Load reads it.
	Path string
	Load func() (*hclconfig.File, error)
	// Explain is an error of Load's as people are told it; nil is its Error.
	Explain func(error) string
	Log     hclog.Logger
	// Listen and Admin win over the file; empty leaves it to the file.
	Listen, Admin string
	// StateDir is where a generated token is kept and, without another address, the admin socket. RuntimeDir,
	// if it is not empty, is the better place for the socket.
	StateDir, RuntimeDir string
	// Hangups ask for a reload.
	Hangups <-chan os.Signal
}

// Server is a gateway at work. Open it, then Serve it once.
type Server struct {
	o       Options
	file    *hclconfig.File // of the start: what cannot change at work
	started time.Time
	token   Token
	drain   atomic.Int64 // a time.Duration
	stopped atomic.Bool

	current  *reload.Current
	reloader *reload.Reloader
	gateway  *gateway.Gateway
	tls      certificate
	watch    *observers

	api, ops         *http.Server
	listener, adminL net.Listener
}

// startLimit bounds the wait for the first plugins; those that take longer are started all the same.
const startLimit = 15 * time.Second

// Open reads the configuration, starts everything and listens. What has begun is ended again when it fails.
func Open(ctx context.Context, o Options) (s *Server, err error) {
	s = &Server{o: o, started: time.Now()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(ctx))
		}
	}()
	s.reloader = reload.New(reload.Options{
		Path: o.Path, Apply: s.apply, Explain: o.Explain, Log: o.Log,
		OnResult: func(_ reload.Status, err error) { s.watch.reloaded(err) },
	})
	if s.file, err = o.Load(); err != nil {
		return s, err
	}
	config, err := s.gatewayConfig(s.file)
	if err != nil {
		return s, err
	}
	if s.watch, err = newObservers(ctx, s.file.Alerts, o.Log); err != nil {
		return s, err
	}
	problems, err := s.begin(ctx)
	if err != nil {
		return s, err
	}
	if s.gateway, err = gateway.New(s.current, config, gateway.WithLogger(o.Log.Named("gateway"))); err != nil {
		return s, err
	}
	s.drain.Store(int64(cmp.Or(s.file.Gateway.Drain, defaultDrain)))
	if err := s.tls.load(s.file.Gateway.TLS); err != nil {
		return s, err
	}
	if err := s.listen(ctx, config); err != nil {
		return s, err
	}
	s.reloader.Begin(reload.Applied{Files: included(s.file), Problems: problems})
	s.serveHTTP()
	return s, nil
}

// begin makes the first host and starts its plugins. One that does not start is no reason not to serve the
// others; settings it refuses are.
func (s *Server) begin(ctx context.Context) (problems []error, err error) {
	h, err := host.New(ctx, s.file.Config, s.watch.options(s.o.Log)...)
	if err != nil {
		return nil, err
	}
	s.current = reload.NewCurrent(h)
	s.watch.status(func() host.Status { return s.current.Host().Status() })
	starting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	err = h.Start(starting)
	var refused interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil, nil
	case isRefusal(err) || ctx.Err() != nil:
		return nil, err
	case errors.As(err, &refused):
		problems = refused.Unwrap()
	default:
		problems = []error{err}
	}
	for _, p := range problems {
		s.o.Log.Error("a plugin does not start; its provider is tried again", "error", p)
	}
	return problems, nil
}

// serveHTTP makes the servers of both listeners.
func (s *Server) serveHTTP() {
	s.api = s.gateway.Server()
	s.api.Handler = s.watch.traced(accesslog.Handler(s.api.Handler, s.o.Log))
	if s.adminL == nil {
		return
	}
	a := admin.New(admin.Sources{
		Hosts: s.current.Hosts, Draining: s.stopped.Load, Reload: s.reloader.Status, Alerts: s.watch.alerts.Status,
		Gateway: s.describe, Recent: s.watch.recent, Metrics: s.watch.metricsHandler(),
	}, admin.Config{Token: s.file.Gateway.Admin.Token, Socket: s.adminL.Addr().Network() == "unix"})
	s.ops = &http.Server{
		Handler: a.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: s.o.Log.Named("admin").StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
}

// Serve answers until ctx ends, then stops: see stop.go. Its error is one of serving or stopping.
func (s *Server) Serve(ctx context.Context) error {
	var serving errgroup.Group
	failed, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	run := func(serve func() error) {
		serving.Go(func() error {
			if err := serve(); err != nil && !errors.Is(err, http.ErrServerClosed) {
				fail(err)
				return err
			}
			return nil
		})
	}
	run(func() error { return s.api.Serve(s.listener) })
	if s.ops != nil {
		run(func() error { return s.ops.Serve(s.adminL) })
	}
	run(func() error { return s.reloader.Run(failed) })
	run(func() error { return s.hangups(failed) })
	<-failed.Done()
	err := s.stop(ctx)
	return errors.Join(serving.Wait(), err)
}

// hangups has the configuration read anew whenever a signal asks for it.
func (s *Server) hangups(ctx context.Context) error {
	for {
		select {
		case <-s.o.Hangups:
			s.reloader.Trigger()
		case <-ctx.Done():
			return nil
		}
	}
}
