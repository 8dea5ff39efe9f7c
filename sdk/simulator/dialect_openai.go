package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// openaiDialect is the generic OpenAI-compatible API at /openai/v1.
func openaiDialect() dialect {
	return &chatDialect{
		label:  OpenAI,
		prefix: "/openai/v1",
		catalog: []Model{
			{ID: "gpt-5.4-mini", Vision: true, Context: 400_000, MaxOutput: 128_000},
			{ID: "gpt-6-luna", Vision: true, Reasoning: true, Context: 400_000, MaxOutput: 128_000},
			{ID: "text-embedding-3-small", Embedding: true, Context: 8191},
		},
		rules:    openaiRules,
		routes:   map[string]endpoint{"/chat/completions": endpointChat, "/models": endpointModels, "/embeddings": endpointEmbeddings},
		perModel: true,
		dayEnd:   rollingDay,

		newID:   func(n int64) string { return "chatcmpl-sim" + pad(n) },
		dress:   dressOpenAI,
		think:   func(m *message, text string) { m.ReasoningContent = text },
		usage:   func(_ *call, t tally) usage { return usageOf(t) },
		usageIn: func(_ *call, p *prompt, at place) bool { return p.includeUsage && at == placeUsage },

		fail:   openaiFailure,
		write:  writeOpenAI,
		broken: brokenOpenAI,
		adorn:  adornOpenAI,
		pages: map[endpoint]func(*call) ([]byte, *apiError){
			endpointModels: modelList, endpointModel: modelPage, endpointEmbeddings: embeddings,
		},
	}
}

// openaiRules are from the OpenAI SDK types; the wording of refusals is as observed.
func openaiRules(c *call) rules {
	return rules{
		roles:        []string{"system", "developer", "user", "assistant", "tool", "function"},
		parts:        []string{"text", "image_url", "input_audio", "file", "refusal"},
		formats:      []string{"text", "json_object", "json_schema"},
		efforts:      []string{"none", "minimal", "low", "medium", "high", "xhigh"},
		tiers:        []string{"auto", "default", "flex", "scale", "priority"},
		wordJSON:     true,
		strictSchema: true,
		tidyTools:    true,
		tidyOptions:  true,
		closed:       c.unconfirmed, // recalled: OpenAI refuses unknown top-level fields
	}
}

// dressOpenAI: with include_usage every chunk but the last says usage null
// (OpenAI API reference, stream_options).
func dressOpenAI(c *call, _ *answer, m *completion, at place) {
	m.SystemFingerprint = "fp_simulated"
	if c.prompt.includeUsage && at != placeWhole && m.Usage == nil {
		m.Usage = json.RawMessage("null")
	}
}

const (
	errorNoVision = "no_vision" // an image for a model that sees none
	errorNoTools  = "no_tools"  // tools for a model that calls none
)

func openaiFailure(c *call, f failing) *apiError {
	switch f.name {
	case errorNoVision:
		at := fmt.Sprintf("messages.[%d].content.[0].type", f.ask)
		return invalid(at, "Invalid content type. image_url is only supported by certain models.")
	case errorNoTools:
		return invalid("tools", "tools is not supported in this model. For a list of supported models, refer to https://platform.openai.com/docs/guides/function-calling#models-supporting-function-calling.")
	}
	return commonFailure(c, f)
}

// writeOpenAI: {"error":{message,type,param,code}}, param and code null when
// there is none.
func writeOpenAI(e *apiError) []byte {
	return encode(map[string]any{"error": struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	}{clip(e.message), e.kind, optional(e.param), optional(e.code)}})
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// clip bounds messages that quote the request.
func clip(s string) string {
	const limit = 2048
	if len(s) > limit {
		return s[:limit] + "..."
	}
	return s
}

// brokenOpenAI: mid-stream errors come as a data event with the error object.
func brokenOpenAI(d *chatDialect, _ *call, e *apiError) ([]byte, event) {
	body := d.write(e)
	return body, event{kind: eventData, data: body}
}

func adornOpenAI(c *call, h http.Header) {
	h.Set("X-Request-Id", "req_sim"+pad(c.id))
	h.Set("Openai-Processing-Ms", "1")
}

func rollingDay(now time.Time) time.Time { return now.Add(24 * time.Hour) }

// pad writes a number with a fixed width, as ids have.
func pad(n int64) string {
	s := strconv.FormatInt(n, 10)
	return "00000000"[:max(0, 8-len(s))] + s
}
