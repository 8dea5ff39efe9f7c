package sdk

import (
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// DecodeChatRequest reads a request exactly: a wrong type is an error that names
// the place, as in "messages[2].content[0].text: want string, got number", and so
// is a member that is there twice. The error is a [*RequestError]. What the
// request asks for is not checked; that is [ChatRequest.Validate].
func DecodeChatRequest(b []byte) (*ChatRequest, error) {
	if k := jsontext.Value(b).Kind(); k == jsontext.KindNull {
		return nil, &RequestError{Problem: "want object, got null"}
	}
	req := new(ChatRequest)
	if err := json.Unmarshal(b, req); err != nil {
		return nil, requestError(err)
	}
	return req, nil
}

// requestError says in the caller's terms what the JSON library found.
func requestError(err error) *RequestError {
	if at, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(at.Err, jsontext.ErrDuplicateName) {
			return &RequestError{Path: jsonPath(at.JSONPointer), Problem: "there twice", Err: err}
		}
		reason := at.Err
		if errors.Is(reason, io.ErrUnexpectedEOF) {
			reason = errors.New("it ends too early")
		}
		return &RequestError{
			Path:    jsonPath(at.JSONPointer),
			Problem: "not JSON: " + reason.Error() + " (offset " + strconv.FormatInt(at.ByteOffset, 10) + ")",
			Err:     err,
		}
	}
	if at, ok := errors.AsType[*json.SemanticError](err); ok {
		return &RequestError{Path: jsonPath(at.JSONPointer), Problem: mismatch(at), Err: err}
	}
	return &RequestError{Problem: "not JSON: " + err.Error(), Err: err}
}

// mismatch says what was wanted and what was there.
func mismatch(at *json.SemanticError) string {
	if at.Err != nil && at.JSONKind == 0 {
		return at.Err.Error() // one of ours
	}
	got := kindName(at.JSONKind)
	switch {
	case errors.Is(at.Err, strconv.ErrRange):
		return "number out of range"
	case at.JSONKind == jsontext.KindNumber && at.JSONValue != nil:
		got = string(at.JSONValue)
	}
	return "want " + wantedKind(at.GoType) + ", got " + got
}

func wantedKind(t reflect.Type) string {
	if t == nil {
		return "another type"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Float64:
		return "number"
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.Slice, reflect.Array:
		return "array"
	default:
		return "object"
	}
}

// maxPath is about where a path stops being of help; hostile ones have ten
// thousand levels.
const maxPath = 200

// jsonPath writes a pointer the way people write paths: /messages/0/role is
// messages[0].role.
func jsonPath(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		switch {
		case b.Len() > maxPath:
			return b.String() + "..."
		case isIndex(token):
			b.WriteString("[" + token + "]")
		case !isPlainName(token):
			b.WriteString("[" + strconv.Quote(clip(token)) + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(token)
		}
	}
	return b.String()
}

func isIndex(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

func isPlainName(s string) bool {
	for _, c := range s {
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// clip shortens what a caller sent before it is quoted back.
func clip(s string) string {
	const n = 64
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}
