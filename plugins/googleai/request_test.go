package googleai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

const (
	hi      = `"messages":[{"role":"user","content":"hi"}]`
	weather = `{"type":"function","function":{"name":"weather","description":"the weather","strict":true,"parameters":` +
		`{"type":"object","properties":{"zip":{"type":"integer"},"city":{"type":"string"}},"required":["city","zip"],"$defs":{}}}}`
	clock = `{"type":"function","function":{"name":"clock"}}`
	png   = "data:image/png;base64,iVBORw0KGgo="
)

// requests are mapped one by one into the golden file; the name before the slash is the model where it matters.
func requests() []struct{ name, body string } {
	return []struct{ name, body string }{
		{"plain text", hi},
		{"roles", `"messages":[{"role":"system","content":"be brief"},{"role":"developer","content":[{"type":"text","text":"be kind"}]},{"role":"user","content":"one"},` +
			`{"role":"user","content":"two"},{"role":"assistant","content":"three"},{"role":"assistant","content":null,"refusal":"no"},{"role":"user","content":"four"}]`},
		{"only a system message", `"messages":[{"role":"system","content":"say hi"}]`},
		{"no messages", `"messages":[]`},
		{"a role nobody has", `"messages":[{"role":"critic","content":"x"}]`},
		{"names and what nobody knows", `"messages":[{"role":"user","name":"bob","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}],"x":1,"y":null}],"z":[1],"w":null`},
		{"thoughts go back", `"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning":"hm"},{"role":"assistant","content":"c","reasoning_content":"so","reasoning_details":[{"type":"x"}]},{"role":"user","content":"d"}]`},
		{"image, audio, video, PDF inline", `"messages":[{"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"` + png + `","detail":"high"}},` +
			`{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},{"type":"video_url","video_url":{"url":"data:video/mp4;base64,AAAA"}},` +
			`{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},{"type":"file","file":{"filename":"b.pdf","file_data":"JVBERi0"}}]}]`},
		{"data URLs of odd forms", `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"DATA:image/png;charset=x;BASE64,-_-_"}},{"type":"file","file":{"file_data":"data:,a%20b"}}]}]`},
		{"addresses", `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.example/a.JPG?sig=1"}},{"type":"video_url","video_url":{"url":"https://www.youtube.com/watch?v=1"}},` +
			`{"type":"image_url","image_url":{"url":"https://x.example/a","mime_type":"image/webp"}},{"type":"file","file":{"file_id":"files/abc-1"}},{"type":"file","file":{"file_data":"https://x.example/a.pdf"}}]}]`},
		{"an address of unknown type", `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.example/a"}}]}]`},
		{"an address without TLS", `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x.example/a.png"}}]}]`},
		{"data that is not base64", `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,%%%"}}]}]`},
		{"a part nobody knows", `"messages":[{"role":"user","content":[{"type":"hologram","hologram":{}}]}]`},
		{"another provider's upload", `"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-123"}}]}]`},
		{"an image as a system message", `"messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"` + png + `"}}]}]`},
		{"tools", hi + `,"tools":[` + weather + `,` + clock + `,{"type":"web_search"}],"parallel_tool_calls":false`},
		{"tool choice auto", hi + `,"tools":[` + clock + `],"tool_choice":"auto"`},
		{"tool choice none", hi + `,"tools":[` + clock + `],"tool_choice":"none"`},
		{"tool choice required", hi + `,"tools":[` + clock + `],"tool_choice":"required"`},
		{"tool choice named", hi + `,"tools":[` + clock + `],"tool_choice":{"type":"function","function":{"name":"clock"}}`},
		{"tool choice allowed", hi + `,"tools":[` + clock + `],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"clock"}}]}}`},
		{"tool choice of another kind", hi + `,"tools":[` + clock + `],"tool_choice":{"type":"custom"}`},
		{"tool choice without tools", hi + `,"tool_choice":"required"`},
		{"parallel calls, results in another order", `"messages":[{"role":"user","content":"w"},{"role":"assistant","content":"let me see","tool_calls":[` +
			`{"id":"1","type":"function","function":{"name":"weather","arguments":"{\"zip\":9007199254740993,\"city\":\"Köln\"}"}},{"id":"2","type":"function","function":{"name":"clock","arguments":""}}]},` +
			`{"role":"tool","tool_call_id":"2","content":"12:00"},{"role":"tool","tool_call_id":"1","content":"{\"sky\":\"blue\",\"n\":1.0}"},{"role":"user","content":"and?"}]`},
		{"results that are no objects", `"messages":[{"role":"user","content":"w"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"not JSON"}},{"id":"2","type":"function","function":{"name":"g","arguments":"[1]"}}]},` +
			`{"role":"tool","tool_call_id":"1","content":"[1,2]"},{"role":"tool","tool_call_id":"2","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"` + png + `"}}]}]`},
		{"a result of no call", `"messages":[{"role":"user","content":"w"},{"role":"tool","tool_call_id":"9","content":"x"}]`},
		{"functions of old", `"messages":[{"role":"user","content":"w"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"}]`},
		{"gemini-3.8-flash/signatures in both alphabets", `"messages":[{"role":"user","content":"w"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"-_8"}}},` +
			`{"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"a"},{"role":"tool","tool_call_id":"2","content":"b"},` +
			`{"role":"assistant","content":"done","extra_content":{"google":{"thought_signature":"+/8="}}},{"role":"user","content":"thanks"}]`},
		{"gemini-3.8-flash/calls of another model", `"messages":[{"role":"user","content":"w"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},` +
			`{"id":"2","type":"function","function":{"name":"g","arguments":"{}"},"extra_content":{"google":{"thought_signature":"***"}}}]},{"role":"tool","tool_call_id":"1","content":"a"},{"role":"tool","tool_call_id":"2","content":"b"}]`},
		{"gemini-flash-latest/calls of another model", `"messages":[{"role":"user","content":"w"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"a"}]`},
		{"gemini-2.5-flash/calls of another model", `"messages":[{"role":"user","content":"w"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"a"}]`},
		{"numbers, explicit zeros", hi + `,"temperature":0,"top_p":0.1,"top_k":0,"seed":0,"n":1,"max_tokens":0,"presence_penalty":0,"frequency_penalty":-0.5,"logprobs":true,"top_logprobs":2,"stop":"."`},
		{"what Gemini does not take", hi + `,"seed":3000000000,"logit_bias":{"1":1},"top_logprobs":3,"user":"me","metadata":{"a":"b"},"service_tier":"scale","store":true,"prediction":{},"stop":["1","2","3","4","5","6"],` +
			`"max_tokens":5,"max_completion_tokens":6,"stream":true,"stream_options":{"include_usage":true,"x":1},"response_format":{"type":"grammar"},"modalities":["text"],"verbosity":"low"`},
		{"nulls and defaults ask for nothing", hi + `,"user":"","metadata":null,"logit_bias":{},"logprobs":false,"store":false,"service_tier":"auto","x":null,"response_format":{"type":"text"},"tools":[],"tool_choice":"auto","parallel_tool_calls":true`},
		{"tiers", hi + `,"service_tier":"default","modalities":["text","image"]`},
		{"JSON", hi + `,"response_format":{"type":"json_object"}`},
		{"JSON by schema, in its order", hi + `,"response_format":{"type":"json_schema","json_schema":{"name":"s","description":"d","strict":true,"schema":{"type":"object","properties":{"z":{"$ref":"#/$defs/n"},"a":{"maximum":9007199254740993}},"$defs":{"n":{"type":"integer"}},"additionalProperties":false}}}`},
		{"gemini-2.5-flash/effort none", hi + `,"reasoning_effort":"none"`},
		{"gemini-2.5-flash/effort medium", hi + `,"reasoning_effort":"medium"`},
		{"gemini-2.5-pro/effort none", hi + `,"reasoning_effort":"none"`},
		{"gemini-2.5-pro/effort xhigh", hi + `,"reasoning_effort":"xhigh"`},
		{"gemini-2.5-flash/effort nobody knows", hi + `,"reasoning_effort":"extreme"`},
		{"gemini-3.8-flash/effort none", hi + `,"reasoning_effort":"none"`},
		{"gemini-3.8-flash/effort minimal", hi + `,"reasoning_effort":"minimal"`},
		{"gemini-3.1-pro-preview/effort minimal", hi + `,"reasoning_effort":"minimal"`},
		{"gemini-3.8-flash/effort high", hi + `,"reasoning_effort":"high"`},
		{"gemini-3.8-flash/effort nobody knows", hi + `,"reasoning_effort":"extreme"`},
		{"gemini-3.8-flash/OpenRouter's reasoning", hi + `,"reasoning":{"effort":"low","exclude":true,"summary":"detailed","x":1}`},
		{"gemini-2.5-flash/reasoning in tokens", hi + `,"reasoning":{"max_tokens":2000},"reasoning_effort":"high"`},
		{"gemini-2.5-flash/reasoning on", hi + `,"reasoning":{"enabled":true}`},
		{"gemini-2.5-flash/reasoning off", hi + `,"reasoning":{"enabled":false}`},
		{"google", hi + `,"tools":[` + clock + `],"temperature":1,"google":{"tools":[{"googleSearch":{}}],"generation_config":{"media_resolution":"MEDIA_RESOLUTION_LOW","temperature":0.5},"cachedContent":"cachedContents/1"}`},
		{"google contents", hi + `,"google":{"contents":[]}`},
		{"google that is no object", hi + `,"google":[1]`},
		{"extra_body", hi + `,"reasoning_effort":"low","extra_body":{"google":{"thinking_config":{"thinking_budget":100,"include_thoughts":true},"cached_content":"cachedContents/1","x":1},"y":2}`},
		{"../x/a model that is a path", hi},
		{"x:delete/a model that is a method", hi},
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	p := opened(t, options{})
	var out strings.Builder
	for _, r := range requests() {
		call := rig().Call("{" + r.body + "}")
		if model, _, named := strings.Cut(r.name, "/"); named {
			call.Model = model
			if strings.HasPrefix(r.name, "../x/") {
				call.Model = "../x"
			}
		}
		fmt.Fprintf(&out, "== %s\n%s\n", r.name, mapped(p, call))
	}
	golden(t, "requests.txt", out.String())
}

// mapped writes down what becomes of a request.
func mapped(p *Provider, call *sdk.Call) string {
	req, err := p.mapRequest(context.Background(), call)
	if err != nil {
		return "   ! " + err.Error() + "\n"
	}
	body, err := json.Marshal(req.body)
	if err != nil {
		return "   !! " + err.Error() + "\n"
	}
	return "   " + string(body) + "\n" + dropped(req.dropped)
}

func opened(t testing.TB, o options) *Provider {
	t.Helper()
	p, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// TestModelOfTheEnvelope: what the body says about the model does not count, not even twice.
func TestModelOfTheEnvelope(t *testing.T) {
	t.Parallel()
	p := opened(t, options{})
	plain := mapped(p, rig().Call("{"+hi+`,"seed":1}`))
	for _, body := range []string{`{"model":"a",` + hi + `,"seed":1}`, `{"model":"a","model":7,` + hi + `,"seed":1,"model":null}`} {
		if got := mapped(p, rig().Call(body)); got != plain {
			t.Errorf("%s: got %s", body, got)
		}
	}
	deep := strings.Repeat("[", 1<<20)
	if got := mapped(p, rig().Call(`{"model":"a","model":"b",`+hi+`,"x":`+deep+`}`)); !strings.Contains(got, "bad_request") {
		t.Errorf("got %.200s", got)
	}
}

// TestRefusedRequests: with unsupported_params = "refuse" what would be left out is refused before anything is
// sent, and what is only noted is not.
func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	client := rig().At(t, "http://127.0.0.1:1", map[string]any{"unsupported_params": "refuse"})
	for member, param := range map[string]string{
		`"logit_bias":{"1":1}`: "logit_bias", `"user":"me"`: "user", `"seed":3000000000`: "seed", `"x":1`: "x",
		`"service_tier":"scale"`: "service_tier", `"extra_body":{"x":1}`: "extra_body.x",
	} {
		_, err := client.Chat(t.Context(), asked("gemini-2.5-flash", "hi", member))
		var got *sdk.Error
		if !errors.As(err, &got) || got.Kind != sdk.KindUnsupported || got.Param != param || got.Certainty != sdk.NotSent {
			t.Errorf("%s: got %v, want unsupported %s, not sent", member, err, param)
		}
	}
	_, err := client.Chat(t.Context(), asked("gemini-3.8-flash", "hi", `"reasoning_effort":"none"`))
	if kind := sdk.KindOf(err); kind != sdk.KindNetwork {
		t.Errorf("a note: got %v, want that it was sent", err)
	}
}
