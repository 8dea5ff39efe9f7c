package sdk

import (
	"github.com/go-json-experiment/json/jsontext"
)

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (c *ChatCompletion) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, c, &c.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "id":
			return readText(dec, &c.ID)
		case "object":
			return readText(dec, &c.Object)
		case "created":
			return readInt(dec, &c.Created)
		case "model":
			return readText(dec, &c.Model)
		case "choices":
			return required(readList(dec, &c.Choices))
		case "usage":
			return readStruct(dec, &c.Usage)
		case "system_fingerprint":
			return readText(dec, &c.SystemFingerprint)
		case "service_tier":
			return readText(dec, &c.ServiceTier)
		case "provider":
			return readText(dec, &c.Provider)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (c *ChatChunk) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, c, &c.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "id":
			return readText(dec, &c.ID)
		case "object":
			return readText(dec, &c.Object)
		case "created":
			return readInt(dec, &c.Created)
		case "model":
			return readText(dec, &c.Model)
		case "choices":
			return required(readList(dec, &c.Choices))
		case "usage":
			return readStruct(dec, &c.Usage)
		case "system_fingerprint":
			return readText(dec, &c.SystemFingerprint)
		case "service_tier":
			return readText(dec, &c.ServiceTier)
		case "provider":
			return readText(dec, &c.Provider)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (c *Choice) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, c, &c.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "index":
			return required(readInt(dec, &c.Index))
		case "message":
			return required(readInto(dec, &c.Message))
		case "finish_reason":
			return required(readText(dec, (*string)(&c.FinishReason)))
		case "native_finish_reason":
			return readText(dec, &c.NativeFinishReason)
		case "logprobs":
			return readStruct(dec, &c.Logprobs)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (c *ChunkChoice) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, c, &c.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "index":
			return required(readInt(dec, &c.Index))
		case "delta":
			return required(readInto(dec, &c.Delta))
		case "finish_reason":
			return required(readText(dec, (*string)(&c.FinishReason)))
		case "native_finish_reason":
			return readText(dec, &c.NativeFinishReason)
		case "logprobs":
			return readStruct(dec, &c.Logprobs)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (l *Logprobs) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, l, &l.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "content":
			return readList(dec, &l.Content)
		case "refusal":
			return readList(dec, &l.Refusal)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (t *TokenLogprob) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, t, &t.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "token":
			return required(readText(dec, &t.Token))
		case "logprob":
			return required(readFloat(dec, &t.Logprob))
		case "bytes":
			return readRaw(dec, &t.Bytes)
		case "top_logprobs":
			return readList(dec, &t.TopLogprobs)
		}
		return unknown, nil
	})
}
