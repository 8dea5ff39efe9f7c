package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// openrouterDialect is openrouter.ai at /openrouter/api/v1.
func openrouterDialect() dialect {
	return &chatDialect{
		label:  OpenRouter,
		prefix: "/openrouter/api/v1",
		catalog: []Model{
			{ID: "openrouter/free", Context: 131_072},
			{ID: "openrouter/auto", Context: 400_000, Vision: true},
			{ID: "openai/gpt-oss-20b:free", Reasoning: true, Context: 131_072},
			{ID: "google/gemma-4-31b-it:free", Vision: true, NoTools: true, Context: 131_072},
			{ID: "meta-llama/llama-3.3-70b-instruct:free", Context: 131_072},
			{ID: "openai/gpt-5.4-mini", Vision: true, Context: 400_000, MaxOutput: 128_000},
			{ID: "openai/text-embedding-3-small", Embedding: true, Context: 8191},
		},
		rules:        openrouterRules,
		check:        openrouterCheck,
		alternatives: "models",                                                                     // a fallback list (OpenRouter SDK types)
		variants:     []string{":nitro", ":floor", ":online", ":thinking", ":extended", ":exacto"}, // OpenRouter docs
		routes: map[string]endpoint{
			"/chat/completions": endpointChat, "/models": endpointModels, "/embeddings": endpointEmbeddings,
			"/key": endpointKey, "/credits": endpointCredits,
		},
		counts: true, // OpenRouter docs: failed attempts count against the daily number
		dayEnd: nextMidnightUTC,

		newID:   func(n int64) string { return "gen-sim" + pad(n) },
		dress:   dressOpenRouter,
		think:   thinkOpenRouter,
		usage:   openrouterUsage,
		usageIn: func(_ *call, _ *prompt, at place) bool { return at == placeUsage }, // always, in the last chunk (OpenRouter docs)
		preface: "OPENROUTER PROCESSING",

		fail:   openrouterFailure,
		write:  writeOpenRouter,
		broken: brokenOpenRouter,
		adorn:  func(c *call, h http.Header) { h.Set("X-Generation-Id", "gen-sim"+pad(c.id)) },
		pages: map[endpoint]func(*call) ([]byte, *apiError){
			endpointModels: openrouterModels, endpointEmbeddings: embeddings, endpointKey: keyPage, endpointCredits: creditsPage,
		},
	}
}

// openrouterRules are from the OpenRouter SDK types. Unsupported parameters are
// dropped in silence, not refused (OpenRouter docs).
func openrouterRules(*call) rules {
	return rules{
		roles:   []string{"system", "developer", "user", "assistant", "tool"},
		parts:   []string{"text", "image_url", "file", "input_audio", "video_url"},
		formats: []string{"text", "json_object", "json_schema", "grammar", "python"},
		efforts: []string{"max", "xhigh", "high", "medium", "low", "minimal", "none"},
		tiers:   []string{"auto", "default", "fast", "flex", "priority", "scale"},
	}
}

// openrouterCheck: OpenRouter SDK types for its own fields.
func openrouterCheck(c *call, req object, p *prompt) *apiError {
	if _, ok := req.obj("provider"); req.has("provider") && !ok {
		return invalid("provider", "provider: Expected object")
	}
	if id, _ := req.str("session_id"); len(id) > 256 {
		return invalid("session_id", "session_id: String must contain at most 256 character(s)")
	}
	if include, ok := req["include_reasoning"].(bool); ok && !include {
		p.thinking = thinkHidden
	}
	if !req.has("reasoning") {
		return nil
	}
	r, ok := req.obj("reasoning")
	if !ok {
		return invalid("reasoning", "reasoning: Expected object")
	}
	effort, _ := r.str("effort")
	if r.has("effort") && !slices.Contains(openrouterRules(c).efforts, effort) {
		return invalid("reasoning.effort", "reasoning.effort: Invalid option")
	}
	if r.is("exclude") {
		p.thinking = thinkHidden
	}
	if enabled, ok := r["enabled"].(bool); effort == "none" || ok && !enabled {
		p.thinking = thinkOff
	}
	return nil
}

func dressOpenRouter(_ *call, _ *answer, m *completion, _ place) {
	m.Provider = "Simulated"
	for i := range m.Choices {
		m.Choices[i].NativeFinish = m.Choices[i].FinishReason
	}
}

// thinkOpenRouter: reasoning as text and as reasoning_details (OpenRouter SDK types).
func thinkOpenRouter(m *message, text string) {
	m.Reasoning = text
	m.ReasoningDetails = []reasoningDetail{{Type: "reasoning.text", Text: text, Format: "unknown"}}
}

// openrouterUsage adds the cost in USD; free models cost nothing.
func openrouterUsage(c *call, t tally) usage {
	u, byok := usageOf(t), false
	cost := float64(t.prompt+4*t.completion) / 1e7
	if strings.HasSuffix(c.prompt.model.ID, ":free") || c.prompt.model.ID == "openrouter/free" {
		cost = 0
	}
	u.Cost, u.BYOK = &cost, &byok
	u.CostDetails = map[string]any{"upstream_inference_cost": nil}
	return u
}

// writeOpenRouter: {"error":{code: the HTTP status, message, metadata}}
// (OpenRouter SDK types).
func writeOpenRouter(e *apiError) []byte {
	return encode(map[string]any{"error": openrouterError(e)})
}

type routerError struct {
	Message  string         `json:"message"`
	Code     int            `json:"code"`
	Metadata map[string]any `json:"metadata,omitempty"`
}

func openrouterError(e *apiError) routerError {
	return routerError{clip(e.message), e.status, e.metadata}
}

// brokenOpenRouter: OpenRouter docs, a failure in a stream is a last chunk with
// an error beside choices that finish with "error".
func brokenOpenRouter(d *chatDialect, c *call, e *apiError) ([]byte, event) {
	fault := openrouterError(e)
	if fault.Metadata == nil {
		fault.Metadata = map[string]any{"error_type": errorType(e.status)}
	}
	finish := "error"
	chunk := struct {
		completion
		Error routerError `json:"error"`
	}{completion{
		ID: d.newID(c.id), Object: "chat.completion.chunk", Created: c.now.Unix(), Model: c.model, Provider: "Simulated",
		Choices: []choice{{Delta: &message{Content: json.RawMessage(`""`)}, Logprobs: json.RawMessage("null"), FinishReason: &finish}},
	}, fault}
	return encode(map[string]any{"error": fault}), event{kind: eventData, data: encode(chunk), finish: true}
}

func nextMidnightUTC(now time.Time) time.Time {
	y, m, d := now.UTC().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
