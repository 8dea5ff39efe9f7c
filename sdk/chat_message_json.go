package sdk

import (
	"github.com/go-json-experiment/json/jsontext"
)

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (m *Message) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &m.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "role":
			return readText(dec, (*string)(&m.Role))
		case "content":
			return known, m.Content.UnmarshalJSONFrom(dec)
		case "name":
			return readText(dec, &m.Name)
		case "tool_calls":
			return readList(dec, &m.ToolCalls)
		case "tool_call_id":
			return readText(dec, &m.ToolCallID)
		case "refusal":
			return readText(dec, &m.Refusal)
		case "reasoning":
			return readText(dec, &m.Reasoning)
		case "reasoning_content":
			return readText(dec, &m.ReasoningContent)
		case "reasoning_details":
			return readRaw(dec, &m.ReasoningDetails)
		case "annotations":
			return readRaw(dec, &m.Annotations)
		case "audio":
			return readStruct(dec, &m.Audio)
		case "images":
			return readList(dec, &m.Images)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (d *Delta) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if !lenient(dec) {
		return readLenient(dec, d)
	}
	return (*Message)(d).UnmarshalJSONFrom(dec)
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (t *ToolCall) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &t.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "index":
			return readIntPtr(dec, &t.Index)
		case "id":
			return readText(dec, &t.ID)
		case "type":
			return readText(dec, &t.Type)
		case "function":
			return readInto(dec, &t.Function)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (f *FunctionCall) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &f.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "name":
			return readText(dec, &f.Name)
		case "arguments":
			return readArguments(dec, &f.Arguments)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (a *Audio) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &a.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "id":
			return readText(dec, &a.ID)
		case "data":
			return readText(dec, &a.Data)
		case "expires_at":
			return readInt(dec, &a.ExpiresAt)
		case "transcript":
			return readText(dec, &a.Transcript)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (i *ImageURL) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &i.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "url":
			return required(readText(dec, &i.URL))
		case "detail":
			return readText(dec, &i.Detail)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (i *InputAudio) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &i.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "data":
			return required(readText(dec, &i.Data))
		case "format":
			return readText(dec, &i.Format)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (v *VideoURL) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &v.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "url":
			return required(readText(dec, &v.URL))
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (f *File) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readObject(dec, &f.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "file_data":
			return readText(dec, &f.FileData)
		case "file_id":
			return readText(dec, &f.FileID)
		case "filename":
			return readText(dec, &f.Filename)
		}
		return unknown, nil
	})
}
