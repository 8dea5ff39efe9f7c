package sdk

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type plainChatRequest ChatRequest

func (v ChatRequest) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ChatRequest) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ChatRequest) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainChatRequest)(v))
}
func (v *ChatRequest) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainChatRequest)(v))
}

type plainReasoningOptions ReasoningOptions

func (v ReasoningOptions) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ReasoningOptions) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ReasoningOptions) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainReasoningOptions)(v))
}
func (v *ReasoningOptions) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainReasoningOptions)(v))
}

type plainStreamOptions StreamOptions

func (v StreamOptions) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *StreamOptions) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *StreamOptions) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainStreamOptions)(v))
}
func (v *StreamOptions) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainStreamOptions)(v))
}

type plainMessage Message

func (v Message) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Message) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Message) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainMessage)(v))
}
func (v *Message) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainMessage)(v))
}

type plainDelta Delta

func (v Delta) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Delta) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Delta) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainDelta)(v))
}
func (v *Delta) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainDelta)(v))
}

type plainAudio Audio

func (v Audio) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Audio) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Audio) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainAudio)(v))
}
func (v *Audio) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainAudio)(v))
}

type plainImageURL ImageURL

func (v ImageURL) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ImageURL) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ImageURL) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainImageURL)(v))
}
func (v *ImageURL) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainImageURL)(v))
}

type plainInputAudio InputAudio

func (v InputAudio) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *InputAudio) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *InputAudio) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainInputAudio)(v))
}
func (v *InputAudio) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainInputAudio)(v))
}

type plainVideoURL VideoURL

func (v VideoURL) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *VideoURL) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *VideoURL) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainVideoURL)(v))
}
func (v *VideoURL) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainVideoURL)(v))
}

type plainFile File

func (v File) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *File) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *File) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainFile)(v))
}
func (v *File) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainFile)(v))
}

type plainTool Tool

func (v Tool) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Tool) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Tool) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainTool)(v))
}
func (v *Tool) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainTool)(v))
}

type plainFunctionSpec FunctionSpec

func (v FunctionSpec) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *FunctionSpec) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *FunctionSpec) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainFunctionSpec)(v))
}
func (v *FunctionSpec) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainFunctionSpec)(v))
}

type plainToolCall ToolCall

func (v ToolCall) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ToolCall) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ToolCall) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainToolCall)(v))
}
func (v *ToolCall) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainToolCall)(v))
}

type plainFunctionCall FunctionCall

func (v FunctionCall) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *FunctionCall) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *FunctionCall) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainFunctionCall)(v))
}
func (v *FunctionCall) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainFunctionCall)(v))
}

type plainResponseFormat ResponseFormat

func (v ResponseFormat) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ResponseFormat) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ResponseFormat) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainResponseFormat)(v))
}
func (v *ResponseFormat) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainResponseFormat)(v))
}

type plainSchemaFormat SchemaFormat

func (v SchemaFormat) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *SchemaFormat) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *SchemaFormat) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainSchemaFormat)(v))
}
func (v *SchemaFormat) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainSchemaFormat)(v))
}

type plainChatCompletion ChatCompletion

func (v ChatCompletion) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ChatCompletion) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ChatCompletion) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainChatCompletion)(v))
}
func (v *ChatCompletion) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainChatCompletion)(v))
}

type plainChoice Choice

func (v Choice) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Choice) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Choice) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainChoice)(v))
}
func (v *Choice) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainChoice)(v))
}

type plainChatChunk ChatChunk

func (v ChatChunk) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ChatChunk) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ChatChunk) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainChatChunk)(v))
}
func (v *ChatChunk) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainChatChunk)(v))
}

type plainChunkChoice ChunkChoice

func (v ChunkChoice) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *ChunkChoice) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *ChunkChoice) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainChunkChoice)(v))
}
func (v *ChunkChoice) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainChunkChoice)(v))
}

type plainLogprobs Logprobs

func (v Logprobs) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Logprobs) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Logprobs) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainLogprobs)(v))
}
func (v *Logprobs) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainLogprobs)(v))
}

type plainTokenLogprob TokenLogprob

func (v TokenLogprob) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *TokenLogprob) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *TokenLogprob) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainTokenLogprob)(v))
}
func (v *TokenLogprob) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainTokenLogprob)(v))
}

type plainUsage Usage

func (v Usage) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Usage) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Usage) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainUsage)(v))
}
func (v *Usage) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainUsage)(v))
}

type plainPromptTokensDetails PromptTokensDetails

func (v PromptTokensDetails) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *PromptTokensDetails) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *PromptTokensDetails) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainPromptTokensDetails)(v))
}
func (v *PromptTokensDetails) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainPromptTokensDetails)(v))
}

type plainCompletionTokensDetails CompletionTokensDetails

func (v CompletionTokensDetails) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *CompletionTokensDetails) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *CompletionTokensDetails) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainCompletionTokensDetails)(v))
}
func (v *CompletionTokensDetails) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainCompletionTokensDetails)(v))
}

type plainEmbeddingRequest EmbeddingRequest

func (v EmbeddingRequest) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *EmbeddingRequest) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *EmbeddingRequest) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainEmbeddingRequest)(v))
}
func (v *EmbeddingRequest) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainEmbeddingRequest)(v))
}

type plainEmbeddingReply EmbeddingReply

func (v EmbeddingReply) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *EmbeddingReply) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *EmbeddingReply) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainEmbeddingReply)(v))
}
func (v *EmbeddingReply) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainEmbeddingReply)(v))
}

type plainEmbedding Embedding

func (v Embedding) MarshalJSON() ([]byte, error)  { return encode(&v) }
func (v *Embedding) UnmarshalJSON(b []byte) error { return decode(b, v) }
func (v *Embedding) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainEmbedding)(v))
}
func (v *Embedding) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainEmbedding)(v))
}
