package host

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

// job is one request from its coming in to its end.
type job struct {
	host    *Host
	request request
	plan    route.Plan
	policy  policy
	// ctx ends with the caller's, with Cancel, and at the deadline.
	ctx      context.Context //nolint:containedctx // a request's life is exactly this value's
	cancel   context.CancelCauseFunc
	release  context.CancelFunc
	deadline time.Time
	trail    Trail
	info     sdk.ReplyInfo
	// estimated says that the usage in info is the host's guess.
	estimated bool
}

var (
	errCanceled = &sdk.Error{Kind: sdk.KindCanceled, Message: "the request was canceled"}
	errTotal    = &sdk.Error{Kind: sdk.KindTimeout, Message: "the request's total deadline passed"}
)

// begin registers a request and plans its targets.
func (h *Host) begin(ctx context.Context, req request, opts []CallOption) (*job, error) {
	var o callOptions
	for _, opt := range opts {
		opt(&o)
	}
	if o.id == "" {
		o.id = newID()
	} else if err := checkName("request id", o.id); err != nil {
		return nil, err
	}
	name, err := h.requested(req.model, o.route)
	if err != nil {
		return nil, err
	}
	req.id = o.id
	j := &job{host: h, request: req, policy: h.policyOf(name)}
	j.trail = Trail{RequestID: o.id, Requested: name, Started: time.Now()}
	j.deadline = j.trail.Started.Add(j.policy.timeouts.Total)
	if d, ok := ctx.Deadline(); ok && d.Before(j.deadline) {
		j.deadline = d
	}
	j.ctx, j.cancel = context.WithCancelCause(ctx)
	total := time.AfterFunc(time.Until(j.deadline), func() { j.cancel(errTotal) })
	j.release = func() { total.Stop() }
	if err := h.live.add(j); err != nil {
		j.release()
		j.cancel(nil)
		return nil, err
	}
	if h.observed() {
		h.observe(j.ctx, RequestStarted{ID: o.id, Model: name, Stream: req.stream, Operation: req.operation(), Time: j.trail.Started})
	}
	if err := j.makePlan(name); err != nil {
		return nil, j.end(err)
	}
	return j, nil
}

func (h *Host) requested(model, routeName string) (string, error) {
	switch {
	case routeName != "":
		return routeName, checkName("route", routeName)
	case model != "":
		return model, nil
	case h.config.Auto:
		return route.Auto, nil
	default:
		return "", badRequest("model", `no model given: name one, or "auto"`)
	}
}

func (j *job) makePlan(name string) error {
	plan, err := j.host.catalog.Plan(name, j.request.needs)
	var unknown *route.UnknownError
	if errors.As(err, &unknown) {
		return &Error{Kind: sdk.KindNoTarget, Param: "model", Message: unknown.Error(), Cause: err}
	}
	if err != nil {
		return err
	}
	j.plan = plan
	for _, d := range plan.Dropped {
		j.trail.skip(d.Target.String(), d.Reason)
	}
	return nil
}

// end finishes the request with its outcome and returns what the caller is told.
func (j *job) end(outcome error) error {
	j.trail.Duration = time.Since(j.trail.Started)
	if outcome != nil {
		outcome = j.explain(outcome)
	}
	j.host.live.remove(j)
	j.release()
	j.cancel(nil)
	j.host.finish(j, outcome)
	return outcome
}

// explain turns an error into what the caller gets, with the trail.
func (j *job) explain(err error) error {
	trail := j.trail
	var e *Error
	if errors.As(err, &e) {
		if e.Trail == nil {
			e.Trail = &trail
		}
		return e
	}
	cause := sdk.AsError(err)
	if ended := j.ended(); ended != nil && (cause.Kind == sdk.KindCanceled || cause.Kind == sdk.KindTimeout) {
		cause = ended
	}
	cause = j.host.clean(cause)
	return &Error{
		Kind: cause.Kind, Message: j.host.redactor.String(cause.Message + j.insteadOfGone(cause.Kind)), Code: cause.Code, Param: cause.Param,
		RetryAfter: cause.RetryAfter, Trail: &trail, Cause: cause,
	}
}

// ended says why the request's context is over; nil while it is not.
func (j *job) ended() *sdk.Error {
	if j.ctx.Err() == nil {
		return nil
	}
	cause := context.Cause(j.ctx)
	var e *sdk.Error
	if errors.As(cause, &e) {
		return e
	}
	if errors.Is(cause, context.DeadlineExceeded) {
		return errTotal
	}
	return errCanceled
}

func newID() string {
	return "req_" + strconv.FormatUint(rand.Uint64()|1<<63, 36)
}

// live is the set of requests under way.
type live struct {
	mu       sync.Mutex
	requests map[string]*job
	closed   bool
	idle     sync.WaitGroup
}

func (l *live) add(j *job) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	if _, taken := l.requests[j.request.id]; taken {
		return badRequest("request id", "a request with id %q is under way", j.request.id)
	}
	l.requests[j.request.id] = j
	l.idle.Add(1)
	return nil
}

func (l *live) remove(j *job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.requests[j.request.id] == j {
		delete(l.requests, j.request.id)
		l.idle.Done()
	}
}

func (l *live) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, j := range l.requests {
		j.cancel(errCanceled)
	}
}

// ActiveRequest is a request under way.
type ActiveRequest struct {
	ID      string    `json:"id"`
	Model   string    `json:"model"`
	Stream  bool      `json:"stream"`
	Started time.Time `json:"started"`
}

// Active lists the requests under way, oldest first.
func (h *Host) Active() []ActiveRequest {
	h.live.mu.Lock()
	defer h.live.mu.Unlock()
	out := make([]ActiveRequest, 0, len(h.live.requests))
	for id, j := range h.live.requests {
		out = append(out, ActiveRequest{ID: id, Model: j.trail.Requested, Stream: j.request.stream, Started: j.trail.Started})
	}
	sortActive(out)
	return out
}

// Cancel ends the request with that id, whoever made it, and reports whether there was one.
func (h *Host) Cancel(id string) bool {
	h.live.mu.Lock()
	defer h.live.mu.Unlock()
	j, ok := h.live.requests[id]
	if ok {
		j.cancel(errCanceled)
	}
	return ok
}

// CancelAll ends every request under way and returns how many there were.
func (h *Host) CancelAll() int {
	h.live.mu.Lock()
	defer h.live.mu.Unlock()
	for _, j := range h.live.requests {
		j.cancel(errCanceled)
	}
	return len(h.live.requests)
}

func (j *job) attemptID(n int) string { return j.request.id + "-" + strconv.Itoa(n) }
