package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// groqDialect is api.groq.com at /groq/openai/v1.
func groqDialect() dialect {
	return &chatDialect{
		label:  Groq,
		prefix: "/groq/openai/v1",
		// Groq docs, October 2026: sizes of gpt-oss; the Llama 3 models are gone.
		catalog: []Model{
			{ID: "openai/gpt-oss-120b", Reasoning: true, Context: 131_072, MaxOutput: 65_536},
			{ID: "openai/gpt-oss-20b", Reasoning: true, Context: 131_072, MaxOutput: 65_536},
			{ID: "qwen/qwen3.8-27b", Reasoning: true, Vision: true, Context: 131_072, MaxOutput: 65_536},
			{ID: "llama-3.3-70b-versatile", Retired: true},
		},
		rules:    groqRules,
		routes:   map[string]endpoint{"/chat/completions": endpointChat, "/models": endpointModels},
		plain:    true, // Groq SDK types have no refusal
		perModel: true, // Groq docs: limits are per organisation and model
		dayEnd:   rollingDay,

		newID:   func(n int64) string { return "chatcmpl-sim" + pad(n) },
		dress:   dressGroq,
		think:   func(m *message, text string) { m.Reasoning = text },
		usage:   groqUsage,
		usageIn: groqUsageIn,

		fail:   groqFailure,
		write:  writeGroq,
		broken: brokenGroq,
		adorn:  adornGroq,
		pages:  map[endpoint]func(*call) ([]byte, *apiError){endpointModels: groqModels, endpointModel: modelPage},
	}
}

func groqRules(c *call) rules {
	return rules{
		roles:   []string{"system", "developer", "user", "assistant", "tool", "function"}, // Groq SDK types
		parts:   []string{"text", "image_url", "document"},                                // Groq SDK types
		formats: []string{"text", "json_object", "json_schema"},
		efforts: []string{"none", "default", "low", "medium", "high"}, // Groq SDK types
		tiers:   []string{"auto", "on_demand", "flex", "performance"}, // Groq SDK types
		// Groq docs: logprobs, top_logprobs and logit_bias are refused with 400;
		// metadata and store are not supported.
		refused:       []string{"logprobs", "top_logprobs", "logit_bias", "metadata", "store"},
		singleChoice:  true, // Groq docs: n other than 1 is refused with 400
		nameRefused:   true, // Groq docs: messages[].name is refused with 400
		reasoningForm: true,
		wordJSON:      true,
		strictSchema:  true,
		closed:        c.unconfirmed, // recalled: unknown properties are refused
	}
}

// dressGroq: Groq SDK types, x_groq.id on the first and last chunk, x_groq.usage
// on the last.
func dressGroq(c *call, a *answer, m *completion, at place) {
	m.SystemFingerprint = "fp_simulated"
	if at == placeMiddle || at == placeUsage {
		return
	}
	m.XGroq = &xGroq{ID: "req_sim" + pad(c.id)}
	if at == placeFinish {
		m.XGroq.Usage = encode(groqUsage(c, a.tally))
	}
	if at == placeWhole {
		m.ServiceTier = "on_demand"
	}
}

// groqUsage adds times, in seconds (Groq SDK types).
func groqUsage(_ *call, t tally) usage {
	u := usageOf(t)
	queue, prompt, completion := 0.001, float64(t.prompt)/10_000, float64(t.completion)/1000
	total := prompt + completion
	u.QueueTime, u.PromptTime, u.CompletionTime, u.TotalTime = &queue, &prompt, &completion, &total
	return u
}

// groqUsageIn: recalled, include_usage is accepted and adds OpenAI's chunk.
func groqUsageIn(c *call, p *prompt, at place) bool {
	return c.unconfirmed && p.includeUsage && at == placeUsage
}

// groqFailure: bodies as observed verbatim unless said otherwise.
func groqFailure(c *call, f failing) *apiError {
	const request = "invalid_request_error"
	switch f.name {
	case ErrorAuthInvalid, ErrorAuthMissing: // the same without a key
		return &apiError{status: 401, kind: request, code: "invalid_api_key", message: "Invalid API Key"}
	case ErrorSpendCap, ErrorNoCredit, ErrorCannotAfford, ErrorKeyLimit:
		// Groq docs: 400 blocked_api_access at the monthly spend cap.
		return &apiError{status: 400, kind: request, code: "blocked_api_access", message: "Your organization has reached its monthly spend limit."}
	case ErrorRateMinute, ErrorRateTokens, ErrorRateDay, ErrorRateUpstream, ErrorInFlight:
		return groqRateLimit(c, f)
	case ErrorTooLarge:
		return &apiError{status: 413, kind: "tokens", code: "rate_limit_exceeded", message: fmt.Sprintf("Request too large for model `%s` in organization `org_simulated` service tier `on_demand` on tokens per minute (TPM): Limit 8000, Requested %d, please reduce your message size and try again.", c.model, max(f.ask, 10092))}
	case ErrorTooLong:
		e := &apiError{status: 400, kind: request, param: "messages", message: "Please reduce the length of the messages or completion."}
		if c.unconfirmed { // recalled: the code
			e.code = "context_length_exceeded"
		}
		return e
	case ErrorModelNotFound:
		return &apiError{status: 404, kind: request, code: "model_not_found", message: fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", c.model)}
	case ErrorModelRetired:
		return &apiError{status: 400, kind: request, code: "model_decommissioned", message: fmt.Sprintf("The model `%s` has been decommissioned and is no longer supported. Please refer to https://console.groq.com/docs/deprecations for a recommendation on which model to use instead.", c.model)}
	case ErrorToolUse:
		return &apiError{status: 400, kind: request, code: "tool_use_failed", failed: "<function=simulated>{", message: "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details."}
	case ErrorJSON:
		return &apiError{status: 400, kind: request, code: "json_validate_failed", failed: "{\"simulated\":", message: "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details."}
	case ErrorCapacity: // Groq docs: 498 when the flex tier is full
		return &apiError{status: 498, kind: "server_error", code: "capacity_exceeded", message: "Flex tier capacity exceeded. Please try again later."}
	case ErrorOverloaded:
		return &apiError{status: 503, kind: "internal_server_error", message: "Service Unavailable"}
	case ErrorServer:
		return &apiError{status: 500, kind: "internal_server_error", message: "Internal Server Error"}
	case errorNoVision:
		return invalid("", fmt.Sprintf("messages[%d].content must be a string", f.ask))
	case errorNoTools:
		return invalid("", "`tool calling` is not supported with this model")
	}
	return commonFailure(c, f)
}

// groqRateLimit: the message tells which limit it is. A daily cap shows healthy
// minute headers, and only the message says "per day" (as observed). The wait
// is a Go duration in the message and in the reset headers, and whole seconds
// in retry-after (Groq docs).
func groqRateLimit(c *call, f failing) *apiError {
	q := quotaOf(f)
	kind := "tokens"
	switch {
	case f.name == ErrorRateDay && f.limit == 0: // the cap observed is the one on tokens
		q = quotaText{"tokens per day (TPD)", 100_000, 9191, 6836832 * time.Millisecond}
		if f.wait > 0 {
			q.wait = f.wait
		}
	case f.name != ErrorRateTokens && c.unconfirmed: // recalled: the type of the limits on requests
		kind = "requests"
	}
	e := &apiError{status: http.StatusTooManyRequests, kind: kind, code: "rate_limit_exceeded"}
	say := hinted(f, HintRetryAfter, HintReset, HintBody)
	e.hint(say, q.wait, c.now)
	if say(HintReset) && f.name != ErrorRateDay {
		e.set("x-ratelimit-remaining-tokens", "0")
		e.set("x-ratelimit-reset-tokens", q.wait.String())
	}
	used := max(q.limit-q.ask/2, 0)
	if q.ask == 1 {
		used = q.limit
	}
	e.message = fmt.Sprintf("Rate limit reached for model `%s` in organization `org_simulated` service tier `on_demand` on %s: Limit %d, Used %d, Requested %d.", c.model, q.unit, q.limit, used, q.ask)
	if say(HintBody) {
		e.message += " Please try again in " + q.wait.String() + "."
	}
	e.message += " Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing"
	return e
}

// writeGroq: {"error":{message,type,code,...}}, absent fields left out.
func writeGroq(e *apiError) []byte { return groqError(e, 0) }

func groqError(e *apiError, status int) []byte {
	return encode(map[string]any{"error": struct {
		Message string `json:"message"`
		Type    string `json:"type"`
		Code    string `json:"code,omitempty"`
		Param   string `json:"param,omitempty"`
		Failed  string `json:"failed_generation,omitempty"`
		Status  int    `json:"status_code,omitempty"`
	}{clip(e.message), e.kind, e.code, e.param, e.failed, status}})
}

// brokenGroq: failures in a stream come as "event: error" (as observed).
func brokenGroq(_ *chatDialect, _ *call, e *apiError) ([]byte, event) {
	return groqError(e, 0), event{kind: eventData, name: "error", data: groqError(e, e.status)}
}

// adornGroq: Groq docs, rate-limit headers on every reply; -requests is the
// day, -tokens the minute.
func adornGroq(c *call, h http.Header) {
	h.Set("X-Request-Id", "req_sim"+pad(c.id))
	day := c.standing.day
	reset := day.end.Sub(c.now)
	if day.limit == 0 {
		day, reset = count{limit: 1000, used: 1}, 86400*time.Millisecond
	}
	h.Set("x-ratelimit-limit-requests", strconv.Itoa(day.limit))
	h.Set("x-ratelimit-remaining-requests", strconv.Itoa(max(day.limit-day.used, 0)))
	h.Set("x-ratelimit-reset-requests", reset.String())
	used := 0
	if c.prompt != nil {
		used = c.prompt.tokens()
	}
	h.Set("x-ratelimit-limit-tokens", "8000")
	h.Set("x-ratelimit-remaining-tokens", strconv.Itoa(max(8000-used, 0)))
	h.Set("x-ratelimit-reset-tokens", (time.Duration(used) * 7500 * time.Microsecond).String())
}
