package sdk

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenient reports whether dec reads a reply. Replies are read with invalid UTF-8
// allowed and requests are not, so that option tells them apart in the types
// they share, without state of our own.
func lenient(dec *jsontext.Decoder) bool {
	yes, _ := json.GetOption(dec.Options(), jsontext.AllowInvalidUTF8)
	return yes
}

func replyOptions() json.Options {
	return json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

func encodeOptions() json.Options {
	return json.JoinOptions(json.Deterministic(true), jsontext.PreserveRawStrings(true))
}

func encode(v any) ([]byte, error) { return json.Marshal(v, encodeOptions()) }

func decode(b []byte, v any) error { return json.Unmarshal(b, v) }

// wrongType reports the value dec is about to read as not being what is wanted.
func wrongType(dec *jsontext.Decoder, want string) error {
	kind := dec.PeekKind()
	if err := dec.SkipValue(); err != nil {
		return err
	}
	return &json.SemanticError{
		JSONPointer: dec.StackPointer(), JSONKind: kind, Err: fmt.Errorf("want %s", want),
	}
}

// unquote returns the text of a JSON string that the decoder has accepted.
func unquote(raw jsontext.Value) string {
	inner := raw[1 : len(raw)-1]
	for _, c := range inner {
		if c == '\\' || c >= utf8.RuneSelf {
			b, _ := jsontext.AppendUnquote(nil, raw) // bad UTF-8, if it was allowed, reads as U+FFFD
			return string(b)
		}
	}
	return string(inner)
}

func readString(dec *jsontext.Decoder, s *string) error {
	if dec.PeekKind() != jsontext.KindString {
		return wrongType(dec, "string")
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*s = unquote(raw)
	return nil
}

// unquoteName returns the text of a member name, without copying if it can.
func unquoteName(raw jsontext.Value) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	name, _ := jsontext.AppendUnquote(nil, raw)
	return name
}

// readObject reads an object. It hands each member name to take, which reads the
// value and returns true, or leaves it alone and returns false; the value is
// then kept in extra as it stands.
func readObject(dec *jsontext.Decoder, extra *map[string]jsontext.Value, take func(name []byte) (bool, error)) error {
	switch dec.PeekKind() {
	case jsontext.KindBeginObject:
	case jsontext.KindNull:
		return dec.SkipValue()
	default:
		return wrongType(dec, "object")
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		name := unquoteName(raw)
		taken, err := take(name)
		if err != nil {
			return err
		}
		if taken {
			continue
		}
		key := dec.StackPointer().LastToken()
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if *extra == nil {
			*extra = make(map[string]jsontext.Value)
		}
		(*extra)[key] = value.Clone()
	}
	_, err := dec.ReadToken()
	return err
}
