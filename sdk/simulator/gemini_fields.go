package simulator

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// The Gemini API reads requests as protobuf messages in JSON: a member no message has is refused, and so is
// a value of another type; names may be camelCase or snake_case.

// fieldsOf is a protobuf message: its fields by their camelCase names.
type fieldsOf map[string]field

type field struct {
	kind   fieldKind
	of     func() fieldsOf // of a message
	many   bool
	values []string // of an enum
}

type fieldKind int

const (
	fieldMessage fieldKind = iota
	fieldText
	fieldNumber
	fieldWhole
	fieldFlag
	fieldBytes
	fieldEnum
	fieldFree   // any JSON
	fieldStruct // any object
)

func (f field) list() field {
	f.many = true
	return f
}

func aMessage(of func() fieldsOf) field { return field{kind: fieldMessage, of: of} }
func anEnum(values string) field        { return field{kind: fieldEnum, values: strings.Fields(values)} }

// read returns the object with camelCase names, or what is wrong with it.
func (m fieldsOf) read(at string, o object) (object, *apiError) {
	out := object{}
	for _, given := range sortedKeys(o) {
		name := camelCase(given)
		f, known := m[name]
		if !known {
			return nil, unknownName(given, at)
		}
		if o[given] == nil {
			continue
		}
		place := strings.TrimPrefix(at+"."+snakeCase(name), ".")
		v, e := f.read(place, o[given])
		if e != nil {
			return nil, e
		}
		out[name] = v
	}
	return out, nil
}

func (f field) read(at string, v any) (any, *apiError) {
	if !f.many {
		return f.one(at, v)
	}
	items, ok := v.([]any)
	if !ok {
		items = []any{v} // protobuf's JSON takes one for a list of one
	}
	out := make([]any, len(items))
	for i, item := range items {
		one, e := f.one(fmt.Sprintf("%s[%d]", at, i), item)
		if e != nil {
			return nil, e
		}
		out[i] = one
	}
	return out, nil
}

func (f field) one(at string, v any) (any, *apiError) {
	switch f.kind {
	case fieldMessage:
		o, ok := asObject(v)
		if !ok {
			return nil, wrongValue(at, "type.googleapis.com/google.ai.generativelanguage", v)
		}
		read, e := f.of().read(at, o)
		return map[string]any(read), e
	case fieldText:
		_, ok := v.(string)
		return v, wrongUnless(ok, at, "TYPE_STRING", v)
	case fieldNumber:
		_, ok := object{"v": v}.number("v")
		return v, wrongUnless(ok, at, "TYPE_FLOAT", v)
	case fieldWhole:
		_, ok := object{"v": v}.integer("v")
		return v, wrongUnless(ok, at, "TYPE_INT32", v)
	case fieldFlag:
		_, ok := v.(bool)
		return v, wrongUnless(ok, at, "TYPE_BOOL", v)
	case fieldBytes:
		text, ok := v.(string)
		if ok && !isBase64(text) {
			return nil, argument(fmt.Sprintf("Invalid value at '%s' (TYPE_BYTES), Base64 decoding failed for %q", at, clip(text)))
		}
		return v, wrongUnless(ok, at, "TYPE_BYTES", v)
	case fieldEnum:
		text, ok := v.(string)
		return v, wrongUnless(ok && slices.Contains(f.values, text), at, "TYPE_ENUM", v)
	case fieldStruct:
		_, ok := asObject(v)
		return v, wrongUnless(ok, at, "type.googleapis.com/google.protobuf.Struct", v)
	}
	return v, nil
}

func wrongUnless(ok bool, at, kind string, v any) *apiError {
	if ok {
		return nil
	}
	return wrongValue(at, kind, v)
}

func wrongValue(at, kind string, v any) *apiError {
	return argument(fmt.Sprintf("Invalid value at '%s' (%s), %s", at, kind, clip(encodeText(v))))
}

func unknownName(name, at string) *apiError {
	where := ""
	if at != "" {
		where = fmt.Sprintf(" at '%s'", at)
	}
	text := fmt.Sprintf("Invalid JSON payload received. Unknown name %q%s: Cannot find field.", clip(name), where)
	e := argument(text)
	e.details = []any{map[string]any{
		"@type":           "type.googleapis.com/google.rpc.BadRequest",
		"fieldViolations": []any{map[string]any{"field": at, "description": text}},
	}}
	return e
}

// argument is the common shape of a refused request.
func argument(message string) *apiError {
	return &apiError{status: 400, code: "INVALID_ARGUMENT", message: message}
}

// isBase64: protobuf's JSON takes both alphabets, with and without padding.
func isBase64(text string) bool {
	_, err := decodeBytes(text)
	return err == nil
}

func decodeBytes(text string) ([]byte, error) {
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	return base64.RawStdEncoding.DecodeString(text)
}

func camelCase(name string) string {
	parts := strings.Split(name, "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}

func snakeCase(name string) string {
	var b strings.Builder
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			b.WriteByte('_')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// rawOf is a value of the request as JSON again.
