package accesslog

import (
	"context"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Handler serves with next and logs each request to log when it has ended: as a warning if the status is 500
// or more, else as info. A request whose client left before anything was answered has the status 499.
func Handler(next http.Handler, log hclog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !log.IsInfo() && !log.IsWarn() {
			next.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		line := &notes{}
		reply := &recorder{ResponseWriter: w}
		finished := false
		defer func() { // also when next panics to abort the reply
			if !log.IsInfo() && reply.outcome(r) < http.StatusInternalServerError {
				return
			}
			fields := fields(r, reply, time.Since(began))
			if !finished {
				fields = append(fields, "aborted", true)
			}
			write(log, reply.outcome(r), append(fields, line.fields...))
		}()
		next.ServeHTTP(reply, r.WithContext(context.WithValue(r.Context(), notesKey{}, line)))
		finished = true
	})
}

func write(log hclog.Logger, status int, fields []any) {
	if status >= http.StatusInternalServerError {
		log.Warn("access", fields...)
		return
	}
	log.Info("access", fields...)
}

// Note adds a field, such as the name of the client's token, to the line of the request that ctx belongs to.
// Without one it does nothing. It must be called before the request ends, by one goroutine at a time.
func Note(ctx context.Context, name, value string) {
	if n, ok := ctx.Value(notesKey{}).(*notes); ok && len(n.fields) < 2*mostNotes {
		n.fields = append(n.fields, name, clip(value))
	}
}

const mostNotes = 8

type notesKey struct{}

type notes struct{ fields []any }

// told are the reply headers that go into the line, with their names there.
func told() [][2]string {
	return [][2]string{
		{"X-Request-Id", "id"}, {"X-Aio-Provider", "provider"}, {"X-Aio-Model", "model"}, {"X-Aio-Key", "key"},
		{"X-Aio-Attempts", "attempts"}, {"X-Aio-Fallback", "fallback"},
	}
}

func fields(r *http.Request, reply *recorder, took time.Duration) []any {
	out := []any{
		"method", method(r.Method), "path", clip(r.URL.EscapedPath()), "status", reply.outcome(r), "bytes", reply.bytes,
		"duration", took.Round(time.Microsecond), "remote", remote(r.RemoteAddr),
	}
	for _, h := range told() {
		if v := reply.Header()[h[0]]; len(v) > 0 && v[0] != "" {
			out = append(out, h[1], clip(v[0]))
		}
	}
	return out
}

// method keeps what a client made up out of the log.
func method(m string) string {
	known := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}
	if slices.Contains(known, m) {
		return m
	}
	return "OTHER"
}

// remote is the address without the port; a unix socket has none.
func remote(addr string) string {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		return host
	}
	return clip(addr)
}

// clip bounds what others decide the length of.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
