package simulator

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func TestNvidiaStrictness(t *testing.T) {
	t.Parallel()
	f := `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]`
	strict(t, Nvidia, "detail", map[string][2]string{
		"plain":                     {user, `200 "reasoning_content":`},
		"no messages":               {`"x":1`, `400 "title":"Bad Request"`},
		"developer":                 {messagesOf(`{"role":"developer","content":"x"}`), ""},
		"function role":             {messagesOf(`{"role":"function","name":"f","content":"x"}`), "400 Supported"},
		"file":                      {messagesOf(`{"role":"user","content":[{"type":"file","file":{"file_id":"x"}}]}`), "400 Supported"},
		"image for a model without": {messagesOf(`{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}`), "400 image"},
		"thinking on":               {user + `,"chat_template_kwargs":{"enable_thinking":true}`, `200 "reasoning_content":`},
		"kwargs a list":             {user + `,"chat_template_kwargs":[]`, "400 dictionary"},
		"penalties":                 {user + `,"frequency_penalty":1,"presence_penalty":1,"logit_bias":{"1":1}`, ""},
		"guided":                    {user + `,"guided_json":{},"top_k":4,"nvext":{}`, ""},
		"any effort":                {user + `,"reasoning_effort":"max"`, ""},
		"options without stream":    {user + `,"stream_options":{"include_usage":true}`, "400 stream"},
		"both maxima":               {user + `,"max_tokens":5,"max_completion_tokens":5`, "400 same time"},
		"tools":                     {user + `,` + f, ""},
		"choice of another":         {user + `,` + f + `,"tool_choice":{"type":"function","function":{"name":"g"}}`, "400 not found"},
		"schema":                    {user + `,"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}}`, ""},
	})
}

func TestNvidiaThinkingOff(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, kwargs := range []string{`{"enable_thinking":false}`, `{"thinking":false}`} {
		h := r.post(Nvidia, "/chat/completions", `{"model":"openai/gpt-oss-120b","chat_template_kwargs":`+kwargs+`,`+user+`}`)
		if h.status != 200 || strings.Contains(h.body, "reasoning_content") {
			t.Errorf("%s: %s", kwargs, show(h))
		}
	}
}

func TestNvidiaEmbeddings(t *testing.T) {
	t.Parallel()
	for _, unconfirmed := range []bool{false, true} {
		r := newRig(t, Options{Unconfirmed: unconfirmed})
		for members, want := range map[string]int{
			`"input_type":"query"`: 200, `"input_type":"passage","truncate":"END"`: 200, `"input_type":"other"`: 400, `"truncate":"END"`: 200,
		} {
			if unconfirmed && members == `"truncate":"END"` {
				want = 400
			}
			h := r.post(Nvidia, "/embeddings", `{"model":"nvidia/nv-embedqa-e5-v5","input":["a b"],`+members+`}`)
			if h.status != want || (want == 200) != gjson.Get(h.body, "data.0.embedding").IsArray() {
				t.Errorf("unconfirmed %v, %s: want %d, got %s", unconfirmed, members, want, show(h))
			}
		}
	}
}

// TestNvidiaLimits: the account is limited, all its models together, and nothing
// says for how long.
func TestNvidiaLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Keys: []Key{{Label: "a", Value: "secret-a", PerMinute: 1}}})
	if h := r.chat(Nvidia, "hi", false); h.status != 200 {
		t.Fatal(show(h))
	}
	h := r.post(Nvidia, "/chat/completions", `{"model":"openai/gpt-oss-120b",`+user+`}`)
	if h.status != 429 || h.body != `{"status":429,"title":"Too Many Requests"}` || h.header.Get("Retry-After") != "" {
		t.Error(show(h))
	}
}
