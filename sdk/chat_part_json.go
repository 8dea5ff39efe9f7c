package sdk

import (
	"bytes"
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
	err := readObject(dec, &p.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "type":
			return readText(dec, (*string)(&p.Type))
		case string(p.Type):
			f, err := p.readContent(dec)
			seen = f == known
			return f, err
		}
		return unknown, nil
	})
	if err != nil || seen {
		return err
	}
	return p.findContent(dec)
}

// readContent reads the member that the part's type is named after.
func (p *Part) readContent(dec *jsontext.Decoder) (fit, error) {
	if dec.PeekKind() == jsontext.KindNull && p.Type.known() {
		want := "object"
		if p.Type == PartText || p.Type == PartRefusal {
			want = "string"
		}
		return unfit(dec, want)
	}
	switch p.Type {
	case PartText:
		return readText(dec, &p.Text)
	case PartRefusal:
		return readText(dec, &p.Refusal)
	case PartImageURL:
		return readStruct(dec, &p.ImageURL)
	case PartInputAudio:
		return readStruct(dec, &p.InputAudio)
	case PartVideoURL:
		return readStruct(dec, &p.VideoURL)
	case PartFile:
		return readStruct(dec, &p.File)
	default:
		return unknown, nil
	}
}

func (t PartType) known() bool {
	switch t {
	case PartText, PartRefusal, PartImageURL, PartInputAudio, PartVideoURL, PartFile:
		return true
	}
	return false
}

// findContent takes the content out of Extra, where it is when it came before
// the type, at the price of reading it twice.
func (p *Part) findContent(dec *jsontext.Decoder) error {
	if !p.Type.known() {
		return nil
	}
	name := string(p.Type)
	raw, early := p.Extra[name]
	if !early {
		if lenient(dec) {
			return nil
		}
		return &json.SemanticError{JSONPointer: dec.StackPointer().AppendToken(name), Err: errors.New("missing")}
	}
	again := jsontext.NewDecoder(bytes.NewBuffer(raw), dec.Options())
	f, err := p.readContent(again)
	if f == known && err == nil {
		delete(p.Extra, name)
	}
	if len(p.Extra) == 0 {
		p.Extra = nil
	}
	var at *json.SemanticError
	if errors.As(err, &at) {
		at.JSONPointer = dec.StackPointer().AppendToken(name) + at.JSONPointer
	}
	return err
}
