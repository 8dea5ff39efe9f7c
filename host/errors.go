package host

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// ErrClosed is returned by every call after Close.
var ErrClosed = errors.New("host is closed")

// Error is why a request failed. Its text names what was tried and holds no secret.
type Error struct {
	Kind sdk.Kind
	// Message is for people.
	Message string
	// Code is the upstream's own code, or ours where Status cannot tell; Param the member complained about.
	Code  string
	Param string
	// RetryAfter is the soonest time trying again makes sense; zero when unknown.
	RetryAfter time.Duration
	// Trail says what was tried; nil when nothing could be planned.
	Trail *Trail
	// Cause is the deciding *sdk.Error or what else went wrong.
	Cause error
}

// CodeBodyTooLarge is the Code of a request body over sdk.MaxBody.
const CodeBodyTooLarge = "body_too_large"

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Trail != nil && len(e.Trail.Attempts) > 0 {
		fmt.Fprintf(&b, " (%s)", e.Trail.tried())
	}
	return b.String()
}

// Unwrap returns the Cause.
func (e *Error) Unwrap() error { return e.Cause }

// HTTPStatus is the status a gateway answers with.
func (e *Error) HTTPStatus() int {
	switch e.Kind {
	case sdk.KindBadRequest:
		if e.Code == CodeBodyTooLarge {
			return 413
		}
		return 400
	case sdk.KindUnsupported, sdk.KindTooLong, sdk.KindBlocked:
		return 400
	case sdk.KindNoTarget, sdk.KindModelGone:
		return 404
	case sdk.KindRateMinute, sdk.KindRateDay, sdk.KindLimitLocal:
		return 429
	case sdk.KindKeysExhausted:
		if e.RetryAfter > 0 {
			return 429
		}
		return 502
	case sdk.KindCanceled:
		return 499
	case sdk.KindAuthInvalid, sdk.KindNoCredit, sdk.KindForbidden, // 401 and 403 are for our own callers
		sdk.KindNetwork, sdk.KindServerError, sdk.KindGenFailed, sdk.KindBadReply, sdk.KindBrokenStream:
		return 502
	case sdk.KindOverloaded, sdk.KindPluginDown, sdk.KindStateUnavailable:
		return 503
	case sdk.KindTimeout:
		return 504
	default:
		return 500
	}
}

// KindOf returns the kind of an error of this package or of the sdk; empty for nil.
func KindOf(err error) sdk.Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return sdk.KindOf(err)
}

func badRequest(param, format string, args ...any) *Error {
	return &Error{Kind: sdk.KindBadRequest, Param: param, Message: fmt.Sprintf(format, args...)}
}
