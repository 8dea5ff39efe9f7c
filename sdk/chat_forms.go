package sdk

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MarshalJSONTo writes null for a choice that has not ended.
func (f FinishReason) MarshalJSONTo(enc *jsontext.Encoder) error {
	if f == "" {
		return enc.WriteToken(jsontext.Null)
	}
	return enc.WriteToken(jsontext.String(string(f)))
}

// MarshalJSONTo writes a string if there is one sequence and it is bare, else a list.
func (s Stop) MarshalJSONTo(enc *jsontext.Encoder) error {
	if s.Bare && len(s.Sequences) == 1 {
		return enc.WriteToken(jsontext.String(s.Sequences[0]))
	}
	return json.MarshalEncode(enc, &s.Sequences)
}

// UnmarshalJSONFrom reads a string, a list of strings, or null.
func (s *Stop) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*s = Stop{}
	switch dec.PeekKind() {
	case jsontext.KindNull:
		return dec.SkipValue()
	case jsontext.KindString:
		*s = Stop{Sequences: make([]string, 1), Bare: true}
		return readString(dec, &s.Sequences[0])
	case jsontext.KindBeginArray:
		return json.UnmarshalDecode(dec, &s.Sequences)
	default:
		return wrongType(dec, "string or array")
	}
}

// MarshalJSONTo writes the mode, or the raw form.
func (t ToolChoice) MarshalJSONTo(enc *jsontext.Encoder) error {
	if t.Raw != nil {
		return enc.WriteValue(t.Raw)
	}
	return enc.WriteToken(jsontext.String(t.Mode))
}

// UnmarshalJSONFrom reads a mode, keeps an object raw, and takes null for none.
func (t *ToolChoice) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*t = ToolChoice{}
	switch dec.PeekKind() {
	case jsontext.KindNull:
		return dec.SkipValue()
	case jsontext.KindString:
		return readString(dec, &t.Mode)
	case jsontext.KindBeginObject:
		return json.UnmarshalDecode(dec, &t.Raw)
	default:
		return wrongType(dec, "string or object")
	}
}

// MarshalJSONTo writes raw input, one bare text, or a list of texts.
func (in EmbeddingInput) MarshalJSONTo(enc *jsontext.Encoder) error {
	switch {
	case in.Raw != nil:
		return enc.WriteValue(in.Raw)
	case in.Bare && len(in.Texts) == 1:
		return enc.WriteToken(jsontext.String(in.Texts[0]))
	default:
		return json.MarshalEncode(enc, &in.Texts)
	}
}

// UnmarshalJSONFrom reads a text or a list of texts and keeps all else raw.
func (in *EmbeddingInput) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*in = EmbeddingInput{}
	if dec.PeekKind() == jsontext.KindString {
		*in = EmbeddingInput{Texts: make([]string, 1), Bare: true}
		return readString(dec, &in.Texts[0])
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	var texts []string
	if json.Unmarshal(raw, &texts) == nil && len(texts) > 0 {
		in.Texts = texts
		return nil
	}
	in.Raw = raw.Clone()
	return nil
}
