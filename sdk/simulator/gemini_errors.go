package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// geminiFailure: statuses, words and details as observed unless said otherwise. What Gemini says inside a 200
// (a blocked prompt, an impossible tool call) is a 200 here too.
func geminiFailure(c *call, f failing) *apiError {
	model := orElse(c.model, "unknown")
	status := func(n int, word, message string) *apiError { return &apiError{status: n, code: word, message: message} }
	switch f.name {
	case ErrorAuthInvalid: // HTTP 400, not 401
		e := argument("API key not valid. Please pass a valid API key.")
		e.details = []any{errorInfo("API_KEY_INVALID")}
		return e
	case ErrorAuthMissing:
		return status(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.")
	case ErrorKeyLimit: // the words for a leaked key
		return status(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key.")
	case ErrorForbidden:
		return status(400, "FAILED_PRECONDITION", "User location is not supported for the API use.")
	case ErrorBlocked:
		return &apiError{status: http.StatusOK, metadata: map[string]any{
			"promptFeedback": map[string]any{"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": model, "responseId": "sim" + pad(c.id),
			"usageMetadata": map[string]any{"promptTokenCount": 3, "totalTokenCount": 3},
		}}
	case ErrorToolUse, ErrorJSON:
		return &apiError{status: http.StatusOK, metadata: map[string]any{
			"candidates":   []any{map[string]any{"content": map[string]any{}, "finishReason": "MALFORMED_FUNCTION_CALL", "index": 0, "finishMessage": "Malformed function call: print(default_api.weather("}},
			"modelVersion": model, "responseId": "sim" + pad(c.id), "usageMetadata": map[string]any{"promptTokenCount": 3, "totalTokenCount": 3},
		}}
	case ErrorTooLarge: // recalled: the status is 400
		e := argument("Request payload size exceeds the limit: 104857600 bytes.")
		if !c.unconfirmed {
			e.status = http.StatusRequestEntityTooLarge
		}
		return e
	case ErrorTooLong:
		return argument(fmt.Sprintf("The input token count (%d) exceeds the maximum number of tokens allowed (%d).", max(f.ask, c.context()+1), c.context()))
	case ErrorModelNotFound, ErrorModelRetired, ErrorNoEndpoints:
		return status(404, "NOT_FOUND", fmt.Sprintf("models/%s is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.", model))
	case ErrorRateMinute, ErrorRateTokens, ErrorRateDay:
		return geminiQuota(c, f)
	case ErrorRateUpstream, ErrorInFlight, ErrorNoCredit, ErrorSpendCap, ErrorCannotAfford:
		// Also the limits on spending, over windows of ten minutes (Google docs), are this 429.
		return status(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
	case ErrorOverloaded, ErrorCapacity:
		return status(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
	case ErrorServer:
		return status(500, "INTERNAL", "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting")
	case ErrorBadGateway:
		return status(502, "UNAVAILABLE", "Bad gateway.")
	case ErrorTimeout:
		return status(504, "DEADLINE_EXCEEDED", "The request timed out. Please try again.")
	case ErrorUnprocessable:
		return argument("Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting")
	}
	return argument("Request contains an invalid argument.")
}

func errorInfo(reason string) any {
	return map[string]any{
		"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
		"metadata": map[string]any{"service": "generativelanguage.googleapis.com"},
	}
}

// geminiQuota: which limit it is stands in QuotaFailure. RetryInfo is seconds also for a daily quota, though
// that ends at midnight Pacific time; only a script's own wait is written as it is.
func geminiQuota(c *call, f failing) *apiError {
	metric, id, limit, wait := "generate_content_free_tier_requests", "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", 5, 34*time.Second
	switch f.name {
	case ErrorRateTokens:
		metric, id, limit = "generate_content_free_tier_input_token_count", "GenerateContentInputTokensPerModelPerMinute-FreeTier", 250_000
	case ErrorRateDay:
		id, limit = "GenerateRequestsPerDayPerProjectPerModel-FreeTier", 20
	}
	if f.wait > 0 && (f.name != ErrorRateDay || f.limit == 0) {
		wait = f.wait
	}
	if f.limit > 0 {
		limit = f.limit
	}
	metric = "generativelanguage.googleapis.com/" + metric
	e := &apiError{status: http.StatusTooManyRequests, code: "RESOURCE_EXHAUSTED"}
	e.message = fmt.Sprintf("You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: %s, limit: %d, model: %s", metric, limit, c.model)
	e.details = []any{
		map[string]any{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []any{map[string]any{
			"quotaMetric": metric, "quotaId": id, "quotaDimensions": map[string]any{"location": "global", "model": c.model}, "quotaValue": strconv.Itoa(limit),
		}}},
		map[string]any{"@type": "type.googleapis.com/google.rpc.Help", "links": []any{map[string]any{
			"description": "Learn more about Gemini API quotas", "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
		}}},
	}
	say := hinted(f, HintBody)
	e.hint(say, wait, c.now)
	if say(HintBody) {
		text := strconv.FormatFloat(wait.Seconds(), 'f', -1, 64) + "s"
		e.message += "\nPlease retry in " + text + "."
		e.details = append(e.details, map[string]any{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": text})
	}
	return e
}

// body: {"error":{code,message,status,details}}; an error that is a 200 is a reply of its own.
func (geminiDialect) body(e *apiError) []byte {
	if e.status == http.StatusOK {
		return encode(e.metadata)
	}
	type wireError struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Status  string `json:"status"`
		Details []any  `json:"details,omitempty"`
	}
	word := e.code
	if word == "" || e.kind != "" { // an error of another shape's words
		word = geminiStatus(e.status)
	}
	return encode(map[string]any{"error": wireError{e.status, clip(e.message), word, e.details}})
}

func geminiStatus(status int) string {
	switch {
	case status == 401:
		return "UNAUTHENTICATED"
	case status == 403:
		return "PERMISSION_DENIED"
	case status == 404:
		return "NOT_FOUND"
	case status == 429:
		return "RESOURCE_EXHAUSTED"
	case status == 499:
		return "CANCELLED"
	case status == 504:
		return "DEADLINE_EXCEEDED"
	case status < 500:
		return "INVALID_ARGUMENT"
	case status == 500:
		return "INTERNAL"
	}
	return "UNAVAILABLE"
}

// inband: an error in the middle of a stream is an event of its own.
func (d geminiDialect) inband(_ *call, e *apiError) ([]byte, event) {
	body := d.body(e)
	return body, event{kind: eventData, data: body}
}
