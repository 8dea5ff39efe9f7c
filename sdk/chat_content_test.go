package sdk

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

func TestContentForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		content        Content
		text           string
		parts          int
		null, absent   bool
		isText, isPart bool
	}{
		{name: "absent", absent: true},
		{name: "null", content: NullContent(), null: true},
		{name: "empty text", content: TextContent(""), parts: 1, isText: true},
		{name: "text", content: TextContent("a"), text: "a", parts: 1, isText: true},
		{name: "no parts", content: PartsContent(), isPart: true},
		{name: "parts", content: PartsContent(TextPart("a"), ImagePart("u"), TextPart("b")), text: "ab", parts: 3, isPart: true},
	}
	for _, tt := range tests {
		c := tt.content
		if c.Text() != tt.text || len(c.Parts()) != tt.parts || c.IsNull() != tt.null || c.IsZero() != tt.absent || c.IsText() != tt.isText || c.IsParts() != tt.isPart {
			t.Errorf("%s: text %q, %d parts, null %v, absent %v, is text %v, is parts %v", tt.name, c.Text(), len(c.Parts()), c.IsNull(), c.IsZero(), c.IsText(), c.IsParts())
		}
		for _, other := range tests {
			if got, want := c.Equal(other.content), tt.name == other.name; got != want {
				t.Errorf("%s equals %s: %v", tt.name, other.name, got)
			}
		}
	}
}

func TestConstructorsWriteWhatProvidersRead(t *testing.T) {
	t.Parallel()
	req := ChatRequest{
		Model: "m",
		Messages: []Message{
			System("s"), Developer("d"),
			UserParts(TextPart("t"), ImageData("image/png", []byte{0}), AudioPart("wav", []byte{0}), VideoPart("v"), FilePart("n", "application/pdf", []byte{0}), FileURL("n", "u")),
			Assistant("a"), ToolResult("id", "r"),
		},
		Temperature: Ptr(0.0), Stop: StopAt("x"), ToolChoice: ToolChoiceFunction("f"),
		Tools:          []Tool{FunctionTool("f", "d", `{"z":1,"a":2}`)},
		ResponseFormat: JSONSchema("n", map[string]any{"type": "object"}, true),
	}
	want := `{"model":"m","messages":[{"role":"system","content":"s"},{"role":"developer","content":"d"},{"role":"user","content":[` +
		`{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},` +
		`{"type":"video_url","video_url":{"url":"v"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,AA==","filename":"n"}},{"type":"file","file":{"file_data":"u","filename":"n"}}]},` +
		`{"role":"assistant","content":"a"},{"role":"tool","content":"r","tool_call_id":"id"}],"temperature":0,"stop":["x"],` +
		`"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"z":1,"a":2}}}],"tool_choice":{"type":"function","function":{"name":"f"}},` +
		`"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}}`
	got, err := json.Marshal(&req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if name := req.ToolChoice.FunctionName(); name != "f" {
		t.Errorf("function of the choice is %q", name)
	}
	back, err := DecodeChatRequest(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&req, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestUsageAccessors(t *testing.T) {
	t.Parallel()
	full := &Usage{PromptTokensDetails: &PromptTokensDetails{CachedTokens: Ptr(int64(3))}, CompletionTokensDetails: &CompletionTokensDetails{ReasoningTokens: Ptr(int64(4))}}
	for _, tt := range []struct {
		usage             *Usage
		cached, reasoning int64
	}{{nil, 0, 0}, {&Usage{}, 0, 0}, {&Usage{PromptTokensDetails: &PromptTokensDetails{}, CompletionTokensDetails: &CompletionTokensDetails{}}, 0, 0}, {full, 3, 4}} {
		if tt.usage.Cached() != tt.cached || tt.usage.Reasoning() != tt.reasoning {
			t.Errorf("got %d cached, %d reasoning, want %d, %d", tt.usage.Cached(), tt.usage.Reasoning(), tt.cached, tt.reasoning)
		}
	}
}

func TestUsageAloneIsReadLeniently(t *testing.T) {
	t.Parallel()
	var got Usage
	if err := json.Unmarshal([]byte(`{"prompt_tokens":1.0,"prompt_tokens":2.0,"cost":1e999,"total_tokens":1e300,"completion_tokens":"x"}`), &got); err != nil {
		t.Fatal(err)
	}
	if got.PromptTokens != 2 || got.TotalTokens <= 0 || got.Cost == nil || got.CompletionTokens != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestEmbeddingInputForms(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]EmbeddingInput{
		`"a"`:       EmbedText("a"),
		`["a"]`:     EmbedTexts("a"),
		`["a","b"]`: EmbedTexts("a", "b"),
		`[1,2]`:     {Raw: jsontext.Value(`[1,2]`)},
		`[[1],[2]]`: {Raw: jsontext.Value(`[[1],[2]]`)},
		`[]`:        {Raw: jsontext.Value(`[]`)},
	} {
		var got EmbeddingInput
		if err := json.Unmarshal([]byte(in), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
		if out, err := json.Marshal(got); err != nil || string(out) != in {
			t.Errorf("%s came back as %s, %v", in, out, err)
		}
	}
}

func TestEmbeddingFloats(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]float64{`[1,-0.5]`: {1, -0.5}, `"AACAPwAAAL8="`: {1, -0.5}, `[]`: {}, `""`: {}} {
		got, err := (&Embedding{Vector: jsontext.Value(in)}).Floats()
		if err != nil {
			t.Fatal(in, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
	for _, in := range []string{``, `null`, `"AA=="`, `"?"`, `{}`, `["a"]`} {
		if got, err := (&Embedding{Vector: jsontext.Value(in)}).Floats(); err == nil {
			t.Errorf("%q gave %v", in, got)
		}
	}
}

func TestReaders(t *testing.T) {
	t.Parallel()
	c := &ChatCompletion{Choices: []Choice{{Message: Message{Content: TextContent("a"), ReasoningContent: "r"}}}}
	if c.Text() != "a" || (*ChatCompletion)(nil).Text() != "" || (&ChatCompletion{}).Text() != "" {
		t.Errorf("text is %q", c.Text())
	}
	if m := &c.Choices[0].Message; m.Thinking() != "r" || (&Message{Reasoning: "x", ReasoningContent: "r"}).Thinking() != "x" {
		t.Errorf("thinking is %q", m.Thinking())
	}
	if got := string(FloatVector([]float64{1, 0.5})); got != "[1,0.5]" {
		t.Errorf("vector is %s", got)
	}
	if got, err := json.Marshal(JSONObject()); err != nil || string(got) != `{"type":"json_object"}` {
		t.Errorf("format is %s, %v", got, err)
	}
}
