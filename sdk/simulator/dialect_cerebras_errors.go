package simulator

import (
	"fmt"
	"net/http"
	"time"
)

// Shapes of an error body other than {"message","type","param","code"}; they
// stand in apiError.kind.
const (
	shapeEmpty   = "shape:empty"   // no body at all
	shapeDetail  = "shape:detail"  // {"detail":"..."}
	shapeDetails = "shape:details" // {"detail":[{"loc","msg","type"}]}
)

// cerebrasFailure: bodies as observed unless said otherwise.
func cerebrasFailure(c *call, f failing) *apiError {
	switch f.name {
	case ErrorAuthInvalid:
		return &apiError{status: 401, kind: "invalid_request_error", param: "api_key", code: "wrong_api_key", message: "Wrong API Key"}
	case ErrorAuthMissing:
		return &apiError{status: 403, kind: shapeDetail, message: "Not authenticated"}
	case ErrorNoCredit, ErrorCannotAfford, ErrorKeyLimit, ErrorSpendCap:
		return &apiError{status: 402, kind: "payment_required_error", param: "quota", code: "payment_required", message: "Payment required to access this resource. Visit your billing tab."}
	case ErrorUnprocessable:
		return &apiError{status: 422, kind: shapeDetails, message: "Field required"}
	case ErrorTooLong:
		e := invalid("messages", fmt.Sprintf("Please reduce the length of the messages or completion. Current length is %d while limit is %d", max(f.ask, c.context()+1), c.context()))
		if c.unconfirmed { // recalled: the code
			e.code = "context_length_exceeded"
		}
		return e
	case ErrorModelNotFound, ErrorModelRetired, ErrorNoEndpoints:
		return &apiError{status: 404, kind: "not_found_error", param: "model", code: "model_not_found", message: fmt.Sprintf("Model %s does not exist or you do not have access to it.", orElse(c.model, "unknown"))}
	case ErrorRateMinute, ErrorRateTokens, ErrorRateDay, ErrorRateUpstream, ErrorInFlight:
		return cerebrasRateLimit(c, f)
	case ErrorOverloaded:
		return &apiError{status: 429, kind: "too_many_requests_error", param: "queue", code: "queue_exceeded", message: "We're experiencing high traffic right now! Please try again soon."}
	case ErrorCapacity: // in the general shape
		return &apiError{status: 503, kind: "service_unavailable_error", message: "Service Unavailable"}
	case errorNoVision:
		return invalid("", fmt.Sprintf("messages.%d.user.content: Input should be a valid string", f.ask))
	case errorNoTools:
		return invalid("", "tools: tool calling is not supported for this model")
	}
	return commonFailure(c, f)
}

// cerebrasRateLimit: code and text tell requests from tokens, the text alone a
// minute from a day; the wait is in the reset headers, in seconds, and there is
// no Retry-After (Cerebras docs).
func cerebrasRateLimit(c *call, f failing) *apiError {
	e := &apiError{status: http.StatusTooManyRequests, kind: "too_many_requests_error", param: "quota"}
	limit, wait, name := 5, 12*time.Second, "requests-minute"
	switch f.name {
	case ErrorRateTokens:
		limit, wait, name = 30_000, 7660*time.Millisecond, "tokens-minute"
		e.code, e.message = "token_quota_exceeded", "Tokens per minute limit exceeded - too many tokens processed."
	case ErrorRateDay:
		limit, wait, name = 14_400, 6*time.Hour, "requests-day"
		e.code, e.message = "request_quota_exceeded", "Requests per day limit exceeded - too many requests sent."
	default:
		e.code, e.message = "request_quota_exceeded", "Requests per minute limit exceeded - too many requests sent."
	}
	limit = orElseInt(f.limit, limit)
	if f.wait > 0 {
		wait = f.wait
	}
	say := hinted(f, HintReset)
	e.hint(say, wait, c.now)
	if say(HintReset) {
		e.header = orHeader(e.header)
		setLimit(e.header, name, limit, 0, wait.Seconds())
	}
	if say(HintBody) {
		e.message += " Please try again in " + wait.String() + "."
	}
	return e
}

func orHeader(h http.Header) http.Header {
	if h == nil {
		return http.Header{}
	}
	return h
}

// flatError is Cerebras's shape; there is no "error" around it.
type flatError struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Param   string `json:"param"`
	Code    string `json:"code"`
	ID      string `json:"id,omitempty"` // in a stream
}

func flat(e *apiError) flatError {
	out := flatError{Message: clip(e.message), Type: e.kind, Param: e.param, Code: e.code}
	if e.kind == "invalid_request_error" && e.code == "" {
		out.Param, out.Code = "validation_error", "wrong_api_format"
	}
	return out
}

func writeCerebras(e *apiError) []byte {
	switch e.kind {
	case shapeEmpty:
		return nil
	case shapeDetail:
		return encode(map[string]string{"detail": e.message})
	case shapeDetails:
		return encode(map[string]any{"detail": []any{map[string]any{"loc": []string{"body", "messages"}, "msg": e.message, "type": "missing"}}})
	}
	return encode(flat(e))
}

// brokenCerebras: Cerebras SDK types, a chunk {"error":{...},"status_code":N}.
func brokenCerebras(_ *chatDialect, c *call, e *apiError) ([]byte, event) {
	inner := flat(e)
	inner.ID = "sim" + pad(c.id)
	chunk := encode(struct {
		Error  flatError `json:"error"`
		Status int       `json:"status_code"`
	}{inner, e.status})
	return writeCerebras(e), event{kind: eventData, data: chunk}
}
