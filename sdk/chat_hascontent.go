package sdk

import (
	"unsafe"

	"github.com/tidwall/gjson"
)

// HasContent reports whether a raw chunk says anything: text, reasoning, a
// refusal, audio, an image or a piece of a tool call, in any choice. Roles,
// empty strings and nulls say nothing. Up to the first chunk that does, a call
// may still be taken elsewhere unseen.
func HasContent(chunk []byte) bool {
	if len(chunk) == 0 {
		return false
	}
	// No copy: gjson only reads, and nothing of the result outlives this call.
	text := unsafe.String(unsafe.SliceData(chunk), len(chunk))
	found := false
	gjson.Get(text, "choices").ForEach(func(_, choice gjson.Result) bool {
		choice.Get("delta").ForEach(func(name, value gjson.Result) bool {
			if name.Str == "tool_calls" {
				found = value.Get("0").Exists()
			} else {
				found = contentMember(name.Str) && says(value, 0)
			}
			return !found
		})
		return !found
	})
	return found
}

func contentMember(name string) bool {
	switch name {
	case "content", "reasoning", "reasoning_content", "reasoning_details", "refusal",
		"audio", "images", "function_call":
		return true
	}
	return false
}

// saysDepth is how deep content is looked for. The deepest known, the URL of an
// image, is three levels down; what is deeper counts as content unseen.
const saysDepth = 4

// says reports whether there is anything in v beyond labels.
func says(v gjson.Result, depth int) bool {
	switch v.Type {
	case gjson.String:
		return v.Str != ""
	case gjson.Number, gjson.True:
		return true
	case gjson.JSON:
	default:
		return false
	}
	if depth >= saysDepth {
		return true
	}
	found := false
	v.ForEach(func(name, value gjson.Result) bool {
		found = !isLabel(name.Str) && says(value, depth+1)
		return !found
	})
	return found
}

func isLabel(name string) bool {
	switch name {
	case "type", "index", "id", "format", "role", "detail", "expires_at":
		return true
	}
	return false
}
