package sdk

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The plain types have the fields of the types they are named after and none of
// their methods: the JSON library writes and reads them by their tags.

type plainChatRequest ChatRequest

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ChatRequest) MarshalJSONTo(enc *jsontext.Encoder) error {
	return writeExact(enc, (*plainChatRequest)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *ChatRequest) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainChatRequest)(v))
}

type plainReasoningOptions ReasoningOptions

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ReasoningOptions) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainReasoningOptions)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *ReasoningOptions) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainReasoningOptions)(v))
}

type plainStreamOptions StreamOptions

// MarshalJSONTo implements [json.MarshalerTo].
func (v *StreamOptions) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainStreamOptions)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *StreamOptions) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainStreamOptions)(v))
}

type plainTool Tool

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Tool) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainTool)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *Tool) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainTool)(v))
}

type plainFunctionSpec FunctionSpec

// MarshalJSONTo implements [json.MarshalerTo].
func (v *FunctionSpec) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainFunctionSpec)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *FunctionSpec) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainFunctionSpec)(v))
}

type plainResponseFormat ResponseFormat

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ResponseFormat) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainResponseFormat)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *ResponseFormat) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainResponseFormat)(v))
}

type plainSchemaFormat SchemaFormat

// MarshalJSONTo implements [json.MarshalerTo].
func (v *SchemaFormat) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainSchemaFormat)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *SchemaFormat) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainSchemaFormat)(v))
}

type plainEmbeddingRequest EmbeddingRequest

// MarshalJSONTo implements [json.MarshalerTo].
func (v *EmbeddingRequest) MarshalJSONTo(enc *jsontext.Encoder) error {
	return writeExact(enc, (*plainEmbeddingRequest)(v))
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *EmbeddingRequest) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, (*plainEmbeddingRequest)(v))
}

type plainMessage Message

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Message) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainMessage)(v))
}

type plainDelta Delta

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Delta) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainDelta)(v))
}

type plainAudio Audio

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Audio) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainAudio)(v))
}

type plainImageURL ImageURL

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ImageURL) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainImageURL)(v))
}

type plainInputAudio InputAudio

// MarshalJSONTo implements [json.MarshalerTo].
func (v *InputAudio) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainInputAudio)(v))
}

type plainVideoURL VideoURL

// MarshalJSONTo implements [json.MarshalerTo].
func (v *VideoURL) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainVideoURL)(v))
}

type plainFile File

// MarshalJSONTo implements [json.MarshalerTo].
func (v *File) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainFile)(v))
}

type plainToolCall ToolCall

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ToolCall) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainToolCall)(v))
}

type plainFunctionCall FunctionCall

// MarshalJSONTo implements [json.MarshalerTo].
func (v *FunctionCall) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainFunctionCall)(v))
}

type plainChatCompletion ChatCompletion

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ChatCompletion) MarshalJSONTo(enc *jsontext.Encoder) error {
	return writeReply(enc, (*plainChatCompletion)(v))
}

type plainChoice Choice

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Choice) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainChoice)(v))
}

type plainChatChunk ChatChunk

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ChatChunk) MarshalJSONTo(enc *jsontext.Encoder) error {
	return writeReply(enc, (*plainChatChunk)(v))
}

type plainChunkChoice ChunkChoice

// MarshalJSONTo implements [json.MarshalerTo].
func (v *ChunkChoice) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainChunkChoice)(v))
}

type plainLogprobs Logprobs

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Logprobs) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainLogprobs)(v))
}

type plainTokenLogprob TokenLogprob

// MarshalJSONTo implements [json.MarshalerTo].
func (v *TokenLogprob) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainTokenLogprob)(v))
}

type plainUsage Usage

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Usage) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainUsage)(v))
}

type plainPromptTokensDetails PromptTokensDetails

// MarshalJSONTo implements [json.MarshalerTo].
func (v *PromptTokensDetails) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainPromptTokensDetails)(v))
}

type plainCompletionTokensDetails CompletionTokensDetails

// MarshalJSONTo implements [json.MarshalerTo].
func (v *CompletionTokensDetails) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainCompletionTokensDetails)(v))
}

type plainEmbeddingReply EmbeddingReply

// MarshalJSONTo implements [json.MarshalerTo].
func (v *EmbeddingReply) MarshalJSONTo(enc *jsontext.Encoder) error {
	return writeReply(enc, (*plainEmbeddingReply)(v))
}

type plainEmbedding Embedding

// MarshalJSONTo implements [json.MarshalerTo].
func (v *Embedding) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, (*plainEmbedding)(v))
}

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ChatRequest) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ChatRequest) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ReasoningOptions) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ReasoningOptions) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v StreamOptions) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *StreamOptions) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Tool) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Tool) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v FunctionSpec) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *FunctionSpec) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ResponseFormat) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ResponseFormat) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v SchemaFormat) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *SchemaFormat) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v EmbeddingRequest) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *EmbeddingRequest) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Message) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Message) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Delta) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Delta) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Audio) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Audio) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ImageURL) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ImageURL) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v InputAudio) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *InputAudio) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v VideoURL) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *VideoURL) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v File) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *File) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ToolCall) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ToolCall) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v FunctionCall) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *FunctionCall) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ChatCompletion) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ChatCompletion) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Choice) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Choice) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ChatChunk) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ChatChunk) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ChunkChoice) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ChunkChoice) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Logprobs) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Logprobs) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v TokenLogprob) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *TokenLogprob) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Usage) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Usage) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v PromptTokensDetails) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *PromptTokensDetails) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v CompletionTokensDetails) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *CompletionTokensDetails) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v EmbeddingReply) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *EmbeddingReply) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Embedding) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Embedding) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Part) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Part) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Content) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Content) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v Stop) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *Stop) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v ToolChoice) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *ToolChoice) UnmarshalJSON(b []byte) error { return decode(b, v) }

// MarshalJSON lets encoding/json write all members, unknown ones too.
func (v EmbeddingInput) MarshalJSON() ([]byte, error) { return encode(&v) }

// UnmarshalJSON lets encoding/json keep members it would drop.
func (v *EmbeddingInput) UnmarshalJSON(b []byte) error { return decode(b, v) }
