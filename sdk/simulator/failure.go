package simulator

import (
	"fmt"
	"time"
)

// The errors a fault can name (Fault.Error). Each dialect writes its own real
// error for it; one it has no such error for is written in its general shape.
const (
	ErrorAuthInvalid   = "auth_invalid"  // wrong key
	ErrorAuthMissing   = "auth_missing"  // no key
	ErrorNoCredit      = "no_credit"     // out of credit or quota to buy
	ErrorCannotAfford  = "cannot_afford" // OpenRouter 402: credit for fewer tokens only
	ErrorInFlight      = "in_flight"     // OpenRouter 402: too much running at once, passes by itself
	ErrorKeyLimit      = "key_limit"     // OpenRouter 403: the key's own budget is spent
	ErrorSpendCap      = "spend_cap"     // Groq 400: monthly spend cap
	ErrorForbidden     = "forbidden"     // region, permission
	ErrorBlocked       = "blocked"       // moderation
	ErrorBadRequest    = "bad_request"   // 400
	ErrorUnprocessable = "unprocessable" // 422
	ErrorTooLarge      = "too_large"     // 413
	ErrorTooLong       = "too_long"      // context length
	ErrorModelNotFound = "model_not_found"
	ErrorModelRetired  = "model_retired"        // decommissioned
	ErrorNoEndpoints   = "no_endpoints"         // OpenRouter: nobody serves it as asked
	ErrorRateMinute    = "rate_minute"          // requests a minute
	ErrorRateTokens    = "rate_tokens"          // tokens a minute
	ErrorRateDay       = "rate_day"             // a daily quota
	ErrorRateUpstream  = "rate_upstream"        // OpenRouter: the provider behind it limits
	ErrorCapacity      = "capacity"             // Groq 498: flex tier full
	ErrorOverloaded    = "overloaded"           // 503, 529
	ErrorServer        = "server_error"         // 500
	ErrorBadGateway    = "bad_gateway"          // 502
	ErrorTimeout       = "timeout"              // 504, 408
	ErrorToolUse       = "tool_use_failed"      // the model wrote an impossible tool call
	ErrorJSON          = "json_validate_failed" // the model wrote impossible JSON
)

// Errors lists the names that Fault.Error can have.
func Errors() []string {
	return []string{
		ErrorAuthInvalid, ErrorAuthMissing, ErrorNoCredit, ErrorCannotAfford, ErrorInFlight, ErrorKeyLimit, ErrorSpendCap,
		ErrorForbidden, ErrorBlocked, ErrorBadRequest, ErrorUnprocessable, ErrorTooLarge, ErrorTooLong, ErrorModelNotFound,
		ErrorModelRetired, ErrorNoEndpoints, ErrorRateMinute, ErrorRateTokens, ErrorRateDay, ErrorRateUpstream, ErrorCapacity,
		ErrorOverloaded, ErrorServer, ErrorBadGateway, ErrorTimeout, ErrorToolUse, ErrorJSON,
	}
}

// failing is an error a dialect is asked to write.
type failing struct {
	name  string
	wait  time.Duration // 0 means the provider's usual
	hints []string      // empty means where the provider says it
	limit int           // of a quota; 0 means the provider's usual
	ask   int           // tokens asked for, of ErrorTooLong
}

// nameFor chooses the error for a bare status.
func nameFor(status int) string {
	switch status {
	case 401:
		return ErrorAuthInvalid
	case 402:
		return ErrorNoCredit
	case 403:
		return ErrorForbidden
	case 404, 410:
		return ErrorModelNotFound
	case 413:
		return ErrorTooLarge
	case 422:
		return ErrorUnprocessable
	case 429:
		return ErrorRateMinute
	case 498:
		return ErrorCapacity
	case 502, 520, 521, 522, 523, 524:
		return ErrorBadGateway
	case 503, 529:
		return ErrorOverloaded
	case 408, 504:
		return ErrorTimeout
	}
	if status >= 500 {
		return ErrorServer
	}
	return ErrorBadRequest
}

// commonFailure is OpenAI's error of that name, which the others follow where
// they have none of their own. Statuses, codes and types: OpenAI's error guide
// and SDK types; wording as observed.
func commonFailure(c *call, f failing) *apiError {
	model := orElse(c.model, "unknown")
	const request, server = "invalid_request_error", "server_error"
	switch f.name {
	case ErrorAuthInvalid:
		// OpenAI echoes the key, masked.
		return &apiError{status: 401, kind: request, code: "invalid_api_key", message: "Incorrect API key provided: " + mask(c.secret) + ". You can find your API key at https://platform.openai.com/account/api-keys."}
	case ErrorAuthMissing:
		return &apiError{status: 401, kind: request, message: "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."}
	case ErrorNoCredit, ErrorCannotAfford, ErrorKeyLimit, ErrorSpendCap:
		return &apiError{status: 429, kind: "insufficient_quota", code: "insufficient_quota", message: "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."}
	case ErrorForbidden:
		return &apiError{status: 403, kind: "request_forbidden", code: "unsupported_country_region_territory", message: "Country, region, or territory not supported"}
	case ErrorBlocked:
		return &apiError{status: 400, kind: request, code: "content_filter", param: "prompt", message: "The response was filtered due to the prompt triggering the content management policy. Please modify your prompt and retry."}
	case ErrorUnprocessable:
		return &apiError{status: 422, kind: request, message: "Unprocessable entity."}
	case ErrorTooLarge:
		return &apiError{status: 413, kind: request, message: "Request body too large."}
	case ErrorTooLong:
		return &apiError{status: 400, kind: request, code: "context_length_exceeded", param: "messages", message: fmt.Sprintf("This model's maximum context length is %d tokens. However, your messages resulted in %d tokens. Please reduce the length of the messages.", c.context(), max(f.ask, c.context()+1))}
	case ErrorModelNotFound:
		return &apiError{status: 404, kind: request, code: "model_not_found", message: fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", model)}
	case ErrorModelRetired, ErrorNoEndpoints:
		return &apiError{status: 404, kind: request, code: "model_not_found", message: fmt.Sprintf("The model `%s` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations", model)}
	case ErrorRateMinute, ErrorRateTokens, ErrorRateDay, ErrorRateUpstream, ErrorInFlight:
		return rateLimit(c, f)
	case ErrorOverloaded, ErrorCapacity:
		return &apiError{status: 503, kind: server, message: "The engine is currently overloaded, please try again later"}
	case ErrorBadGateway:
		return &apiError{status: 502, kind: server, message: "Bad gateway."}
	case ErrorTimeout:
		return &apiError{status: 504, kind: server, message: "The request timed out. Please try again later."}
	case ErrorServer, ErrorToolUse, ErrorJSON:
		return &apiError{status: 500, kind: server, message: "The server had an error while processing your request. Sorry about that!"}
	}
	return invalid("", "Invalid request.")
}

// mask keeps the ends of a secret, as OpenAI's 401 does.
func mask(secret string) string {
	if len(secret) < 16 {
		return "********"
	}
	return secret[:3] + "*****************" + secret[len(secret)-4:]
}
