package simulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// refusal is a request and what each dialect makes of it: 200, or a status and
// a word of its message.
type refusal struct {
	body   string // without the model
	openai string // "" means accepted
	groq   string
	router string
}

const user = `"messages":[{"role":"user","content":"say json"}]`

// same is refused by all three alike.
func same(body, word string) refusal { return refusal{body, word, word, word} }

func messagesOf(m string) string { return `"messages":[` + m + `]` }

func strictTables() map[string]refusal {
	call := `{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}`
	f := `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]`
	schema := func(s string) string {
		return user + `,"response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":` + s + `}}`
	}
	image := func(url string) string {
		return messagesOf(`{"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"` + url + `"}}]}`)
	}
	return map[string]refusal{
		// messages
		"plain":                  same(user, ""),
		"no messages":            same(`"x":1`, "400 messages"),
		"null messages":          same(`"messages":null`, "400 messages"),
		"messages no list":       same(`"messages":{}`, "400 array"),
		"empty messages":         same(`"messages":[]`, "400 empty array"),
		"message no object":      same(messagesOf(`"hi"`), "400 object"),
		"no role":                same(messagesOf(`{"content":"x"}`), "400 Supported values"),
		"unknown role":           same(messagesOf(`{"role":"robot","content":"x"}`), "400 Supported values"),
		"function role":          {messagesOf(`{"role":"function","name":"f","content":"x"}`), "", "400 unsupported", "400 Supported values"},
		"developer role":         same(messagesOf(`{"role":"developer","content":"x"}`), ""),
		"no content":             same(messagesOf(`{"role":"user"}`), "400 got null"),
		"content a number":       same(messagesOf(`{"role":"user","content":7}`), "400 string or an array"),
		"content an empty list":  same(messagesOf(`{"role":"user","content":[]}`), "400 empty array"),
		"name":                   {messagesOf(`{"role":"user","name":"bob","content":"x"}`), "", "400 'messages.0' : property 'name'", ""},
		"assistant without both": same(messagesOf(`{"role":"user","content":"x"},{"role":"assistant","content":null}`), "400 got null"),
		"prefill":                same(messagesOf(`{"role":"user","content":"x"},{"role":"assistant","content":"y"}`), ""),
		"part unknown":           same(messagesOf(`{"role":"user","content":[{"type":"smell"}]}`), "400 Supported values"),
		"part without text":      same(messagesOf(`{"role":"user","content":[{"type":"text"}]}`), "400 text"),
		"video":                  {messagesOf(`{"role":"user","content":[{"type":"video_url","video_url":{"url":"https://x"}}]}`), "400 Supported", "400 Supported", ""},
		"document":               {messagesOf(`{"role":"user","content":[{"type":"document","document":{"data":{}}}]}`), "400 Supported", "", "400 Supported"},
		"image by URL":           {image("https://example.com/a.png"), "", "400 content must be a string", "404 No endpoints found that support image input"},
		"image data":             {image("data:image/png;base64,AAAA"), "", "400 content must be a string", "404 No endpoints"},
		"image data broken":      same(image("data:text/plain,AAAA"), "400 base64"),
		"image path":             same(image("/etc/passwd"), "400 image URL"),
		"image for system":       same(messagesOf(`{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}`), "400 role 'user'"),

		// tool results
		"tool round":        same(messagesOf(`{"role":"user","content":"x"},`+call+`,{"role":"tool","tool_call_id":"c1","content":"1"}`), ""),
		"tool without id":   same(messagesOf(call+`,{"role":"tool","content":"1"}`), "400 tool_call_id"),
		"tool without call": same(messagesOf(`{"role":"user","content":"x"},{"role":"tool","tool_call_id":"c1","content":"1"}`), "400 role 'tool' must be a response"),
		"tool other id":     same(messagesOf(call+`,{"role":"tool","tool_call_id":"c2","content":"1"}`), "400 role 'tool' must be a response"),
		"call unanswered":   {messagesOf(call + `,{"role":"user","content":"x"}`), "400 c1", "", ""},
		"call left open":    {messagesOf(call), "400 c1", "", ""},
		"call without id":   same(messagesOf(`{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]}`), "400 tool_calls[0]"),
		"call args object":  same(messagesOf(`{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":{}}}]}`), "400 tool_calls[0]"),

		// tools
		"tool":                     same(user+`,`+f, ""),
		"tools no list":            same(user+`,"tools":{}`, "400 array"),
		"tools empty":              {user + `,"tools":[]`, "400 empty array", "", ""},
		"tool of no type":          same(user+`,"tools":[{"function":{"name":"f"}}]`, "400 function"),
		"tool with a bad name":     same(user+`,"tools":[{"type":"function","function":{"name":"a b"}}]`, "400 pattern"),
		"tool parameters a string": same(user+`,"tools":[{"type":"function","function":{"name":"f","parameters":"x"}}]`, "400 object"),
		"128 tools":                same(user+`,"tools":[`+strings.Repeat(`{"type":"function","function":{"name":"f"}},`, 127)+`{"type":"function","function":{"name":"f"}}]`, ""),
		"129 tools":                same(user+`,"tools":[`+strings.Repeat(`{"type":"function","function":{"name":"f"}},`, 128)+`{"type":"function","function":{"name":"f"}}]`, "400 too long"),
		"choice of nothing":        {user + `,"tool_choice":"auto"`, "400 only allowed", "", ""},
		"choice required, no tool": same(user+`,"tool_choice":"required"`, "400 only allowed"),
		"choice unknown":           same(user+`,`+f+`,"tool_choice":"maybe"`, "400 Supported"),
		"choice of a tool":         same(user+`,`+f+`,"tool_choice":{"type":"function","function":{"name":"f"}}`, ""),
		"choice of another":        same(user+`,`+f+`,"tool_choice":{"type":"function","function":{"name":"g"}}`, "400 not found"),
		"parallel without tools":   {user + `,"parallel_tool_calls":true`, "400 only allowed", "", ""},

		// numbers
		"temperature":       same(user+`,"temperature":2`, ""),
		"too hot":           same(user+`,"temperature":2.01`, "400 maximum"),
		"too cold":          same(user+`,"temperature":-0.1`, "400 minimum"),
		"temperature text":  same(user+`,"temperature":"1"`, "400 number"),
		"top_p":             same(user+`,"top_p":1.5`, "400 maximum"),
		"penalty":           same(user+`,"presence_penalty":-3`, "400 minimum"),
		"n":                 {user + `,"n":2`, "", "400 'n'", ""},
		"n zero":            same(user+`,"n":0`, "400 minimum"),
		"n fraction":        same(user+`,"n":1.5`, "400 integer"),
		"n null":            same(user+`,"n":null`, ""),
		"max_tokens zero":   same(user+`,"max_tokens":0`, "400 minimum"),
		"both maxima":       {user + `,"max_tokens":5,"max_completion_tokens":5`, "400 same time", "", ""},
		"seed":              same(user+`,"seed":9007199254740993`, ""),
		"seed text":         same(user+`,"seed":"x"`, "400 integer"),
		"four stops":        same(user+`,"stop":["a","b","c","d"]`, ""),
		"five stops":        same(user+`,"stop":["a","b","c","d","e"]`, "400 too long"),
		"stop number":       same(user+`,"stop":[1]`, "400 strings"),
		"logprobs":          {user + `,"logprobs":true,"top_logprobs":2`, "", "400 logprobs", ""},
		"logprobs false":    {user + `,"logprobs":false`, "", "400 logprobs", ""},
		"logprobs null":     same(user+`,"logprobs":null`, ""),
		"top_logprobs only": {user + `,"top_logprobs":2`, "400 only allowed", "400 top_logprobs", "400 only allowed"},
		"logit_bias":        {user + `,"logit_bias":{"1":1}`, "", "400 logit_bias", ""},
		"metadata":          {user + `,"metadata":{"a":"b"}`, "", "400 metadata", ""},
		"store":             {user + `,"store":true`, "", "400 store", ""},
		"unknown field":     same(user+`,"wibble":1`, ""),
		"repeated field":    same(user+`,"temperature":9,"temperature":1`, ""),

		// stream
		"stream text":            same(user+`,"stream":"yes"`, "400 boolean"),
		"options without stream": {user + `,"stream_options":{"include_usage":true}`, "400 only allowed", "", ""},
		"options no object":      same(user+`,"stream":true,"stream_options":1`, "400 object"),

		// response formats
		"format text":          same(user+`,"response_format":{"type":"text"}`, ""),
		"format unknown":       same(user+`,"response_format":{"type":"xml"}`, "400 Supported"),
		"format no object":     same(user+`,"response_format":"json_object"`, "400 object"),
		"json_object":          same(user+`,"response_format":{"type":"json_object"}`, ""),
		"json_object unspoken": {messagesOf(`{"role":"user","content":"x"}`) + `,"response_format":{"type":"json_object"}`, "400 'json'", "400 'json'", ""},
		"schema without":       same(user+`,"response_format":{"type":"json_schema"}`, "400 json_schema"),
		"schema without name":  same(user+`,"response_format":{"type":"json_schema","json_schema":{"schema":{}}}`, "400 name"),
		"strict closed":        same(schema(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`), ""),
		"strict open":          {schema(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`), "400 additionalProperties", "400 additionalProperties", ""},
		"strict optional":      {schema(`{"type":"object","properties":{"a":{"type":"string"}},"required":[],"additionalProperties":false}`), "400 Missing 'a'", "400 Missing 'a'", ""},
		"strict nested open":   {schema(`{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{}}}},"required":["a"],"additionalProperties":false}`), "400 additionalProperties", "400 additionalProperties", ""},
		"strict no object":     {schema(`{"type":"array"}`), "400 type", "400 type", ""},

		// reasoning
		"effort":              same(user+`,"reasoning_effort":"low"`, ""),
		"effort unknown":      same(user+`,"reasoning_effort":"lots"`, "400 Supported"),
		"effort max":          {user + `,"reasoning_effort":"max"`, "400 Supported", "400 Supported", ""},
		"reasoning both ways": {user + `,"reasoning_format":"parsed","include_reasoning":true`, "", "400 both", ""},
		"reasoning form":      {user + `,"reasoning_format":"odd"`, "", "400 hidden raw parsed", ""},
		"reasoning object":    {user + `,"reasoning":{"effort":"huge"}`, "", "", "400 effort"},
		"reasoning string":    {user + `,"reasoning":"yes"`, "", "", "400 object"},
		"tier":                {user + `,"service_tier":"on_demand"`, "400 Supported", "", "400 Supported"},
		"session":             {user + `,"session_id":"` + strings.Repeat("x", 257) + `"`, "", "", "400 256"},
	}
}

func TestStrictness(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for name, tc := range strictTables() {
		for dialect, want := range map[string]string{OpenAI: tc.openai, Groq: tc.groq, OpenRouter: tc.router} {
			model := r.sim.catalogs[dialect][0].ID
			h := r.post(dialect, "/chat/completions", `{"model":"`+model+`",`+tc.body+`}`)
			if want == "" {
				want = "200 "
			}
			got := fmt.Sprint(h.status) + " " + h.body
			status, word, _ := strings.Cut(want, " ")
			if !strings.HasPrefix(got, status+" ") || !strings.Contains(got, word) {
				t.Errorf("%s, %s: want %q, got %.400s", name, dialect, want, got)
			}
			if h.status != 200 && gjson.Get(h.body, "error.message").String() == "" {
				t.Errorf("%s, %s: no message in %s", name, dialect, h.body)
			}
		}
	}
}

func TestStrictTransport(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	url := r.server.BaseURL(Groq) + "/chat/completions"
	good := chatBody("openai/gpt-oss-20b", "hi", false)
	for name, tc := range map[string]struct {
		method, path, auth, kind, body string
		want                           int
	}{
		"good":           {"POST", "", "Bearer secret-a", "application/json", good, 200},
		"charset":        {"POST", "", "bearer secret-a", "application/json; charset=utf-8", good, 200},
		"GET":            {"GET", "", "Bearer secret-a", "", "", 405},
		"no such path":   {"POST", "/x", "Bearer secret-a", "application/json", good, 404},
		"basic":          {"POST", "", "Basic secret-a", "application/json", good, 401},
		"no scheme":      {"POST", "", "secret-a", "application/json", good, 401},
		"wrong key":      {"POST", "", "Bearer secret-", "application/json", good, 401},
		"form":           {"POST", "", "Bearer secret-a", "application/x-www-form-urlencoded", good, 400},
		"no type":        {"POST", "", "Bearer secret-a", "", good, 400},
		"no JSON":        {"POST", "", "Bearer secret-a", "application/json", "hi", 400},
		"empty":          {"POST", "", "Bearer secret-a", "application/json", "", 400},
		"list":           {"POST", "", "Bearer secret-a", "application/json", "[]", 400},
		"two objects":    {"POST", "", "Bearer secret-a", "application/json", good + good, 400},
		"null":           {"POST", "", "Bearer secret-a", "application/json", "null", 400},
		"no model":       {"POST", "", "Bearer secret-a", "application/json", "{" + user + "}", 400},
		"unknown model":  {"POST", "", "Bearer secret-a", "application/json", chatBody("nope", "hi", false), 404},
		"retired model":  {"POST", "", "Bearer secret-a", "application/json", chatBody("llama-3.3-70b-versatile", "hi", false), 400},
		"model a number": {"POST", "", "Bearer secret-a", "application/json", `{"model":3,` + user + `}`, 400},
	} {
		req := request(t, tc.method, url+tc.path, "", tc.body)
		req.Header.Set("Authorization", tc.auth)
		req.Header.Del("Content-Type")
		if tc.kind != "" {
			req.Header.Set("Content-Type", tc.kind)
		}
		if h := hear(r.client, req); h.status != tc.want || gjson.Get(h.body, "error").Exists() == (tc.want == 200) {
			t.Errorf("%s: want %d, got %s", name, tc.want, show(h))
		}
	}
	if h := hear(r.client, request(t, "GET", r.server.URL()+"/nowhere/v1/models", "secret-a", "")); h.status != 404 {
		t.Errorf("unknown dialect: %d", h.status)
	}
}

// TestUnconfirmedRules: what is only recalled is refused only when asked for.
func TestUnconfirmedRules(t *testing.T) {
	t.Parallel()
	for _, unconfirmed := range []bool{false, true} {
		r := newRig(t, Options{Unconfirmed: unconfirmed})
		for _, d := range []string{OpenAI, Groq} {
			h := r.post(d, "/chat/completions", `{"model":"`+r.sim.catalogs[d][0].ID+`",`+user+`,"wibble":1}`)
			if (h.status == 400) != unconfirmed {
				t.Errorf("%s, unconfirmed %v: %s", d, unconfirmed, h.body)
			}
		}
	}
}

func TestModelLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Models: []Model{{ID: "m", Context: 10, MaxOutput: 6, NoTools: true}, {ID: "v", Vision: true}}})
	for _, tc := range []struct{ dialect, body, want string }{
		{OpenAI, `"model":"m",` + messagesOf(`{"role":"user","content":"1 2 3 4 5 6 7 8 9 10 11"}`), "context_length_exceeded"},
		{Groq, `"model":"m",` + messagesOf(`{"role":"user","content":"1 2 3 4 5 6 7 8 9 10 11"}`), "reduce the length"},
		{OpenRouter, `"model":"m",` + messagesOf(`{"role":"user","content":"1 2 3 4 5 6"}`) + `,"max_tokens":5`, "context_length_exceeded"},
		{Groq, `"model":"m","max_tokens":7,` + user, "less than or equal to `6`"},
		{Groq, `"model":"m",` + user + `,` + weather, "tool calling"},
		{OpenRouter, `"model":"m",` + user + `,` + weather, "support tool use"},
		{OpenRouter, `"model":"x","models":["y","m:nitro"],` + user, `"model":"m"`},
		{OpenRouter, `"models":["y"],` + user, "not a valid model ID"},
		{OpenAI, `"model":"v",` + messagesOf(`{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"https://x"}}]}`), `see\n[image]`},
	} {
		if h := r.post(tc.dialect, "/chat/completions", "{"+tc.body+"}"); !strings.Contains(h.body, tc.want) {
			t.Errorf("%s %s: want %q, got %d %s", tc.dialect, tc.body, tc.want, h.status, h.body)
		}
	}
}
