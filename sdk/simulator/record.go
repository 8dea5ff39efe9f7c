package simulator

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// errClosing is the cause of a request's end when its server is closed, to tell
// it from a client that left.
var errClosing = errors.New("simulator: server is closing")

// connID is the context key for a connection's number.
type connID struct{}

// NumberConn gives the requests of a connection the number under which the
// ledger knows it (Entry.ConnID). It is for the http.Server.ConnContext of a
// listener that is not the simulator's own.
func NumberConn(ctx context.Context, number int64) context.Context {
	return context.WithValue(ctx, connID{}, number)
}

// keptBody is how much of a request body the ledger keeps.
const keptBody = 64 << 10

// open records an arrival.
func (s *Simulator) open(w http.ResponseWriter, r *http.Request, c *call, body []byte) *outlet {
	conn, _ := r.Context().Value(connID{}).(int64)
	hide := func(text string) string {
		if c.key == nil && c.secret != "" {
			text = strings.ReplaceAll(text, c.secret, "[key "+c.label+"]")
		}
		return s.hide.Replace(text)
	}
	e := Entry{
		Time: c.now, Started: c.now, Dialect: c.name(), Method: c.method, Path: hide(c.path), KeyLabel: c.label,
		Model: hide(c.model), Stream: c.stream, BytesIn: int64(len(body)), ConnID: conn, Header: http.Header{},
	}
	for name, values := range r.Header {
		if secretHeader(name) {
			continue
		}
		for _, v := range values {
			e.Header[name] = append(e.Header[name], hide(v))
		}
	}
	if s.options.KeepBodies {
		e.Body = bytes.Clone([]byte(hide(string(body[:min(len(body), keptBody)]))))
	}
	rec := s.ledger.open(e)
	c.id = rec.entry.Seq
	return &outlet{w: w, ctl: http.NewResponseController(w), ctx: r.Context(), rec: rec, gap: s.options.TokenGap, log: s.log}
}

func secretHeader(name string) bool {
	return slices.Contains([]string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key", "X-Goog-Api-Key"}, http.CanonicalHeaderKey(name))
}

// hider replaces keys by a mark, so that a client that put one where it does not
// belong is seen, and the key is not.
func hider(keys []Key) *strings.Replacer {
	var pairs []string
	for _, k := range keys {
		if k.Value != "" {
			pairs = append(pairs, k.Value, "[key "+k.Label+"]")
		}
	}
	return strings.NewReplacer(pairs...)
}

func (s *Simulator) log(e Entry) {
	s.logger.Debug("request", "seq", e.Seq, "dialect", e.Dialect, "method", e.Method, "key", e.KeyLabel, "status", e.Status,
		"phase", e.Phase.String(), "fault", e.Fault, "client_gone", e.ClientGone)
}

// finish marks the exchange as sent in full.
func (e *Entry) finish() { e.Phase, e.Ended = Done, time.Now() }

// follow names the faults in the ledger.
func (o *outlet) follow(p plan) {
	if name := p.String(); name != "" {
		o.rec.update(func(e *Entry) { e.Fault = name })
	}
}

// note says in the ledger what is about to be written.
func (o *outlet) note(n int, chunk, last bool) {
	o.sent += int64(n)
	o.rec.update(func(e *Entry) {
		e.BytesOut += int64(n)
		if chunk {
			e.Chunks++
		}
		switch {
		case last:
			e.finish()
		case n > 0 && e.Phase < FirstByte:
			e.Phase = FirstByte
		case n > 0:
			e.Phase = Body
		}
	})
}

// left ends the exchange early and says that the client left, unless it is the server that ends it.
func (o *outlet) left() {
	o.broken = true
	if errors.Is(context.Cause(o.ctx), errClosing) {
		return
	}
	o.rec.update(func(e *Entry) { e.ClientGone = true })
}

// close ends the entry, if the end of the reply has not.
func (o *outlet) close() {
	var final Entry
	o.rec.update(func(e *Entry) {
		if e.Ended.IsZero() {
			e.Ended = time.Now()
		}
		final = *e
	})
	o.log(final)
	if o.broken {
		o.drop(false, nil) // or net/http would end the reply as if it were whole
	}
}
