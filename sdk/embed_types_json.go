package sdk

import (
	"github.com/go-json-experiment/json/jsontext"
)

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (r *EmbeddingReply) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, r, &r.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "id":
			return readText(dec, &r.ID)
		case "object":
			return readText(dec, &r.Object)
		case "data":
			return required(readList(dec, &r.Data))
		case "model":
			return readText(dec, &r.Model)
		case "usage":
			return readStruct(dec, &r.Usage)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (e *Embedding) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, e, &e.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "object":
			return readText(dec, &e.Object)
		case "index":
			return required(readInt(dec, &e.Index))
		case "embedding":
			return readRaw(dec, &e.Vector)
		}
		return unknown, nil
	})
}
