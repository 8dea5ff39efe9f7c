package simulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tidwall/gjson"
)

const flash, third = "gemini-2.5-flash", "gemini-3.8-flash"

// gemini asks the Gemini dialect with key a.
func (r *rig) gemini(method, path, body string) heard {
	r.t.Helper()
	req := request(r.t, method, r.server.BaseURL(Gemini)+path, "", body)
	req.Header.Set("X-Goog-Api-Key", "secret-a")
	return hear(r.client, req)
}

// generate sends a generateContent request, streamed or not.
func (r *rig) generate(model, body string, stream bool) heard {
	r.t.Helper()
	path := "/v1beta/models/" + model + ":generateContent"
	if stream {
		path = "/v1beta/models/" + model + ":streamGenerateContent?alt=sse"
	}
	return r.gemini(http.MethodPost, path, "{"+body+"}")
}

func saying(text string) string {
	return fmt.Sprintf(`"contents":[{"role":"user","parts":[{"text":%q}]}]`, text)
}

const geminiTools = `"tools":[{"functionDeclarations":[{"name":"weather","parametersJsonSchema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},{"name":"clock"}]}]`

// TestGoldenGemini pins what the Gemini dialect answers, byte for byte.
func TestGoldenGemini(t *testing.T) {
	bodies := map[string]string{
		"unary":   `"systemInstruction":{"parts":[{"text":"be brief"}]},` + saying("héllo wörld"),
		"tools":   saying("call weather {\"city\":\"Köln\"}\ncall clock {}") + "," + geminiTools,
		"schema":  saying("x") + `,"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object","properties":{"n":{"type":"integer","minimum":3}},"required":["n"]}}`,
		"thought": saying("hi") + `,"generationConfig":{"thinkingConfig":{"includeThoughts":true,"thinkingLevel":"LOW"}}`,
		"length":  saying("count 100") + `,"generationConfig":{"max_output_tokens":9}`,
		"media":   `"contents":[{"parts":[{"text":"look"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}},{"fileData":{"fileUri":"https://youtu.be/x"}}]}]`,
		"bad":     saying("hi") + `,"generationConfig":{"temprature":1}`,
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		for _, name := range sortedNames(bodies) {
			golden(t, "gemini/"+name+".txt", show(r.generate(third, bodies[name], false))+show(r.generate(third, bodies[name], true)))
		}
		golden(t, "gemini/models.txt", show(r.gemini(http.MethodGet, "/v1beta/models?pageSize=2", ""))+
			show(r.gemini(http.MethodGet, "/v1beta/models?pageSize=2&pageToken=page-4", ""))+show(r.gemini(http.MethodGet, "/v1beta/models/"+flash, "")))
		golden(t, "gemini/count.txt", show(r.gemini(http.MethodPost, "/v1beta/models/"+flash+":countTokens", "{"+saying("one two")+"}")))
		golden(t, "gemini/embed.txt", show(r.gemini(http.MethodPost, "/v1beta/models/gemini-embedding-001:batchEmbedContents",
			`{"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"one two"}]},"outputDimensionality":2}]}`))+
			show(r.gemini(http.MethodPost, "/v1beta/models/gemini-embedding-001:embedContent", `{"content":{"parts":[{"text":"one two"}]},"outputDimensionality":2}`)))
		base := r.server.BaseURL(Gemini)
		golden(t, "gemini/no_key.txt", show(hear(r.client, request(t, http.MethodGet, base+"/v1beta/models?key=secret-a", "", "")))+
			show(hear(r.client, request(t, http.MethodGet, base+"/v1beta/models", "secret-a", ""))))
		golden(t, "gemini/no_route.txt", show(r.gemini(http.MethodPost, "/v1beta/models/"+flash+":destroy", "{}")))
	})
}

// TestGoldenGeminiErrors pins every named error, whole and in a stream.
func TestGoldenGeminiErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		for _, name := range Errors() {
			r := scripted(t, Fault{Kind: FaultError, Error: name})
			fmt.Fprintf(&out, "=== %s\n%s", name, show(r.generate(flash, saying("hi"), false)))
		}
		for _, name := range []string{ErrorRateMinute, ErrorBlocked} {
			r := scripted(t, Fault{Kind: FaultInband, Error: name, After: 1})
			fmt.Fprintf(&out, "=== %s in a 200\n%s=== in a stream\n%s", name, show(r.generate(flash, saying("hi"), false)), show(r.generate(flash, saying("hi"), true)))
		}
		golden(t, "gemini/errors.txt", out.String())
	})
}

// geminiStrict is what the API refuses, and a part of how it says so.
func geminiStrict() []struct{ model, body, says string } {
	user := func(parts string) string { return `"contents":[{"role":"user","parts":[` + parts + `]}]` }
	call := func(more string) string {
		return `{"role":"model","parts":[{"functionCall":{"name":"clock","args":{}}` + more + `}]}`
	}
	const result = `{"role":"user","parts":[{"functionResponse":{"name":"clock","response":{"output":"12"}}}]}`
	turns := func(contents ...string) string { return `"contents":[` + strings.Join(contents, ",") + `]` }
	const asking = `{"role":"user","parts":[{"text":"x"}]}`
	return []struct{ model, body, says string }{
		{flash, ``, "contents is not specified"},
		{flash, saying("x") + `,"foo":1`, `Unknown name \"foo\": Cannot find field`},
		{flash, `"contents":[{"role":"user","parts":[{"txt":"x"}]}]`, `Unknown name \"txt\" at 'contents[0].parts[0]'`},
		{flash, saying("x") + `,"generationConfig":{"temperature":"hot"}`, "generation_config.temperature"},
		{flash, saying("x") + `,"generationConfig":{"temperature":3}`, "temperature must be in the range"},
		{flash, saying("x") + `,"generationConfig":{"candidateCount":1.5}`, "TYPE_INT32"},
		{flash, saying("x") + `,"generationConfig":{"logprobs":2}`, "response_logprobs is not true"},
		{flash, saying("x") + `,"generationConfig":{"maxOutputTokens":100000}`, "max_output_tokens"},
		{flash, saying("x") + `,"safetySettings":[{"category":"HARM_CATEGORY_MISCHIEF","threshold":"OFF"}]`, "TYPE_ENUM"},
		{flash, `"contents":[{"role":"assistant","parts":[{"text":"x"}]}]`, "Please use a valid role: user, model."},
		{flash, `"contents":[{"role":"user","parts":[]}]`, "must not be empty"},
		{flash, user(`{}`), "required oneof field 'data'"},
		{flash, user(`{"text":"x","inlineData":{"mimeType":"image/png","data":"AAAA"}}`), "already set"},
		{flash, user(`{"inlineData":{"mimeType":"image/png","data":"%%"}}`), "Base64 decoding failed"},
		{flash, user(`{"inlineData":{"mimeType":"hologram/x","data":"AAAA"}}`), "Unsupported MIME type"},
		{flash, user(`{"fileData":{"fileUri":"http://x.example/a.png","mimeType":"image/png"}}`), "unsupported file uri"},
		{flash, user(`{"fileData":{"fileUri":"https://x.example/a"}}`), "MIME type"},
		{flash, `"systemInstruction":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},` + saying("x"), "text only"},
		{flash, turns(asking, call(""), asking), "number of function response parts"},
		{flash, turns(asking, result), "number of function response parts"},
		{flash, user(`{"functionCall":{"name":"clock","args":{}}}`), "function call turn comes immediately after"},
		{flash, turns(asking, `{"role":"model","parts":[{"functionCall":{"args":{}}}]}`), "Name cannot be empty"},
		{flash, saying("x") + `,"tools":[{"functionDeclarations":[{"name":"a b"}]}]`, "Invalid function name"},
		{flash, saying("x") + `,"tools":[{"functionDeclarations":[{"name":"a"},{"name":"a"}]}]`, "Duplicate function declaration"},
		{flash, saying("x") + `,"tools":[{"functionDeclarations":[{"name":"a","parameters":{"type":"OBJECT","additionalProperties":false}}]}]`, "additionalProperties"},
		{flash, saying("x") + `,"tools":[{"functionDeclarations":[{"name":"a","parameters":{"type":"OBJECT","properties":{"n":{"enum":[1]}}}}]}]`, "enum[0]"},
		{flash, saying("x") + `,"toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}`, "without function_declarations"},
		{flash, saying("x") + `,` + geminiTools + `,"toolConfig":{"functionCallingConfig":{"mode":"AUTO","allowedFunctionNames":["clock"]}}`, "mode is ANY"},
		{flash, saying("x") + `,` + geminiTools + `,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["x"]}}`, "no such function"},
		{flash, saying("x") + `,"generationConfig":{"responseJsonSchema":{}}`, "response_mime_type"},
		{flash, saying("x") + `,"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{},"responseSchema":{}}`, "only one of"},
		{flash, saying("x") + `,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"$ref":"#"}}`, `$ref`},
		{flash, saying("x") + `,"generationConfig":{"responseMimeType":"text/html"}`, "allowed mimetypes"},
		{flash, saying("x") + `,"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}`, "Thinking level is not supported"},
		{third, saying("x") + `,"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","thinkingBudget":1}}`, "only one of thinking budget"},
		{"gemini-2.5-pro", saying("x") + `,"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}`, "only works in thinking mode"},
		{"gemini-3.1-pro-preview", saying("x") + `,"generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}}`, "MINIMAL is not supported"},
		{third, turns(asking, call(""), result), "missing a thought_signature"},
		{third, turns(asking, call(`,"thoughtSignature":"c29tZXRoaW5n"`), result), "Corrupted thought signature"},
		// The placeholder counts as it is, not in base64.
		{third, turns(asking, call(`,"thoughtSignature":"c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="`), result), "Corrupted thought signature"},
		{"gemini-9", saying("x"), "is not found for API version v1beta"},
		{"gemini-embedding-001", saying("x"), "not supported for generateContent"},
	}
}

func TestGeminiIsStrict(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, tc := range geminiStrict() {
		h := r.generate(tc.model, tc.body, false)
		if h.status != 400 && h.status != 404 || !strings.Contains(h.body, tc.says) || gjson.Get(h.body, "error.code").Int() != int64(h.status) {
			t.Errorf("%s: got %d %s, want %q", tc.body, h.status, h.body, tc.says)
		}
	}
}

// TestGeminiTakes what looks odd and is right.
func TestGeminiTakes(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	signature := gjson.Get(r.generate(third, saying("call clock {}")+","+geminiTools, false).body, "candidates.0.content.parts.0.thoughtSignature").Str
	urlSafe := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(signature), "=")
	history := func(signature string) string {
		return `"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"clock"},"thought_signature":"` + signature +
			`"},{"functionCall":{"name":"clock"}}]},{"role":"user","parts":[{"functionResponse":{"name":"clock","response":{"output":"a"}}},{"functionResponse":{"name":"clock","response":{"b":1}}}]}]`
	}
	for body, echo := range map[string]string{
		saying("hi"):                           "echo: hi",
		`"contents":{"parts":{"text":"one"}}`:  "echo: one",
		saying("x") + `,"cached_content":null`: "echo: x",
		history(signature):                     `echo: {"b":1}`,
		history(urlSafe):                       `echo: {"b":1}`,
		history(skipSignature):                 `echo: {"b":1}`,
	} {
		h := r.generate(third, body, false)
		if got := gjson.Get(h.body, "candidates.0.content.parts.0.text").Str; h.status != 200 || got != echo {
			t.Errorf("%s: got %d %s", body, h.status, h.body)
		}
	}
}

// TestGeminiStreams: counts grow, the last event has the reason, and there is no [DONE].
func TestGeminiStreams(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	h := r.generate(flash, saying("one two three"), true)
	events := payloads(h.body)
	counts := ""
	for _, e := range events {
		counts += gjson.Get(e, "usageMetadata.candidatesTokenCount").String() + gjson.Get(e, "candidates.0.finishReason").String() + " "
	}
	if h.header.Get("Content-Type") != "text/event-stream" || counts != "1 2 3 4 4STOP " {
		t.Errorf("got %s\n%s", counts, h.body)
	}
	if entry := r.last(1); !entry.Stream || entry.Model != flash || entry.Chunks != len(events) || entry.Phase != Done {
		t.Errorf("entry %+v", entry)
	}
}

// TestGeminiFaults: what faults change is where Gemini has it.
func TestGeminiFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault     Fault
		path, has string // in the unary reply
		stream    string // a text that is, or with ! is not, in the stream
	}{
		{Fault{Kind: FaultEmptyChoices}, "candidates.#", "0", `"candidates":[]`},
		{Fault{Kind: FaultNoFinish}, "candidates.0.finishReason", "", "!finishReason"},
		{Fault{Kind: FaultFinish, Finish: "content_filter"}, "candidates.0.finishReason", "SAFETY", `"finishReason":"SAFETY"`},
		{Fault{Kind: FaultFinish, Finish: "MALFORMED_FUNCTION_CALL"}, "candidates.0.finishReason", "MALFORMED_FUNCTION_CALL", `MALFORMED_FUNCTION_CALL`},
		{Fault{Kind: FaultUsage, Usage: UsageAbsent}, "usageMetadata", "", "!usageMetadata"},
		{Fault{Kind: FaultUsage, Usage: UsageFloat}, "usageMetadata.promptTokenCount", "1", `"promptTokenCount":1.0`},
		{Fault{Kind: FaultHugeLine, Size: 5000}, "candidates.0.content.parts.0.text", strings.Repeat("x", 5000), strings.Repeat("x", 5000)},
		{Fault{Kind: FaultInband, Error: ErrorServer}, "error.status", "INTERNAL", `"status":"INTERNAL"`},
		{Fault{Kind: FaultError, Error: ErrorBlocked}, "promptFeedback.blockReason", "PROHIBITED_CONTENT", `data: {"modelVersion"`},
	} {
		r := scripted(t, tc.fault)
		whole, stream := r.generate(flash, saying("hi"), false), r.generate(flash, saying("hi"), true)
		if got := gjson.Get(whole.body, tc.path).String(); got != tc.has {
			t.Errorf("%s: got %.300s", tc.fault.Kind, whole.body)
		}
		text, absent := strings.CutPrefix(tc.stream, "!")
		if strings.Contains(stream.body, text) == absent {
			t.Errorf("%s: got %.600s", tc.fault.Kind, stream.body)
		}
	}
	r := scripted(t, Fault{Kind: FaultUsage, Usage: UsageSeparate})
	events := payloads(r.generate(flash, saying("hi"), true).body)
	last := events[len(events)-1]
	if gjson.Get(last, "candidates.#").Int() != 0 || gjson.Get(last, "usageMetadata.promptTokenCount").Int() != 1 {
		t.Errorf("the last event is %s", last)
	}
}

// TestGeminiQuotas: limits are per model, the day's error says so in its quotaId and hints at seconds.
func TestGeminiQuotas(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Keys: []Key{{Label: "a", Value: "secret-a", DailyLimit: 1}}})
	status := func(model string) heard { return r.generate(model, saying("hi"), false) }
	if h := status(flash); h.status != 200 {
		t.Fatal(h.body)
	}
	h := status(flash)
	violation := gjson.Get(h.body, "error.details.0.violations.0")
	if h.status != 429 || !strings.Contains(violation.Get("quotaId").Str, "PerDay") || violation.Get("quotaValue").Str != "1" ||
		gjson.Get(h.body, "error.details.2.retryDelay").Str != "34s" {
		t.Errorf("got %d %s", h.status, h.body)
	}
	if h := status(third); h.status != 200 {
		t.Errorf("another model: %s", h.body)
	}
}

// TestGeminiTokens: a whole request is counted, and nothing else beside it.
func TestGeminiTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for body, want := range map[string]string{
		saying("one two three"): "3",
		`"generateContentRequest":{"model":"models/` + flash + `","systemInstruction":{"parts":[{"text":"a b"}]},` + saying("c") + `}`: "3",
		`"generateContentRequest":{"model":"models/x",` + saying("c") + `}`:                                                            "",
		`"generateContentRequest":{"model":"models/` + flash + `",` + saying("c") + `},` + saying("c"):                                 "",
		`"systemInstruction":{"parts":[{"text":"a"}]},` + saying("c"):                                                                  "",
	} {
		h := r.gemini(http.MethodPost, "/v1beta/models/"+flash+":countTokens", "{"+body+"}")
		if got := gjson.Get(h.body, "totalTokens").String(); got != want {
			t.Errorf("%s: got %s", body, h.body)
		}
	}
}

// FuzzGemini: no request breaks the dialect, and all it ever says is JSON.
func FuzzGemini(f *testing.F) {
	for _, tc := range geminiStrict() {
		f.Add("{" + tc.body + "}")
	}
	sim := New(Options{AnyKey: true, LedgerSize: 10})
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{
			third + ":generateContent", flash + ":streamGenerateContent?alt=sse", flash + ":countTokens", "gemini-embedding-001:batchEmbedContents",
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/gemini/v1beta/models/"+path, strings.NewReader(body))
			r.Header.Set("X-Goog-Api-Key", "k")
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			sim.ServeHTTP(w, r)
			said := []string{w.Body.String()}
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
				said = payloads(w.Body.String())
			}
			for _, p := range said {
				if (w.Code != 200 && w.Code != 400) || !gjson.Valid(p) {
					t.Fatalf("%s: %d %s", path, w.Code, p)
				}
			}
		}
	})
}
