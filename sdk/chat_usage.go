package sdk

import "github.com/go-json-experiment/json/jsontext"

// Usage counts the tokens of a request and its reply.
type Usage struct {
	PromptTokens     int64    `json:"prompt_tokens"`
	CompletionTokens int64    `json:"completion_tokens"` // reasoning included
	TotalTokens      int64    `json:"total_tokens"`
	Cost             *float64 `json:"cost,omitzero"` // US dollars charged (OpenRouter)

	PromptTokensDetails     *PromptTokensDetails     `json:"prompt_tokens_details,omitzero"`
	CompletionTokensDetails *CompletionTokensDetails `json:"completion_tokens_details,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// PromptTokensDetails splits the prompt tokens. Nil counts were not given.
type PromptTokensDetails struct {
	CachedTokens     *int64 `json:"cached_tokens,omitzero"` // read from a cache; part of the prompt tokens
	CacheWriteTokens *int64 `json:"cache_write_tokens,omitzero"`
	AudioTokens      *int64 `json:"audio_tokens,omitzero"`
	VideoTokens      *int64 `json:"video_tokens,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// CompletionTokensDetails splits the completion tokens. Nil counts were not given.
type CompletionTokensDetails struct {
	ReasoningTokens          *int64 `json:"reasoning_tokens,omitzero"` // thinking; part of the completion tokens
	AudioTokens              *int64 `json:"audio_tokens,omitzero"`
	ImageTokens              *int64 `json:"image_tokens,omitzero"`
	AcceptedPredictionTokens *int64 `json:"accepted_prediction_tokens,omitzero"`
	RejectedPredictionTokens *int64 `json:"rejected_prediction_tokens,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// Cached returns how many prompt tokens came from a cache; 0 when unknown.
func (u *Usage) Cached() int64 {
	if u == nil || u.PromptTokensDetails == nil {
		return 0
	}
	return deref(u.PromptTokensDetails.CachedTokens)
}

// Reasoning returns how many completion tokens were thinking; 0 when unknown.
func (u *Usage) Reasoning() int64 {
	if u == nil || u.CompletionTokensDetails == nil {
		return 0
	}
	return deref(u.CompletionTokensDetails.ReasoningTokens)
}

func deref(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
