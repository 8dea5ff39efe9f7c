package sdk

import (
	"bytes"
	"errors"
	"strings"
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

// readLenient reads v, which is part of a reply, as replies are read.
func readLenient(dec *jsontext.Decoder, v json.UnmarshalerFrom) error {
	return json.UnmarshalDecode(dec, v, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

// readReply is readObject for types that only replies have. Wherever reading
// begins, it goes on leniently from here.
func readReply(
	dec *jsontext.Decoder, v json.UnmarshalerFrom, extra *map[string]jsontext.Value, take func(name []byte) (fit, error),
) error {
	if !lenient(dec) {
		return readLenient(dec, v)
	}
	return readObject(dec, extra, take)
}

// writeExact writes v with the bytes of raw values as they are, and the members
// of Extra in order of their names.
func writeExact(enc *jsontext.Encoder, v any) error {
	return json.MarshalEncode(enc, v, json.Deterministic(true), jsontext.PreserveRawStrings(true))
}

// writeReply is writeExact for replies: what was read leniently can be written.
func writeReply(enc *jsontext.Encoder, v any) error {
	return json.MarshalEncode(enc, v, json.Deterministic(true), jsontext.PreserveRawStrings(true),
		jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

func encode(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true), jsontext.PreserveRawStrings(true))
}

func decode(b []byte, v any) error { return json.Unmarshal(b, v) }

// wrongType reports that the value dec is about to read is not what is wanted.
func wrongType(dec *jsontext.Decoder, want string) error {
	kind := dec.PeekKind()
	if err := dec.SkipValue(); err != nil {
		return err
	}
	return problem(dec, "want "+want+", got "+kindName(kind))
}

// problem reports what is wrong with the value dec has just read.
func problem(dec *jsontext.Decoder, text string) error {
	return &json.SemanticError{JSONPointer: dec.StackPointer(), Err: errors.New(text)}
}

func kindName(k jsontext.Kind) string {
	switch k {
	case jsontext.KindBeginObject:
		return "object"
	case jsontext.KindBeginArray:
		return "array"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "boolean"
	default:
		return k.String()
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

// cloneRaw returns a copy of raw to keep. Bad UTF-8, which only replies may have,
// becomes U+FFFD here: it could not be written again.
func cloneRaw(raw jsontext.Value) jsontext.Value {
	if utf8.Valid(raw) {
		return raw.Clone()
	}
	return bytes.ToValidUTF8(raw, []byte("\uFFFD"))
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
// value or says that it did not; unknown values are kept in extra as they stand.
func readObject(dec *jsontext.Decoder, extra *map[string]jsontext.Value, take func(name []byte) (fit, error)) error {
	if k := dec.PeekKind(); k != jsontext.KindBeginObject {
		if k == jsontext.KindNull && lenient(dec) {
			return dec.SkipValue()
		}
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
		var f fit
		if f, err = take(unquoteName(raw)); err != nil {
			return err
		}
		switch f {
		case unknown:
			err = keep(dec, extra)
		case useless:
			err = dec.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// keep puts the value of the member whose name was just read into extra.
func keep(dec *jsontext.Decoder, extra *map[string]jsontext.Value) error {
	name := strings.ToValidUTF8(dec.StackPointer().LastToken(), "\uFFFD")
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if *extra == nil {
		*extra = make(map[string]jsontext.Value)
	}
	(*extra)[name] = cloneRaw(raw)
	return nil
}
