package simulator

import (
	"bytes"
	"encoding/json"
)

// completion is a chat reply, or one chunk of it, in OpenAI's shape with the
// additions of the other dialects. Its fields are in the order of real replies.
type completion struct {
	ID                string          `json:"id"`
	Provider          string          `json:"provider,omitempty"` // OpenRouter
	Object            string          `json:"object"`
	Created           int64           `json:"created"`
	Model             string          `json:"model"`
	ServiceTier       string          `json:"service_tier,omitempty"`
	SystemFingerprint string          `json:"system_fingerprint,omitempty"`
	Choices           []choice        `json:"choices"`
	Usage             json.RawMessage `json:"usage,omitempty"`
	TimeInfo          json.RawMessage `json:"time_info,omitempty"` // Cerebras
	XGroq             *xGroq          `json:"x_groq,omitempty"`
}

type choice struct {
	Index        int             `json:"index"`
	Message      *message        `json:"message,omitempty"`
	Delta        *message        `json:"delta,omitempty"`
	Logprobs     json.RawMessage `json:"logprobs"`
	FinishReason *string         `json:"finish_reason"`
	NativeFinish *string         `json:"native_finish_reason,omitempty"` // OpenRouter
}

// message is a whole message or a delta; absent fields are nil.
type message struct {
	Role             string            `json:"role,omitempty"`
	Content          json.RawMessage   `json:"content,omitempty"`
	Refusal          json.RawMessage   `json:"refusal,omitempty"`
	Reasoning        string            `json:"reasoning,omitempty"`         // Groq, OpenRouter
	ReasoningContent string            `json:"reasoning_content,omitempty"` // vLLM and others
	ReasoningDetails []reasoningDetail `json:"reasoning_details,omitempty"` // OpenRouter
	ToolCalls        []wireCall        `json:"tool_calls,omitempty"`
}

type reasoningDetail struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Format string `json:"format"`
	Index  int    `json:"index"`
}

type wireCall struct {
	Index    *int         `json:"index,omitempty"`
	ID       string       `json:"id,omitempty"`
	Type     string       `json:"type,omitempty"`
	Function wireFunction `json:"function"`
}

type wireFunction struct {
	Name      string `json:"name,omitempty"`
	Arguments string `json:"arguments"`
}

type usage struct {
	QueueTime        *float64       `json:"queue_time,omitempty"` // Groq, seconds
	PromptTokens     int            `json:"prompt_tokens"`
	PromptTime       *float64       `json:"prompt_time,omitempty"`
	CompletionTokens int            `json:"completion_tokens"`
	CompletionTime   *float64       `json:"completion_time,omitempty"`
	TotalTokens      int            `json:"total_tokens"`
	TotalTime        *float64       `json:"total_time,omitempty"`
	Cost             *float64       `json:"cost,omitempty"` // OpenRouter, USD
	BYOK             *bool          `json:"is_byok,omitempty"`
	CostDetails      map[string]any `json:"cost_details,omitempty"`
	PromptDetails    map[string]int `json:"prompt_tokens_details,omitempty"`
	OutputDetails    map[string]int `json:"completion_tokens_details,omitempty"`
}

// usageOf is what all dialects report.
func usageOf(t tally) usage {
	return usage{
		PromptTokens: t.prompt, CompletionTokens: t.completion, TotalTokens: t.total(),
		PromptDetails: map[string]int{"cached_tokens": t.cached},
		OutputDetails: map[string]int{"reasoning_tokens": t.reasoning},
	}
}

type xGroq struct {
	ID    string          `json:"id,omitempty"`
	Usage json.RawMessage `json:"usage,omitempty"`
	Error string          `json:"error,omitempty"`
}

// encode writes JSON without escaping HTML, as providers do.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		// Only own structs and values decoded from JSON come here.
		return []byte("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func encodeText(v any) string { return string(encode(v)) }
