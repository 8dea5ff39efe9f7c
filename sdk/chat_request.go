package sdk

import "github.com/go-json-experiment/json/jsontext"

// ChatRequest is the body of an OpenAI-shaped chat completion request.
//
// Pointers tell "not sent" (nil) from an explicit zero. Members this type does
// not name are kept in Extra, byte for byte, and written back. A known member
// that was an explicit null reads as not sent, except message content.
type ChatRequest struct {
	Model    string    `json:"model,omitzero"`
	Messages []Message `json:"messages"`

	Temperature         *float64 `json:"temperature,omitzero"` // 0 to 2
	TopP                *float64 `json:"top_p,omitzero"`       // 0 to 1
	TopK                *int64   `json:"top_k,omitzero"`
	MaxTokens           *int64   `json:"max_tokens,omitzero"` // older name of MaxCompletionTokens
	MaxCompletionTokens *int64   `json:"max_completion_tokens,omitzero"`
	N                   *int64   `json:"n,omitzero"` // choices asked for
	Seed                *int64   `json:"seed,omitzero"`
	Stop                Stop     `json:"stop,omitzero"`
	PresencePenalty     *float64 `json:"presence_penalty,omitzero"`
	FrequencyPenalty    *float64 `json:"frequency_penalty,omitzero"`
	// LogitBias maps a token id, in decimal, to its bias.
	LogitBias   map[string]float64 `json:"logit_bias,omitzero"`
	Logprobs    *bool              `json:"logprobs,omitzero"`
	TopLogprobs *int64             `json:"top_logprobs,omitzero"`

	Tools             []Tool          `json:"tools,omitzero"`
	ToolChoice        ToolChoice      `json:"tool_choice,omitzero"`
	ParallelToolCalls *bool           `json:"parallel_tool_calls,omitzero"`
	ResponseFormat    *ResponseFormat `json:"response_format,omitzero"`

	Reasoning       *ReasoningOptions `json:"reasoning,omitzero"` // OpenRouter's form
	ReasoningEffort string            `json:"reasoning_effort,omitzero"`

	Stream        *bool          `json:"stream,omitzero"`
	StreamOptions *StreamOptions `json:"stream_options,omitzero"`

	Modalities  []string       `json:"modalities,omitzero"`
	User        string         `json:"user,omitzero"`
	ServiceTier string         `json:"service_tier,omitzero"`
	Metadata    jsontext.Value `json:"metadata,omitzero"` // raw: providers differ on what it may hold

	Extra map[string]jsontext.Value `json:",embed"`
}

// ReasoningOptions asks a model to think, or not to, in OpenRouter's form.
type ReasoningOptions struct {
	Effort    string `json:"effort,omitzero"`
	MaxTokens *int64 `json:"max_tokens,omitzero"`
	Exclude   *bool  `json:"exclude,omitzero"` // think, but keep the thoughts out of the reply
	Enabled   *bool  `json:"enabled,omitzero"`
	Summary   string `json:"summary,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// StreamOptions tunes a streamed reply.
type StreamOptions struct {
	IncludeUsage *bool `json:"include_usage,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// Ptr returns a pointer to a copy of v, for optional fields.
func Ptr[T any](v T) *T { return &v }
