package sdk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is a failed call. Its text is for people and holds no secret; callers decide on its fields.
type Error struct {
	Kind  Kind
	Scope Scope
	// Status is the upstream's HTTP status; zero when there was no response.
	Status int
	// Code is the upstream's own error code, Param the request member it complains about.
	Code  string
	Param string
	// Message is the upstream's text or ours, without secrets.
	Message string
	// RetryAfter is how long the upstream asks to wait; zero when it does not say.
	RetryAfter time.Duration
	Certainty  Certainty
	// UpstreamRequestID is the upstream's id of the failed call, for its support.
	UpstreamRequestID string
	// Usage is what the upstream had produced when the call failed; nil when it does not say.
	Usage *Usage
	// Cause is kept for errors.Is and errors.As inside one process; it does not travel.
	Cause error
}

// Errorf returns an Error of the given kind whose message is formatted; a %w operand becomes its Cause.
func Errorf(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	var facts []string
	if e.Status != 0 {
		facts = append(facts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Code != "" {
		facts = append(facts, "code "+e.Code)
	}
	if e.Param != "" {
		facts = append(facts, "param "+e.Param)
	}
	if len(facts) > 0 {
		b.WriteString(" (" + strings.Join(facts, ", ") + ")")
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// Unwrap returns the Cause.
func (e *Error) Unwrap() error { return e.Cause }

// AsError returns err as an *Error. A context's end becomes KindCanceled or KindTimeout; anything else that
// is not an *Error becomes KindUnknown. It returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	kind := KindUnknown
	switch {
	case errors.Is(err, context.Canceled):
		kind = KindCanceled
	case errors.Is(err, context.DeadlineExceeded):
		kind = KindTimeout
	}
	return &Error{Kind: kind, Message: err.Error(), Cause: err}
}

// KindOf returns the kind of err, as AsError sees it; empty for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return AsError(err).Kind
}
