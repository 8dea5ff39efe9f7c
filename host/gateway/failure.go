package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// The types of errors, as OpenAI names them. Clients pick their error's class by status.
const (
	typeInvalid = "invalid_request_error"
	typeRate    = "rate_limit_error"
	typeServer  = "server_error"
)

// failure is an error as a client gets it.
type failure struct {
	status int
	// kind is the type member.
	kind    string
	code    string
	param   string
	message string
	// upstreamCode is the upstream's own where code is another; empty otherwise.
	upstreamCode string
	// retryAfter is when trying again makes sense; 0 is unknown. final says that it never does.
	retryAfter time.Duration
	final      bool
	// trail says what was tried; nil when nothing was.
	trail *host.Trail
}

func invalid(param, message string) *failure {
	return &failure{status: http.StatusBadRequest, kind: typeInvalid, code: "invalid_request", param: param, message: message}
}

func overloaded() *failure {
	return &failure{
		status: http.StatusTooManyRequests, kind: typeRate, code: "gateway_overloaded", retryAfter: time.Second,
		message: "the gateway has as many requests at work and waiting as it takes; no provider was asked",
	}
}

func canceled() *failure {
	return &failure{status: statusCanceled, kind: typeInvalid, code: string(sdk.KindCanceled), message: "the request was canceled"}
}

// statusCanceled is nginx's: nobody is there to read it, logs are.
const statusCanceled = 499

// failed is what a client gets for an error of the host's.
func failed(err error) *failure {
	if errors.Is(err, host.ErrClosed) {
		return &failure{
			status: http.StatusServiceUnavailable, kind: typeServer, code: "gateway_stopping", retryAfter: time.Second,
			message: "the gateway is stopping",
		}
	}
	var e *host.Error
	if !errors.As(err, &e) {
		cause := sdk.AsError(err)
		e = &host.Error{Kind: cause.Kind, Message: cause.Message, Code: cause.Code, Param: cause.Param, RetryAfter: cause.RetryAfter}
	}
	f := &failure{
		status: e.HTTPStatus(), code: clean(e.Code), param: clean(e.Param), message: clean(e.Message),
		retryAfter: e.RetryAfter, trail: e.Trail,
	}
	switch {
	case f.status == http.StatusTooManyRequests:
		f.kind = typeRate
	case f.status >= http.StatusInternalServerError:
		f.kind = typeServer
	default:
		f.kind = typeInvalid
	}
	f.explain(e.Kind)
	if f.message == "" {
		f.message = "the request failed: " + string(e.Kind)
	}
	return f
}

// explain gives each kind the code that OpenAI's clients know, unless the upstream gave one like OpenAI's. A
// prompt that is too long always has the same: programs shorten it when they see that. What is about the upstream's
// keys must not read as if it were about the caller's.
func (f *failure) explain(kind sdk.Kind) {
	code := string(kind)
	switch kind {
	case sdk.KindAuthInvalid, sdk.KindNoCredit, sdk.KindForbidden:
		f.code, f.param, f.final = "upstream_credentials_exhausted", "", true
		f.message = "the provider refused this gateway's key: " + f.message
	case sdk.KindKeysExhausted:
		code = "rate_limit_exceeded"
		if f.status != http.StatusTooManyRequests {
			code, f.final = "upstream_credentials_exhausted", true
		}
	case sdk.KindLimitLocal:
		code, f.final = "gateway_limit_exceeded", true
	case sdk.KindRateMinute, sdk.KindRateDay:
		code = "rate_limit_exceeded"
	case sdk.KindNoTarget, sdk.KindModelGone:
		code = "model_not_found"
	case sdk.KindTooLong:
		code = "context_length_exceeded"
	case sdk.KindBlocked:
		code = "content_filter"
	case sdk.KindBadRequest:
		code = "invalid_request"
	default:
	}
	if f.code != code && (kind == sdk.KindTooLong || !likeOpenAI(f.code)) {
		f.code, f.upstreamCode = code, f.code
	}
}

// likeOpenAI reports whether a code is of OpenAI's form, words such as rate_limit_exceeded: not Google's
// RESOURCE_EXHAUSTED, and no number.
func likeOpenAI(code string) bool {
	return strings.ContainsFunc(code, unicode.IsLower) && !strings.ContainsFunc(code, func(r rune) bool {
		return unicode.IsUpper(r) || unicode.IsSpace(r)
	})
}

// refuse answers with f.
func (x *exchange) refuse(f *failure) {
	x.release()
	x.note("error", f.code)
	if f.trail != nil {
		x.trailHead(f.trail)
	}
	if f.retryAfter > 0 {
		x.head["Retry-After"] = []string{strconv.FormatInt(int64((f.retryAfter+time.Second-1)/time.Second), 10)}
		x.head["Retry-After-Ms"] = []string{strconv.FormatInt(int64((f.retryAfter+time.Millisecond-1)/time.Millisecond), 10)}
	}
	// Official clients ignore a wait of over a minute, and would try again at once.
	if f.final || f.retryAfter > time.Minute {
		x.head["X-Should-Retry"] = []string{"false"}
	}
	x.answer(f.status, "application/json", f.encode(x.wantsTrail()))
}

// encode is the error's JSON, with the trail if asked for.
func (f *failure) encode(trail bool) []byte {
	out := append(make([]byte, 0, 256), `{"error":{"message":`...)
	out = quote(out, f.message)
	out = quote(append(out, `,"type":`...), f.kind)
	out = optional(append(out, `,"param":`...), f.param)
	out = optional(append(out, `,"code":`...), f.code)
	if f.upstreamCode != "" {
		out = quote(append(out, `,"upstream_code":`...), f.upstreamCode)
	}
	out = append(out, '}')
	if trail && f.trail != nil {
		if told, err := json.Marshal(f.trail); err == nil {
			out = append(append(out, `,"aio":`...), told...)
		}
	}
	return append(out, '}')
}

func optional(out []byte, s string) []byte {
	if s == "" {
		return append(out, "null"...)
	}
	return quote(out, s)
}

func quote(out []byte, s string) []byte {
	quoted, err := jsontext.AppendQuote(out, s)
	if err != nil { // invalid UTF-8: replaced, and in quoted
		return quoted
	}
	return quoted
}

const mostMessage = 2000

// clean makes foreign text fit for an answer and for a log: no control characters, no page, no flood.
func clean(s string) string {
	if lower := strings.ToLower(s[:min(len(s), 512)]); strings.Contains(lower, "<html") || strings.Contains(lower, "<!doctype") {
		return "the upstream answered with a web page"
	}
	if len(s) > mostMessage {
		s = s[:mostMessage] + "…"
	}
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s), "\uFFFD")
}
