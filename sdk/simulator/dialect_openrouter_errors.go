package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// errorType is metadata.error_type by status (OpenRouter SDK types).
func errorType(status int) string {
	return map[int]string{
		400: "invalid_request", 401: "authentication", 402: "payment_required", 403: "permission_denied",
		404: "not_found", 408: "timeout", 413: "payload_too_large", 422: "unprocessable", 429: "rate_limit_exceeded",
		500: "server", 502: "provider_unavailable", 503: "provider_overloaded", 504: "timeout", 524: "timeout", 529: "provider_overloaded",
	}[status]
}

// openrouterFailure: statuses and metadata from the OpenRouter SDK types and
// docs, messages as observed.
func openrouterFailure(c *call, f failing) *apiError {
	e := openrouterNamed(c, f)
	e.kind, e.code, e.param = "", "", ""
	return e
}

func openrouterNamed(c *call, f failing) *apiError {
	typed := func(status int, message string) *apiError {
		return &apiError{status: status, message: message, metadata: map[string]any{"error_type": errorType(status)}}
	}
	switch f.name {
	case ErrorAuthMissing:
		return typed(401, "Missing Authentication header")
	case ErrorAuthInvalid:
		if c.unconfirmed { // recalled: the wording
			return typed(401, "User not found.")
		}
		return typed(401, "Invalid credentials")
	case ErrorNoCredit, ErrorSpendCap:
		return typed(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits")
	case ErrorCannotAfford:
		return typed(402, "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 30104. To increase, visit https://openrouter.ai/settings/credits and add more credits")
	case ErrorInFlight: // passes by itself: Retry-After comes with it
		e := &apiError{status: 402, message: "Too many credits are reserved by requests in flight. Please retry later.", metadata: map[string]any{"limit_source": "openrouter_in_flight_budget"}}
		e.hint(hinted(f, HintRetryAfter), waitOr(f, 5*time.Second), c.now)
		return e
	case ErrorKeyLimit:
		return &apiError{status: 403, message: "Key limit exceeded (daily limit).", metadata: map[string]any{"limit_source": "openrouter_key_limit", "resets_at": nextMidnightUTC(c.now).Format(time.RFC3339)}}
	case ErrorForbidden:
		return typed(403, "You do not have permission to access this resource.")
	case ErrorBlocked: // moderation: reasons and the first 100 characters
		return &apiError{status: 403, message: "Input was flagged by moderation.", metadata: map[string]any{"reasons": []string{"simulated"}, "flagged_input": "...", "provider_name": "Simulated", "model_slug": c.model}}
	case ErrorTooLong:
		e := typed(400, fmt.Sprintf("This endpoint's maximum context length is %d tokens. However, you requested about %d tokens. Please reduce the length of either one.", c.context(), max(f.ask, c.context()+1)))
		e.metadata["error_type"] = "context_length_exceeded"
		return e
	case ErrorTooLarge, ErrorUnprocessable:
		e := commonFailure(c, f)
		return typed(e.status, e.message)
	case ErrorModelNotFound:
		return &apiError{status: 400, message: c.model + " is not a valid model ID"}
	case ErrorModelRetired, ErrorNoEndpoints:
		return typed(404, "No endpoints found for "+c.model+".")
	case errorNoVision:
		return typed(404, "No endpoints found that support image input")
	case errorNoTools:
		return typed(404, "No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/provider-routing")
	case ErrorRateMinute, ErrorRateTokens:
		return freeLimit(c, f, "free-models-per-min", 20, c.now.Truncate(time.Minute).Add(time.Minute))
	case ErrorRateDay:
		return freeLimit(c, f, "free-models-per-day. Add 10 credits to unlock 1000 free model requests per day", 50, nextMidnightUTC(c.now))
	case ErrorRateUpstream: // a provider name says that the limit is the provider's
		e := &apiError{status: 429, message: "Provider returned error", metadata: map[string]any{"provider_name": "Simulated", "raw": c.model + " is temporarily rate-limited upstream. Please retry shortly."}}
		e.hint(hinted(f, HintRetryAfter), waitOr(f, 30*time.Second), c.now)
		return e
	case ErrorOverloaded, ErrorCapacity:
		return typed(503, "Provider is overloaded, please try again later.")
	case ErrorBadGateway:
		return typed(502, "Provider returned error")
	case ErrorTimeout:
		return typed(504, "The provider did not answer in time.")
	case ErrorServer, ErrorToolUse, ErrorJSON: // masked
		return typed(500, "Internal Server Error")
	}
	return typed(400, "Invalid request.")
}

// freeLimit is OpenRouter's own 429: X-RateLimit headers, Reset in Unix
// milliseconds, copied into the body; no Retry-After (as observed).
func freeLimit(c *call, f failing, what string, limit int, reset time.Time) *apiError {
	if f.limit > 0 {
		limit = f.limit
	}
	if f.wait > 0 {
		reset = c.now.Add(f.wait)
	}
	e := &apiError{status: http.StatusTooManyRequests, message: "Rate limit exceeded: " + what}
	say := hinted(f, HintReset, HintBody)
	e.hint(say, reset.Sub(c.now), c.now)
	headers := map[string]string{"X-RateLimit-Limit": strconv.Itoa(limit), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": millis(reset)}
	if say(HintReset) {
		for name, v := range headers {
			e.set(name, v)
		}
	}
	if say(HintBody) {
		e.metadata = map[string]any{"headers": headers}
	}
	return e
}

func waitOr(f failing, usual time.Duration) time.Duration {
	if f.wait > 0 {
		return f.wait
	}
	return usual
}
