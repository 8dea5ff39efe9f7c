package serve

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

const (
	defaultDrain = 30 * time.Second
	// cutLimit bounds the end of requests that were cut: their streams are told so by an error event.
	cutLimit = 5 * time.Second
	// closeLimit bounds the end of plugins and observers.
	closeLimit = 10 * time.Second
)

// stop ends it all, also when ctx is over: from now on nobody is ready, no new request is taken, those under
// way have the drain time to end, then they are cut, and last the plugins stop.
func (s *Server) stop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	s.stopped.Store(true)
	drain := time.Duration(s.drain.Load())
	live := 0
	for _, h := range s.current.Hosts() {
		live += len(h.Active())
	}
	s.o.Log.Info("stopping", "requests", live, "drain", drain)
	if err := shutdown(ctx, s.api, drain); err != nil {
		cut := 0
		for _, h := range s.current.Hosts() {
			cut += h.CancelAll()
		}
		s.o.Log.Warn("the drain time is over; requests are cut", "requests", cut)
		if err := shutdown(ctx, s.api, cutLimit); err != nil {
			_ = s.api.Close() // clients that take nothing
		}
	}
	return s.close(ctx)
}

func shutdown(ctx context.Context, server *http.Server, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return server.Shutdown(ctx)
}

// close ends what was begun, as far as it was.
func (s *Server) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	var errs []error
	if s.current != nil {
		errs = append(errs, s.current.Close(ctx))
	}
	if s.ops != nil {
		_ = s.ops.Close() // nobody is hurt by half a status
	}
	for _, l := range []net.Listener{s.listener, s.adminL} {
		if l != nil {
			_ = l.Close() // closed already, if it was served
		}
	}
	if s.watch != nil {
		errs = append(errs, s.watch.close(ctx))
	}
	return errors.Join(errs...)
}
