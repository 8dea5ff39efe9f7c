package gateway

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/accesslog"
)

// exchange is one HTTP request and its answer.
type exchange struct {
	g        *Gateway
	settings *settings
	w        http.ResponseWriter
	r        *http.Request
	control  *http.ResponseController
	// head is the answer's headers.
	head    http.Header
	started time.Time
	// id is the request's; named says that the caller chose it.
	id    string
	named bool
	// token is who calls; nil when nobody is asked.
	token *Token
	asked asked
	// read says that the request's body has been read to its end, broken that it never will be; held is how
	// many bytes of it are kept.
	read, broken bool
	held         int64

	// status is what was answered; 0 is nothing yet.
	status int
}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) {
	x := &exchange{
		g: g, settings: g.settings.Load(), w: w, r: r, control: http.NewResponseController(w), head: w.Header(),
		started: time.Now(), read: r.Body == nil || r.Body == http.NoBody,
	}
	defer x.end()
	x.identify()
	if x.crossOrigin() {
		return
	}
	if f := x.handle(); f != nil {
		x.refuse(f)
	}
}

// handle goes by the headers alone until it is known who calls what.
func (x *exchange) handle() *failure {
	if f := x.authenticate(); f != nil {
		return f
	}
	action, f := x.route()
	if f != nil {
		return f
	}
	return action(x)
}

// end leaves nothing unanswered, whatever went wrong.
func (x *exchange) end() {
	x.release()
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // recover gives it as it is
		panic(cause) //nolint:forbidigo // net/http's own way to drop a connection
	}
	x.g.log.Error("the gateway failed", "id", x.id, "path", clean(x.r.URL.Path), "cause", cause, "stack", string(debug.Stack()))
	if x.status != 0 {
		panic(http.ErrAbortHandler) //nolint:forbidigo // half an answer must not look like a whole one
	}
	x.refuse(&failure{status: http.StatusInternalServerError, kind: typeServer, code: "internal", message: "the gateway failed; its log says why"})
}

// release gives back the memory that the body took.
func (x *exchange) release() {
	x.g.held.Add(-x.held)
	x.held = 0
}

// note adds to the request's line in the access log.
func (x *exchange) note(name, value string) { accesslog.Note(x.r.Context(), name, value) }

// identify takes the caller's request id if it has a good one, else makes one.
func (x *exchange) identify() {
	if id := x.r.Header["X-Request-Id"]; len(id) == 1 && wellFormed(id[0]) {
		x.id, x.named = id[0], true
	} else {
		x.id = newID()
	}
	x.head["X-Request-Id"] = []string{x.id}
}

func wellFormed(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == ':':
		default:
			return false
		}
	}
	return true
}

func newID() string { return "req_" + strconv.FormatUint(rand.Uint64()|1<<63, 36) }

// call makes a request to the host under the caller's id, or under one of ours if a live request has that.
func call[T any](x *exchange, do func(host.CallOption) (T, error)) (T, error) {
	out, err := do(host.WithRequestID(x.id))
	var refused *host.Error
	if !x.named || !errors.As(err, &refused) || refused.Param != "request id" {
		return out, err
	}
	x.id, x.named = newID(), false
	x.head["X-Request-Id"] = []string{x.id}
	return do(host.WithRequestID(x.id))
}

// enter waits for a place among the requests at work; leave it with x.g.gate.leave.
func (x *exchange) enter() *failure {
	err := x.g.gate.enter(x.r.Context(), x.settings.limits.QueueWait)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errOverloaded):
		return overloaded()
	default:
		return canceled()
	}
}

// answer writes a whole answer. Its time to do so is bounded anew for each piece, so that a slow reader
// passes and one that reads nothing does not.
func (x *exchange) answer(status int, kind string, body []byte) {
	head := [...]string{kind, strconv.Itoa(len(body))}
	x.head["Content-Type"], x.head["Content-Length"] = head[:1:1], head[1:2:2]
	linger := !x.read && x.leaveUnread()
	x.status = status
	x.w.WriteHeader(status)
	for len(body) > 0 {
		n := min(len(body), piece)
		_ = x.control.SetWriteDeadline(time.Now().Add(x.settings.limits.Write))
		if _, err := x.w.Write(body[:n]); err != nil {
			return
		}
		body = body[n:]
	}
	if linger && x.control.Flush() == nil {
		_, _ = io.CopyN(io.Discard, x.r.Body, lingered)
	}
}

const (
	// piece is how much is written under one deadline: with that of 30 s, readers of 1 KB/s pass.
	piece = 16 << 10
	// lingering and lingered are how long and how far a body is still read after its refusal: most clients look
	// for an answer only when they have sent everything, and a connection closed before takes the answer away.
	lingering = 2 * time.Second
	lingered  = 64 << 20
)

// leaveUnread prepares to answer before the body was read to its end, and reports whether to read on after the
// answer. The rest of a short body the server reads by itself, and keeps the connection.
func (x *exchange) leaveUnread() bool {
	wait := time.Duration(0)
	n := x.r.ContentLength
	short := n >= 0 && n <= 16<<10
	linger := !x.broken && !short && x.r.ProtoMajor == 1 && x.r.Header.Get("Expect") == "" && x.control.EnableFullDuplex() == nil
	switch {
	case linger:
		wait = lingering
	case short && !x.broken:
		wait = time.Second
	}
	if linger || x.broken || !short {
		x.head["Connection"] = []string{"close"}
	}
	_ = x.control.SetReadDeadline(time.Now().Add(wait))
	return linger
}
