package host

import (
	"context"
	"errors"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Observer is told what happens. Observe is called on the path of requests, from many goroutines: it must be
// quick and must not call the host.
type Observer interface{ Observe(Event) }

// ObserverFunc is a function as an Observer.
type ObserverFunc func(Event)

// Observe implements Observer.
func (f ObserverFunc) Observe(e Event) { f(e) }

// ContextObserver is an Observer that is told through ObserveContext instead: the events of a request come with
// the context of the call that made it, for what travels in contexts, such as the caller's trace. That context
// may have been canceled.
type ContextObserver interface {
	Observer
	ObserveContext(context.Context, Event)
}

// Event is one of RequestStarted, AttemptEnded, RequestEnded, KeyChanged and PluginChanged. New kinds of
// event may come: ignore the ones you do not know.
type Event interface{ event() }

// RequestStarted tells of a request taken in.
type RequestStarted struct {
	ID     string
	Model  string
	Stream bool
	// Operation is OperationChat, OperationEmbeddings or OperationTokens.
	Operation string
	Time      time.Time
}

// The operations of a request.
const (
	OperationChat       = "chat"
	OperationEmbeddings = "embeddings"
	OperationTokens     = "count_tokens"
)

// AttemptEnded tells of one call that ended, well or not.
type AttemptEnded struct {
	RequestID string
	Attempt   Attempt
}

// RequestEnded tells of a request that ended. For a stream that is when its last chunk was read.
type RequestEnded struct {
	Trail     Trail
	Stream    bool
	Operation string
	// Kind is empty when the request succeeded.
	Kind sdk.Kind
	Info sdk.ReplyInfo
	// Estimated says that Info.Usage is the host's guess: the answer was cut off before the upstream told.
	Estimated bool
}

// KeyChanged tells of a key that went out of use or came back.
type KeyChanged struct {
	Provider string
	Key      string
	// State is what happened: cooled, recovered, exhausted, disabled, enabled, or store_failed.
	State  string
	Reason string
	Until  time.Time
}

// PluginChanged tells of a plugin process that changed its state.
type PluginChanged struct {
	Provider string
	State    string
	Pid      int
	Reason   string
	// Stderr holds the last lines a process wrote that ended unasked, keys cut out.
	Stderr []string
}

func (RequestStarted) event() {}
func (AttemptEnded) event()   {}
func (RequestEnded) event()   {}
func (KeyChanged) event()     {}
func (PluginChanged) event()  {}

// finish counts, logs and tells of a request that ended.
func (h *Host) finish(j *job, outcome error) {
	ended := RequestEnded{Trail: j.trail, Stream: j.request.stream, Operation: j.request.operation(), Info: j.info, Estimated: j.estimated}
	if outcome != nil {
		ended.Kind = KindOf(outcome)
	}
	h.totals.count(ended)
	if h.observed() {
		h.observe(j.ctx, ended)
	}
	h.logRequest(ended, outcome)
}

// logRequest writes the one line a completed request leaves.
func (h *Host) logRequest(e RequestEnded, outcome error) {
	if outcome == nil && !h.log.IsInfo() {
		return
	}
	t := e.Trail
	fields := []any{
		"id", t.RequestID, "requested", t.Requested, "provider", t.Provider, "model", t.Model, "key", t.Key,
		"stream", e.Stream, "attempts", len(t.Attempts), "duration", t.Duration.Round(time.Microsecond),
	}
	if u := e.Info.Usage; u != nil {
		fields = append(fields, "prompt_tokens", u.PromptTokens, "completion_tokens", u.CompletionTokens)
		if e.Estimated {
			fields = append(fields, "estimated", true)
		}
	}
	if c := t.Cost; c != nil {
		fields = append(fields, "cost_usd", c.USD)
	}
	switch {
	case outcome == nil:
		h.log.Info("request completed", fields...)
	case e.Kind == sdk.KindCanceled:
		h.log.Info("request canceled", fields...)
	default:
		h.log.Error("request failed", append(fields, "kind", string(e.Kind), "error", loggable(outcome))...)
	}
}

// loggable is an error without what an upstream said of it, which may quote the prompt.
func loggable(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	switch e.Kind {
	case sdk.KindNoTarget, sdk.KindKeysExhausted, sdk.KindLimitLocal, sdk.KindStateUnavailable, sdk.KindNetwork, sdk.KindTimeout, sdk.KindPluginDown:
		return e.Error() // in words of ours
	}
	c := *e
	c.Message = ""
	return c.Error()
}
