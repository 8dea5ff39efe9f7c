package sdk

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// partJSON is a part as it is written.
type partJSON struct {
	Type       PartType    `json:"type,omitzero"`
	Text       *string     `json:"text,omitzero"`
	Refusal    *string     `json:"refusal,omitzero"`
	ImageURL   *ImageURL   `json:"image_url,omitzero"`
	InputAudio *InputAudio `json:"input_audio,omitzero"`
	VideoURL   *VideoURL   `json:"video_url,omitzero"`
	File       *File       `json:"file,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// MarshalJSONTo writes the part; a text part has its text even when empty.
func (p *Part) MarshalJSONTo(enc *jsontext.Encoder) error {
	out := partJSON{
		Type: p.Type, ImageURL: p.ImageURL, InputAudio: p.InputAudio, VideoURL: p.VideoURL, File: p.File,
		Extra: p.Extra,
	}
	if p.Type == PartText || p.Text != "" {
		out.Text = &p.Text
	}
	if p.Type == PartRefusal || p.Refusal != "" {
		out.Refusal = &p.Refusal
	}
	return json.MarshalEncode(enc, &out)
}

// UnmarshalJSONFrom reads a part. Each type this package knows has its content
// in the member of the same name; whatever else there is stays raw in Extra.
func (p *Part) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*p = Part{}
	seen := false
	err := readObject(dec, &p.Extra, func(name []byte) (bool, error) {
		switch string(name) {
		case "type":
			return true, readString(dec, (*string)(&p.Type))
		case string(p.Type):
			if target := p.content(); target != nil && (dec.PeekKind() == p.Type.kind() || !lenient(dec)) {
				seen = true
				return true, p.read(dec, target)
			}
		}
		return false, nil
	})
	if err != nil || seen {
		return err
	}
	return p.takeEarly(dec)
}

// takeEarly finds the content of a part whose type came after it.
func (p *Part) takeEarly(dec *jsontext.Decoder) error {
	target, name := p.content(), string(p.Type)
	if target == nil {
		return nil
	}
	at := dec.StackPointer().AppendToken(name)
	raw, ok := p.Extra[name]
	switch {
	case !ok && lenient(dec):
		return nil
	case !ok:
		return &json.SemanticError{JSONPointer: at, Err: errors.New("missing")}
	}
	err := json.Unmarshal(raw, target, dec.Options())
	if err == nil {
		delete(p.Extra, name)
		if len(p.Extra) == 0 {
			p.Extra = nil
		}
		return nil
	}
	if lenient(dec) {
		return nil
	}
	var where *json.SemanticError
	if errors.As(err, &where) {
		where.JSONPointer = at + where.JSONPointer
	}
	return err
}

// content points to the field the part's type names; nil for other types.
func (p *Part) content() any {
	switch p.Type {
	case PartText:
		return &p.Text
	case PartRefusal:
		return &p.Refusal
	case PartImageURL:
		return &p.ImageURL
	case PartInputAudio:
		return &p.InputAudio
	case PartVideoURL:
		return &p.VideoURL
	case PartFile:
		return &p.File
	default:
		return nil
	}
}

// kind is the JSON kind of the member a part of this type has its content in.
func (t PartType) kind() jsontext.Kind {
	if t == PartText || t == PartRefusal {
		return jsontext.KindString
	}
	return jsontext.KindBeginObject
}

// read reads content into target, refusing what is not of its kind.
func (p *Part) read(dec *jsontext.Decoder, target any) error {
	want := p.Type.kind()
	if dec.PeekKind() != want {
		return wrongType(dec, want.String())
	}
	return json.UnmarshalDecode(dec, target)
}
