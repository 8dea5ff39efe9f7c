package openaicompat

import (
	"bytes"
	"testing"

	"github.com/tidwall/gjson"
)

// FuzzPlain: an event taken for plain says nothing that read would have noticed.
func FuzzPlain(f *testing.F) {
	for _, seed := range []string{
		word("a"), last, word(`"error":`), word("finish_reason"), `{"choices":[{"finish_reason": null},{"finish_reason" : "stop"}]}`,
		`{"choices":[],"usage":{"prompt_tokens":1}}`, `{"choices":[],"error" :null,"error":{"a":1}}`, `{"x_groq":{"error":"x"},"choices":[]}`, `{"message":"choices"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !gjson.ValidBytes(data) || !bytes.HasPrefix(data, []byte("{")) || !plain(data) {
			return
		}
		if bytes.Contains(data, []byte(`\u00`)) || bytes.Contains(data, []byte("status_code")) {
			return // nobody writes the names in escapes; a status is told beside an error only
		}
		if said := read(data); said.failed || said.finish != "" || said.usage != nil || said.groqID != "" {
			t.Fatalf("%s: %+v", data, said)
		}
	})
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]bool{
		word("a"): true, word("error"): false, word(`say "error": now`): true,
		`{"choices":[{"delta":{"content":"x"},"finish_reason" : null}],"usage":null,"error": null}`: true,
		`{"choices":[{"delta":{"content":"x"}}]}`:                                                   true,
		last: false,
		`{"choices":[{"finish_reason":null},{"finish_reason":"stop"}]}`: false,
		`{"choices":[],"usage":{}}`:                                     false,
		`{"message":"no choice"}`:                                       false,
		`{"choices":[],"x_groq":{"id":"1"}}`:                            false,
	} {
		if got := plain([]byte(data)); got != want {
			t.Errorf("%s: %v", data, got)
		}
	}
}
