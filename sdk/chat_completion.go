package sdk

import "github.com/go-json-experiment/json/jsontext"

// FinishReason says why a choice ended. Empty means it has not, and is written
// as null.
type FinishReason string

// The finish reasons OpenAI-shaped providers use.
const (
	FinishStop          FinishReason = "stop"
	FinishLength        FinishReason = "length"
	FinishToolCalls     FinishReason = "tool_calls"
	FinishContentFilter FinishReason = "content_filter"
	FinishFunctionCall  FinishReason = "function_call"
	FinishError         FinishReason = "error"
)

// Values of the object member.
const (
	ObjectCompletion = "chat.completion"
	ObjectChunk      = "chat.completion.chunk"
)

// ChatCompletion is a whole reply. Reading one is lenient about what upstreams
// really send; members it does not name are kept in Extra.
type ChatCompletion struct {
	ID                string   `json:"id,omitzero"`
	Object            string   `json:"object,omitzero"`
	Created           int64    `json:"created,omitzero"` // Unix seconds
	Model             string   `json:"model,omitzero"`
	Choices           []Choice `json:"choices"`
	Usage             *Usage   `json:"usage,omitzero"`
	SystemFingerprint string   `json:"system_fingerprint,omitzero"`
	ServiceTier       string   `json:"service_tier,omitzero"`
	Provider          string   `json:"provider,omitzero"` // OpenRouter: who served it

	Extra map[string]jsontext.Value `json:",embed"`
}

// Choice is one of the answers of a reply.
type Choice struct {
	Index              int          `json:"index"`
	Message            Message      `json:"message"`
	FinishReason       FinishReason `json:"finish_reason"`
	NativeFinishReason string       `json:"native_finish_reason,omitzero"`
	Logprobs           *Logprobs    `json:"logprobs,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// Text returns the text of the first choice, or nothing.
func (c *ChatCompletion) Text() string {
	if c == nil || len(c.Choices) == 0 {
		return ""
	}
	return c.Choices[0].Message.Content.Text()
}

// ChatChunk is one event of a streamed reply.
type ChatChunk struct {
	ID                string        `json:"id,omitzero"`
	Object            string        `json:"object,omitzero"`
	Created           int64         `json:"created,omitzero"` // Unix seconds
	Model             string        `json:"model,omitzero"`
	Choices           []ChunkChoice `json:"choices"`
	Usage             *Usage        `json:"usage,omitzero"`
	SystemFingerprint string        `json:"system_fingerprint,omitzero"`
	ServiceTier       string        `json:"service_tier,omitzero"`
	Provider          string        `json:"provider,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// ChunkChoice is what a chunk adds to one choice.
type ChunkChoice struct {
	Index              int          `json:"index"`
	Delta              Delta        `json:"delta"`
	FinishReason       FinishReason `json:"finish_reason"`
	NativeFinishReason string       `json:"native_finish_reason,omitzero"`
	Logprobs           *Logprobs    `json:"logprobs,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// Delta is a piece of a message. It has a message's members, each of them a
// piece to append, see [Accumulator].
type Delta Message

// Logprobs holds the log probabilities of a choice's tokens.
type Logprobs struct {
	Content []TokenLogprob `json:"content,omitzero"`
	Refusal []TokenLogprob `json:"refusal,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// TokenLogprob is the log probability of one token. Alternatives have no
// TopLogprobs of their own.
type TokenLogprob struct {
	Token       string         `json:"token"`
	Logprob     float64        `json:"logprob"`
	Bytes       jsontext.Value `json:"bytes,omitzero"` // list of numbers, or null
	TopLogprobs []TokenLogprob `json:"top_logprobs,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}
