package googleai

import (
	"encoding/base64"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
)

// placeholder is what Google documents for calls that Gemini did not make; it goes out as it is, not in base64.
const placeholder = "skip_thought_signature_validator"

// signature reads extra_content.google.thought_signature, as base64 in the standard alphabet. What is not
// base64 is no signature of Gemini's.
func (m *mapping) signature(path string, extra map[string]jsontext.Value) string {
	raw, ok := extra["extra_content"]
	if !ok || raw.Kind() == jsontext.KindNull {
		return ""
	}
	text := gjson.GetBytes(raw, "google.thought_signature").String()
	if text == "" || text == placeholder {
		return text
	}
	bytes, err := decodeBase64(text)
	if err != nil || len(bytes) == 0 {
		m.note(path+".extra_content.google.thought_signature", "not base64")
		return ""
	}
	if string(bytes) == placeholder {
		return placeholder
	}
	return base64.StdEncoding.EncodeToString(bytes)
}

// sign gives a step of calls that Gemini did not sign the placeholder, on its first call only. A step with a
// genuine signature stays as it is: of parallel calls only the first has one.
func (m *mapping) sign() {
	if !m.model.wantsSignatures() {
		return
	}
	for _, c := range m.out.Contents {
		var first *part
		signed := false
		for i := range c.Parts {
			if p := &c.Parts[i]; p.FunctionCall != nil {
				signed = signed || p.ThoughtSignature != ""
				if first == nil {
					first = p
				}
			}
		}
		if first != nil && !signed {
			first.ThoughtSignature = placeholder
		}
	}
}

// decodeBase64 takes both alphabets, with and without padding.
func decodeBase64(text string) ([]byte, error) {
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "").Replace(text), "=")
	return base64.RawStdEncoding.DecodeString(text)
}
