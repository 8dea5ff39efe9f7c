package simulator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// strict checks what a dialect makes of chat requests: "" is a 200, else a
// status and a word of the body.
func strict(t *testing.T, dialect, message string, table map[string][2]string) {
	t.Helper()
	r := newRig(t, Options{})
	for name, tc := range table {
		body, want := tc[0], tc[1]
		h := r.post(dialect, "/chat/completions", `{"model":"`+r.sim.catalogs[dialect][0].ID+`",`+body+`}`)
		if want == "" {
			want = "200 "
		}
		status, word, _ := strings.Cut(want, " ")
		if fmt.Sprint(h.status) != status || !strings.Contains(h.body, word) {
			t.Errorf("%s: want %q, got %d %.400s", name, want, h.status, h.body)
		}
		if h.status != 200 && gjson.Get(h.body, message).String() == "" {
			t.Errorf("%s: no %s in %s", name, message, h.body)
		}
	}
}

func TestCerebrasStrictness(t *testing.T) {
	t.Parallel()
	f := `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]`
	assistant := func(more string) string {
		return messagesOf(`{"role":"user","content":"x"},{"role":"assistant","content":"y",` + more + `},{"role":"user","content":"z"}`)
	}
	strict(t, Cerebras, "message", map[string][2]string{
		"plain":                     {user, ""},
		"developer":                 {messagesOf(`{"role":"developer","content":"x"}`), ""},
		"function role":             {messagesOf(`{"role":"function","name":"f","content":"x"}`), `400 wrong_api_format`},
		"no messages":               {`"x":1`, "400 wrong_api_format"},
		"empty messages":            {`"messages":[]`, "400 empty array"},
		"audio":                     {messagesOf(`{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}`), "400 Supported"},
		"image for a model without": {messagesOf(`{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}`), "400 valid string"},
		"name":                      {messagesOf(`{"role":"user","name":"bob","content":"x"}`), ""},
		"reasoning of its own":      {assistant(`"reasoning":"r"`), ""},
		"reasoning of others":       {assistant(`"reasoning_content":"r"`), "400 messages.1.assistant.reasoning_content"},
		"frequency_penalty":         {user + `,"frequency_penalty":0`, "400 frequency_penalty"},
		"presence_penalty":          {user + `,"presence_penalty":0.5`, "400 presence_penalty"},
		"logit_bias":                {user + `,"logit_bias":{}`, "400 logit_bias"},
		"logit_bias null":           {user + `,"logit_bias":null`, ""},
		"n":                         {user + `,"n":2`, ""},
		"logprobs":                  {user + `,"logprobs":true,"top_logprobs":20`, ""},
		"too hot":                   {user + `,"temperature":2.5`, "400 maximum"},
		"five stops":                {user + `,"stop":["a","b","c","d","e"]`, "400 too long"},
		"max_tokens":                {user + `,"max_tokens":5`, ""},
		"too many tokens":           {user + `,"max_completion_tokens":50000`, "400 40960"},
		"effort none":               {user + `,"reasoning_effort":"none"`, ""},
		"effort minimal":            {user + `,"reasoning_effort":"minimal"`, "400 Supported"},
		"tier flex":                 {user + `,"service_tier":"flex"`, ""},
		"tier scale":                {user + `,"service_tier":"scale"`, "400 Supported"},
		"format parsed":             {user + `,"reasoning_format":"parsed"`, `200 "reasoning":`},
		"format raw":                {user + `,"reasoning_format":"raw"`, "200 <think>"},
		"format odd":                {user + `,"reasoning_format":"odd"`, "400 reasoning_format"},
		"tools":                     {user + `,"parallel_tool_calls":false,` + f, ""},
		"JSON mode":                 {messagesOf(`{"role":"user","content":"x"}`) + `,"response_format":{"type":"json_object"}`, ""},
		"schema without a name":     {user + `,"response_format":{"type":"json_schema","json_schema":{"strict":true,"schema":{"type":"object"}}}`, "400 name"},
		"grammar":                   {user + `,"response_format":{"type":"grammar"}`, "400 Supported"},
		"its own fields":            {user + `,"min_tokens":1,"clear_thinking":true,"disable_reasoning":true,"prompt_cache_key":"k"`, ""},
	})
}

func TestCerebrasPaths(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, tc := range []struct {
		method, path, key string
		status            int
		body, kind        string
	}{
		{http.MethodGet, "/nowhere", "secret-a", 404, "", "text/plain"},
		{http.MethodGet, "/chat/completions", "secret-a", 405, `{"detail":"Method Not Allowed"}`, "application/json"},
		{http.MethodGet, "/models", "", 403, `{"detail":"Not authenticated"}`, "application/json"},
		{http.MethodGet, "/models", "wrong", 401, `{"message":"Wrong API Key","type":"invalid_request_error","param":"api_key","code":"wrong_api_key"}`, "application/json"},
	} {
		h := hear(r.client, request(t, tc.method, r.server.BaseURL(Cerebras)+tc.path, tc.key, ""))
		if h.status != tc.status || h.body != tc.body || h.header.Get("Content-Type") != tc.kind {
			t.Errorf("%s %s: got %s", tc.method, tc.path, show(h))
		}
	}
}

func TestCerebrasLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Keys: []Key{{Label: "a", Value: "secret-a", DailyLimit: 2}}})
	for i, want := range []struct {
		status    int
		remaining string
	}{{200, "1"}, {200, "0"}, {429, "0"}} {
		h := r.chat(Cerebras, "hi", false)
		if h.status != want.status || h.header.Get("x-ratelimit-remaining-requests-day") != want.remaining || h.header.Get("Retry-After") != "" {
			t.Errorf("request %d: %s", i+1, show(h))
		}
	}
	if h := r.post(Cerebras, "/chat/completions", `{"model":"qwen-3.8-27b",`+user+`}`); h.status != 200 {
		t.Errorf("another model has its own count: %s", show(h))
	}
	// The bucket is charged with the output asked for, before it is written.
	h := r.post(Cerebras, "/chat/completions", `{"model":"qwen-3.8-27b","max_completion_tokens":1000,`+messagesOf(`{"role":"user","content":"one two"}`)+`}`)
	if got := h.header.Get("x-ratelimit-remaining-tokens-minute"); got != "28998" {
		t.Errorf("remaining tokens %s", got)
	}
}
