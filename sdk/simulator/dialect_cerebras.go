package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// cerebrasDialect is api.cerebras.ai at /cerebras/v1.
func cerebrasDialect() dialect {
	return cerebras{&chatDialect{
		label:  Cerebras,
		prefix: "/cerebras/v1",
		// Cerebras docs, October 2026: sizes; the Llama and older Qwen models are gone.
		catalog: []Model{
			{ID: "gpt-oss-120b", Reasoning: true, Context: 131_072, MaxOutput: 40_960},
			{ID: "qwen-3.8-27b", Reasoning: true, Vision: true, Context: 131_072, MaxOutput: 40_960},
			{ID: "llama-3.3-70b", Retired: true},
		},
		rules:    cerebrasRules,
		check:    cerebrasCheck,
		routes:   map[string]endpoint{"/chat/completions": endpointChat, "/models": endpointModels},
		plain:    true, // Cerebras SDK types have no refusal
		perModel: true, // Cerebras docs: limits are per organisation and model
		dayEnd:   rollingDay,

		newID:   func(n int64) string { return "chatcmpl-sim" + pad(n) },
		dress:   dressCerebras,
		think:   func(m *message, text string) { m.Reasoning = text },
		usage:   func(_ *call, t tally) usage { return usageOf(t) },
		usageIn: func(_ *call, p *prompt, at place) bool { return p.includeUsage && at == placeUsage },

		fail:   cerebrasFailure,
		write:  writeCerebras,
		broken: brokenCerebras,
		adorn:  adornCerebras,
		pages:  map[endpoint]func(*call) ([]byte, *apiError){endpointModels: modelList, endpointModel: modelPage},
	}}
}

// cerebras has its own replies to paths it does not know.
type cerebras struct{ *chatDialect }

// route: a path without an API behind it gets an empty text/plain 404 (as observed).
func (d cerebras) route(c *call) (endpoint, *apiError) {
	to, e := d.chatDialect.route(c)
	switch {
	case e == nil:
		return to, nil
	case e.status == http.StatusNotFound:
		e.kind = shapeEmpty
		e.set("Content-Type", "text/plain")
	default:
		e.kind, e.message = shapeDetail, http.StatusText(e.status)
	}
	return to, e
}

// cerebrasRules: Cerebras SDK types unless said otherwise.
func cerebrasRules(c *call) rules {
	return rules{
		roles:   []string{"system", "developer", "user", "assistant", "tool"},
		parts:   []string{"text", "image_url"},
		formats: []string{"text", "json_object", "json_schema"},
		efforts: []string{"none", "low", "medium", "high"},
		tiers:   []string{"auto", "default", "flex", "priority"},
		// Cerebras docs of 2026: refused with 400, though the SDK types list them.
		refused: []string{"frequency_penalty", "presence_penalty", "logit_bias"},
		closed:  c.unconfirmed, // recalled: unknown properties are refused
	}
}

// cerebrasCheck: messages[].reasoning_content is refused with 400 (as observed);
// reasoning_format and disable_reasoning are from the Cerebras SDK types.
func cerebrasCheck(_ *call, req object, p *prompt) *apiError {
	list, _ := req.list("messages")
	for i, item := range list {
		m, _ := asObject(item)
		if m.has("reasoning_content") {
			role, _ := m.str("role")
			at := fmt.Sprintf("messages.%d.%s.reasoning_content", i, role)
			return invalid("", fmt.Sprintf("%s: property '%s' is unsupported", at, at))
		}
	}
	if req.is("disable_reasoning") {
		p.thinking = thinkOff
	}
	if !req.has("reasoning_format") {
		return nil
	}
	forms := []string{"none", "parsed", "text_parsed", "raw", "hidden"}
	form, _ := req.str("reasoning_format")
	switch {
	case !slices.Contains(forms, form):
		return invalid("", "reasoning_format: Input should be "+quoted(forms))
	case p.thinking == thinkOff:
	case form == "raw":
		p.thinking = thinkInline
	case form == "hidden":
		p.thinking = thinkHidden
	}
	return nil
}

// dressCerebras: Cerebras SDK types, time_info on replies and at the end of a
// stream, whose date here is always the same; choices may be null in a chunk,
// here that with the usage.
func dressCerebras(_ *call, a *answer, m *completion, at place) {
	m.SystemFingerprint = "fp_simulated"
	switch at {
	case placeUsage:
		m.Choices = nil
	case placeWhole, placeFinish:
		prompt, completion := float64(a.tally.prompt)/10_000, float64(a.tally.completion)/1000
		m.TimeInfo = encode(struct {
			Queue      float64 `json:"queue_time"`
			Prompt     float64 `json:"prompt_time"`
			Completion float64 `json:"completion_time"`
			Total      float64 `json:"total_time"`
			Created    int64   `json:"created"`
		}{0.001, prompt, completion, prompt + completion, released})
	}
}

// adornCerebras: Cerebras docs, rate-limit headers with resets in seconds; the
// day of requests and the minute of tokens.
func adornCerebras(c *call, h http.Header) {
	h.Set("X-Request-Id", "sim"+pad(c.id))
	day := c.standing.day
	reset := 33011.38
	if day.limit == 0 {
		day = count{limit: 14_400, used: 1}
	} else {
		reset = day.end.Sub(c.now).Seconds()
	}
	setLimit(h, "requests-day", day.limit, max(day.limit-day.used, 0), reset)
	used := 0
	if c.prompt != nil {
		used = c.prompt.tokens() + c.prompt.limit
	}
	setLimit(h, "tokens-minute", 30_000, max(30_000-used, 0), float64(used)/500)
}

// setLimit writes one of Cerebras's triples of headers.
func setLimit(h http.Header, name string, limit, remaining int, reset float64) {
	h.Set("x-ratelimit-limit-"+name, fmt.Sprint(limit))
	h.Set("x-ratelimit-remaining-"+name, fmt.Sprint(remaining))
	h.Set("x-ratelimit-reset-"+name, strings.TrimSuffix(fmt.Sprintf("%.2f", reset), ".00"))
}
