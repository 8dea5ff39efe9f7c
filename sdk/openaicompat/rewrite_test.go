package openaicompat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

func testRules() []Rule {
	return []Rule{
		{Member: "logit_bias", Default: "{}", Reason: "r"},
		{Member: "messages[].name", Reason: "r"},
		{Member: "n", Reason: "r", When: func(v gjson.Result) bool { return v.Int() > 1 }},
		{Member: "max_tokens", Rename: "max_completion_tokens"},
	}
}

func TestRewriteChat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		stream     bool
		want       string
		dropped    string
		addedUsage bool
	}{
		{name: "empty", body: ` { } `, want: `{"model":"up/m"}`},
		{name: "empty, stream", body: `{}`, stream: true, want: `{"model":"up/m","stream":true,"stream_options":{"include_usage":true}}`, addedUsage: true},
		{name: "model in its place", body: `{"a":1,"model":"x","b":2}`, want: `{"a":1,"model":"up/m","b":2}`},
		{name: "model twice", body: `{"model":"x","a":1,"model":"y"}`, want: `{"model":"up/m","a":1}`},
		{name: "model in escapes", body: `{"mod\u0065l":"x"}`, want: `{"model":"up/m"}`},
		{name: "values as written", body: "{\"a\":1.0,\t\"b\" : [1, {\"model\":\"x\"}],\n\"c\":12345678901234567890,\"d\":\"\\u00e9\\\"}\"}", want: `{"a":1.0,"b":[1, {"model":"x"}],"c":12345678901234567890,"d":"\u00e9\"}","model":"up/m"}`},
		{name: "stream off for unary", body: `{"stream":true,"stream_options":{"include_usage":true},"a":1}`, want: `{"a":1,"model":"up/m"}`},
		{name: "stream on in its place", body: `{"stream":false,"a":1}`, stream: true, want: `{"stream":true,"a":1,"model":"up/m","stream_options":{"include_usage":true}}`, addedUsage: true},
		{name: "usage asked for", body: `{"stream_options":{"include_usage":true,"x":1}}`, stream: true, want: `{"stream_options":{"include_usage":true,"x":1},"model":"up/m","stream":true}`},
		{name: "usage not wanted", body: `{"stream_options":{"include_usage":false,"x":1}}`, stream: true, want: `{"stream_options":{"x":1,"include_usage":true},"model":"up/m","stream":true}`, addedUsage: true},
		{name: "options null", body: `{"stream_options":null}`, stream: true, want: `{"stream_options":{"include_usage":true},"model":"up/m","stream":true}`, addedUsage: true},
		{name: "dropped", body: `{"logit_bias":{"1":2},"a":1}`, want: `{"a":1,"model":"up/m"}`, dropped: "logit_bias"},
		{name: "dropped silently", body: `{"logit_bias":null,"a":1,"logit_bias":{}}`, want: `{"a":1,"model":"up/m"}`},
		{name: "kept by its condition", body: `{"n":1}`, want: `{"n":1,"model":"up/m"}`},
		{name: "dropped by its condition", body: `{"n":2}`, want: `{"model":"up/m"}`, dropped: "n"},
		{name: "renamed", body: `{"max_tokens":5,"a":1}`, want: `{"a":1,"max_completion_tokens":5,"model":"up/m"}`},
		{name: "renamed onto one that is there", body: `{"max_tokens":5,"max_completion_tokens":6}`, want: `{"max_completion_tokens":6,"model":"up/m"}`},
		{name: "in a list", body: `{"messages":[{"name":"x","role":"user"},{"role":"tool","content":[{"name":"kept"}],"n\u0061me":"y"},7]}`, want: `{"messages":[{"role":"user"},{"role":"tool","content":[{"name":"kept"}]},7],"model":"up/m"}`, dropped: "messages.0.name messages.1.name"},
		{name: "list without offence as written", body: `{"messages": [ {"role" : "user"} ] }`, want: `{"messages":[ {"role" : "user"} ],"model":"up/m"}`},
		{name: "no list", body: `{"messages":"hi"}`, want: `{"messages":"hi","model":"up/m"}`},
	}
	r := newRewriter(Dialect{Name: "test", Rules: testRules(), StreamUsage: true}, false)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			given := []byte(tt.body)
			got, err := r.chat(&sdk.Call{Model: "up/m", Body: given}, tt.stream)
			if err != nil {
				t.Fatal(err)
			}
			var paths []string
			for _, d := range got.dropped {
				paths = append(paths, d.Path)
			}
			if diff := cmp.Diff([]string{tt.want, tt.dropped}, []string{string(got.body), strings.Join(paths, " ")}); diff != "" {
				t.Error(diff)
			}
			if got.addedUsage != tt.addedUsage {
				t.Errorf("added usage %v", got.addedUsage)
			}
			if string(given) != tt.body {
				t.Error("the caller's body was changed")
			}
		})
	}
}

func TestRewriteRefusesWhatIsNoObject(t *testing.T) {
	t.Parallel()
	r := newRewriter(Dialect{Name: "test"}, false)
	for _, body := range []string{``, `null`, `[]`, `"x"`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1`, `{"a":"x}`, `{"a":1}{}`, `{a:1}`, `{"a":[1}`, `{"a" 1}`} {
		_, err := r.chat(&sdk.Call{Model: "m", Body: []byte(body)}, false)
		var e *sdk.Error
		if sdk.KindOf(err) != sdk.KindBadRequest {
			t.Errorf("%s: got %v", body, err)
		} else if e = sdk.AsError(err); e.Certainty != sdk.NotSent {
			t.Errorf("%s: certainty %v", body, e.Certainty)
		}
	}
}

func TestDroppedReportIsBounded(t *testing.T) {
	t.Parallel()
	messages := strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, 1000), ",")
	got, err := newRewriter(Dialect{Rules: testRules()}, false).chat(&sdk.Call{Body: fmt.Appendf(nil, `{"messages":[%s]}`, messages)}, false)
	if err != nil || len(got.dropped) != maxDropped || bytes.Contains(got.body, []byte("name")) {
		t.Errorf("%d reported, %v", len(got.dropped), err)
	}
}

// FuzzRewrite: valid requests stay valid, and only what must change does.
func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{
		`{"model":"x","messages":[{"role":"user","name":"n","content":"hi"}],"stream":true,"a":{"b":[1,2,{}]},"c":"\"\\"}`,
		`{"stream_options":{},"logit_bias":{"1":1},"max_tokens":1}`, ` { "a" : 1e5 } `, `{"":null,"\u006dodel":1}`, `{"a":"\\\\\""}`,
	} {
		f.Add([]byte(seed), true)
	}
	r := newRewriter(Dialect{Name: "test", Rules: testRules(), StreamUsage: true}, false)
	f.Fuzz(func(t *testing.T, body []byte, stream bool) {
		given := bytes.Clone(body)
		got, err := r.chat(&sdk.Call{Model: "m", Body: body}, stream)
		if !bytes.Equal(given, body) {
			t.Fatal("the caller's body was changed")
		}
		var in, out map[string]json.RawMessage
		if json.Unmarshal(body, &in) != nil || in == nil {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if err := json.Unmarshal(got.body, &out); err != nil {
			t.Fatalf("%s became %s: %v", body, got.body, err)
		}
		if string(out["model"]) != `"m"` || (string(out["stream"]) == "true") != stream || (!stream && out["stream"] != nil) {
			t.Fatalf("%s became %s", body, got.body)
		}
		for name, value := range in {
			switch name {
			case "model", "stream", "stream_options", "messages", "logit_bias", "n", "max_tokens", "max_completion_tokens":
			default:
				if !bytes.Equal(value, out[name]) {
					t.Fatalf("%q: %s became %s", name, value, out[name])
				}
			}
		}
	})
}
