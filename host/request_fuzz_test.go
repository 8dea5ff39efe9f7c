package host

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/aio-llm/aio/sdk"
)

// FuzzChat holds the reading of a chat body against a strict JSON decoder: what that one takes as a request
// is taken, and nothing else of it. Bodies it refuses, say for a name that repeats, only have to be survived.
func FuzzChat(f *testing.F) {
	for _, seed := range []string{
		`{"model":"p/m","messages":[{"role":"user","content":"hi"}],"stream":true}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url"},{"type":"input_audio"}]}]}`,
		`{"model":"m","messages":[{"role":"user","content":[{"type":"video_url"},{"type":"file"}]}],"tools":[{}],"functions":[]}`,
		`{"model":null,"messages":["hi",7,[],{}],"response_format":{"type":"json_schema"},"max_tokens":1e9}`,
		`{"model":"m","model":"n","messages":[1],"messages":[],"max_completion_tokens":-1}`,
		`{"m\u006fdel":"a\u0000b","\u006dessages":[0]}`, `{"model":"a\nb","messages":[{}]}`, `{"model":"\u007f","messages":[{}]}`,
		`{"model":"\ud83d\ude00","messages":[{"content":7}]}`, `{"model":"\ud83d","messages":[{"content":{"type":"file"}}]}`,
		`{"model":7,"messages":[{}]}`, `{"messages":{}}`, `{"messages":[ ]}`, `{}`, `[]`, `null`, `"{"`, ``, "\xff", ` {"messages" : [ "{\"content\":[" ] } `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := inspectChat(body)
		if err != nil && refusal(t, err).Kind != sdk.KindBadRequest {
			t.Fatalf("refused as %v", err)
		}
		if err == nil && strings.ContainsFunc(r.model, forbidden) {
			t.Fatalf("took the model %q", r.model)
		}
		var members map[string]jsontext.Value
		if json.Unmarshal(body, &members) != nil {
			return
		}
		model, taken := wellFormed(members)
		if taken != (err == nil) || taken && r.model != model {
			t.Fatalf("got model %q, error %v; want model %q, taken %t", r.model, err, model, taken)
		}
	})
}

// wellFormed says whether the members make a request, and its model.
func wellFormed(members map[string]jsontext.Value) (model string, ok bool) {
	if raw, given := members["model"]; given && json.Unmarshal(raw, &model) != nil {
		return "", false
	}
	var messages []jsontext.Value
	if json.Unmarshal(members["messages"], &messages) != nil {
		return "", false
	}
	return model, len(messages) > 0 && len(model) <= 512 && !strings.ContainsFunc(model, forbidden)
}

// forbidden: it could forge a header or a line of a log.
func forbidden(r rune) bool { return r < ' ' || r == 0x7f }
