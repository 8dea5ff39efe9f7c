package openaicompat

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	openai "github.com/sashabaranov/go-openai"

	"github.com/aio-llm/aio/sdk"
)

// refused is the error of a response whose status is not 200.
func (x *exchange) refused() *sdk.Error {
	status := x.resp.StatusCode
	if status < 400 {
		e := x.bad("the upstream answered HTTP " + strconv.Itoa(status) + " instead of a reply")
		if to, err := url.Parse(x.resp.Header.Get("Location")); status >= 300 && err == nil {
			e.Message = x.tidy("the upstream redirects to " + strconv.Quote(to.Host) + "; redirects are not followed, correct base_url")
		}
		return e
	}
	body := x.errorBody()
	if ended := x.ended(sdk.ResponseStarted); ended != nil && ended.Kind == sdk.KindCanceled && len(body) == 0 {
		return ended
	}
	return x.blame(newFailure(status, x.resp.Header, body, time.Now()))
}

// inBand is the error of a 200 whose body, or whose stream event, is one.
func (x *exchange) inBand(body []byte) *sdk.Error {
	f := newFailure(0, x.resp.Header, body, time.Now())
	f.InBand = true
	return x.blame(f)
}

// blame classifies: the dialect's rules, then OpenAI's codes, then the status.
func (x *exchange) blame(f *Failure) *sdk.Error {
	e := &sdk.Error{
		Status: f.Status, Code: x.tidy(f.Code), Param: x.tidy(f.Param), Message: x.tidy(f.Message),
		Certainty: sdk.ResponseStarted, UpstreamRequestID: x.requestID(),
	}
	if e.Status == 0 {
		e.Status = x.resp.StatusCode
	}
	if e.Code == "" {
		e.Code = x.tidy(f.Type)
	}
	if describe := x.p.dialect.Message; describe != nil {
		e.Message = cmp.Or(x.tidy(describe(f)), e.Message)
	}
	if e.Message == "" {
		e.Message = strings.TrimSpace("HTTP " + strconv.Itoa(e.Status) + " " + http.StatusText(e.Status))
	}
	cause := &openai.APIError{Code: e.Code, Message: e.Message, Type: x.tidy(f.Type), HTTPStatusCode: e.Status, HTTPStatus: http.StatusText(e.Status)}
	if e.Param != "" {
		cause.Param = &e.Param
	}
	e.Cause = cause

	rule := match(x.p.dialect.Errors, f)
	if rule == nil {
		rule = match(commonErrors(), f)
	}
	if rule == nil {
		rule = &ErrorRule{Kind: kindOfStatus(f.Status)}
	}
	e.Kind, e.Scope = rule.Kind, rule.Scope
	if e.Scope == sdk.ScopeNone {
		e.Scope = x.usualScope(e.Kind)
	}
	if rule.Wait != nil {
		e.RetryAfter = rule.Wait(f)
	}
	if e.RetryAfter <= 0 {
		e.RetryAfter = waitHint(f, e.Kind, x.rateLimits())
	}
	if e.RetryAfter <= 0 {
		e.RetryAfter = rule.Otherwise
	}
	e.RetryAfter = min(e.RetryAfter, maxWait)
	if e.Kind == sdk.KindAuthInvalid && x.p.dialect.SignupURL != "" {
		e.Message += " (keys: " + x.p.dialect.SignupURL + ")"
	}
	return e
}

// match returns the first rule that knows the failure.
func match(rules []ErrorRule, f *Failure) *ErrorRule {
	message := strings.ToLower(f.Message)
	for i := range rules {
		if rules[i].matches(f, message) {
			return &rules[i]
		}
	}
	return nil
}

func (r *ErrorRule) matches(f *Failure, message string) bool {
	// An error inside a 200 may not say its status; its code or its text then has to do.
	told := f.Status != 0 || (len(r.Codes) == 0 && len(r.Says) == 0)
	if r.Status != 0 && told && r.Status != f.Status {
		return false
	}
	if len(r.Codes) > 0 && !slices.Contains(r.Codes, f.Code) && !slices.Contains(r.Codes, f.Type) {
		return false
	}
	if len(r.Says) > 0 && !slices.ContainsFunc(r.Says, func(s string) bool { return strings.Contains(message, s) }) {
		return false
	}
	return r.When == nil || r.When(f)
}

// commonErrors are OpenAI's own codes, which many others use, where they say more than the status.
func commonErrors() []ErrorRule {
	return []ErrorRule{
		{Codes: []string{"invalid_api_key", "authentication_error"}, Kind: sdk.KindAuthInvalid},
		{Codes: []string{"insufficient_quota", "billing_error"}, Kind: sdk.KindNoCredit},
		{Codes: []string{"context_length_exceeded", "request_too_large"}, Kind: sdk.KindTooLong},
		{Codes: []string{"content_filter", "content_policy_violation"}, Kind: sdk.KindBlocked},
		{Codes: []string{"model_not_found"}, Kind: sdk.KindModelGone},
		{Codes: []string{"overloaded_error"}, Kind: sdk.KindOverloaded},
		// Without a status, the error's type is all there is.
		{When: withoutStatus("rate_limit_exceeded", "rate_limit_error"), Kind: sdk.KindRateMinute},
		{When: withoutStatus("invalid_request_error"), Kind: sdk.KindBadRequest},
		{When: withoutStatus("not_found_error"), Kind: sdk.KindModelGone},
		{When: withoutStatus("permission_error"), Kind: sdk.KindForbidden},
	}
}

func withoutStatus(words ...string) func(*Failure) bool {
	return func(f *Failure) bool {
		return f.Status == 0 && (slices.Contains(words, f.Code) || slices.Contains(words, f.Type))
	}
}

// kindOfStatus is what an HTTP status means when nothing else is known. Zero is an error inside a 200 that
// says nothing about itself: the upstream failed.
func kindOfStatus(status int) sdk.Kind {
	switch {
	case status == http.StatusUnauthorized:
		return sdk.KindAuthInvalid
	case status == http.StatusPaymentRequired:
		return sdk.KindNoCredit
	case status == http.StatusForbidden:
		return sdk.KindForbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return sdk.KindModelGone
	case status == http.StatusRequestTimeout, status == http.StatusGatewayTimeout:
		return sdk.KindOverloaded
	case status == http.StatusRequestEntityTooLarge:
		return sdk.KindTooLong
	case status == http.StatusTooManyRequests:
		return sdk.KindRateMinute
	case status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status >= 520 && status <= 529:
		return sdk.KindOverloaded
	case status >= 400 && status < 500:
		return sdk.KindBadRequest
	default:
		return sdk.KindServerError
	}
}

func (x *exchange) usualScope(k sdk.Kind) sdk.Scope {
	switch k {
	case sdk.KindAuthInvalid:
		return sdk.ScopeKey
	case sdk.KindNoCredit:
		return sdk.ScopeAccount
	case sdk.KindRateMinute, sdk.KindRateDay, sdk.KindForbidden:
		return sdk.ScopeAccountModel
	case sdk.KindOverloaded, sdk.KindServerError, sdk.KindModelGone, sdk.KindBrokenStream:
		return sdk.ScopeModel
	case sdk.KindNetwork, sdk.KindBadReply:
		return sdk.ScopeProvider
	default:
		return sdk.ScopeNone
	}
}

// maxText is as much of an upstream's text as anyone reads.
const maxText = 600

// keyLike matches what looks like an API key, also a masked one: upstreams echo keys in their 401s.
var keyLike = regexp.MustCompile(`\b(?:sk|gsk|csk|xai|nvapi|hf)[-_][-_A-Za-z0-9*.]{6,}|\bAIza[-_A-Za-z0-9]{10,}`)

// page matches a page of HTML from where it begins to the end: what a proxy has to say is not for the caller.
var page = regexp.MustCompile(`(?is)<(?:!doctype html|html|head|body)\b.*`)

// tidy makes an upstream's text fit for a log line: short, on one line, without a key or a page of HTML.
func (x *exchange) tidy(text string) string {
	text = keyLike.ReplaceAllString(x.call.Key.Redact(text), "[redacted]")
	text = page.ReplaceAllLiteralString(text, "(an HTML page)")
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText]) + "…"
	}
	return text
}

// requestID is the upstream's id of the call, from its headers.
func (x *exchange) requestID() string {
	if x.resp == nil {
		return ""
	}
	for _, name := range x.p.dialect.RequestIDs {
		if id := x.resp.Header.Get(name); id != "" {
			return x.tidyID(id)
		}
	}
	return ""
}

// tidyID is tidy for what is nearly always a short word: the slow way, which searches for keys, is left to the
// rest.
func (x *exchange) tidyID(id string) string {
	if len(id) > 64 || strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) {
		return x.tidy(id)
	}
	for _, mark := range []string{"sk", "xai", "nvapi", "hf", "pk", "key", "AIza"} {
		if strings.Contains(id, mark) {
			return x.tidy(id)
		}
	}
	return x.call.Key.Redact(id)
}
