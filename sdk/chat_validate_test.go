package sdk

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	one := []Message{User("hi")}
	msg := func(m ...Message) ChatRequest { return ChatRequest{Messages: m} }
	tests := []struct {
		name string
		req  ChatRequest
		want []string // path: start of the problem
	}{
		{"minimal", msg(User("hi")), nil},
		{"all roles", msg(System(""), Developer(""), User(""), Assistant(""), ToolResult("a", ""), Message{Role: RoleFunction}), nil},
		{"assistant without content", msg(User("a"), Message{Role: RoleAssistant}, Message{Role: RoleAssistant, Content: NullContent()}), nil},
		{"all parts", msg(UserParts(TextPart(""), ImagePart("http://a"), ImageData("image/png", []byte{1}), AudioPart("wav", []byte{1}), VideoPart("http://a"),
			FilePart("a.pdf", "application/pdf", []byte{1}), FileURL("a", "http://a"), Part{Type: "future"})), nil},
		{"edges", ChatRequest{Messages: one, Temperature: Ptr(2.0), TopP: Ptr(0.0), TopK: Ptr(int64(0)), MaxTokens: Ptr(int64(0)), N: Ptr(int64(1)), Seed: Ptr(int64(-1)), PresencePenalty: Ptr(-9.0)}, nil},
		{"good tools", ChatRequest{Messages: one, Tools: []Tool{FunctionTool("f", "d", nil), FunctionTool("f", "d", map[string]any{"type": "object"}), {Type: "web_search"}}, ToolChoice: ToolChoiceFunction("f")}, nil},
		{"good formats", ChatRequest{Messages: one, ResponseFormat: JSONSchema("n", `{"type":"object"}`, true)}, nil},

		{"no messages", ChatRequest{}, []string{"messages: there must be"}},
		{"roles", msg(Message{}, Message{Role: "robot"}), []string{"messages[0].role: missing", `messages[1].role: "robot" is none of`}},
		{"tool without id", msg(Message{Role: RoleTool, Content: TextContent("a")}), []string{"messages[0].tool_call_id: missing"}},
		{"line breaks", ChatRequest{
			Model: "a\r\nb", User: "a\x00", Messages: []Message{
				{Role: RoleUser, Name: "a\n"}, ToolResult("a\r", ""),
				{Role: RoleAssistant, ToolCalls: []ToolCall{{ID: "a\n", Type: "b\n", Function: FunctionCall{Name: "c\n"}}}},
			},
			Tools: []Tool{{Type: "function", Function: &FunctionSpec{Name: "a\n"}}}, ToolChoice: ToolChoiceMode("a\n"),
		}, []string{
			"model: must not", "user: must not", "messages[0].name: must not", "messages[1].tool_call_id: must not",
			"messages[2].tool_calls[0].id: must not", "messages[2].tool_calls[0].type: must not", "messages[2].tool_calls[0].function.name: must not",
			"tools[0].function.name: must not", "tool_choice: must not",
		}},
		{"numbers", ChatRequest{
			Messages: one, Temperature: Ptr(2.1), TopP: Ptr(math.NaN()), TopK: Ptr(int64(-1)), MaxTokens: Ptr(int64(-1)), MaxCompletionTokens: Ptr(int64(-1)),
			N: Ptr(int64(0)), TopLogprobs: Ptr(int64(-1)), PresencePenalty: Ptr(math.Inf(1)), FrequencyPenalty: Ptr(math.NaN()),
			LogitBias: map[string]float64{"a": math.NaN()}, Reasoning: &ReasoningOptions{MaxTokens: Ptr(int64(-1))},
		}, []string{
			"temperature: must be between 0 and 2, is 2.1", "top_p: must be between 0 and 1, is NaN", "presence_penalty: must be a number, is +Inf", "frequency_penalty: must be a number",
			`logit_bias["a"]: must be a number`, "top_k: must be 0 or more, is -1", "max_tokens: must be 0 or more", "max_completion_tokens: must be 0 or more",
			"n: must be 1 or more, is 0", "top_logprobs: must be 0 or more", "reasoning.max_tokens: must be 0 or more",
		}},
		{"negative temperature", ChatRequest{Messages: one, Temperature: Ptr(-0.1)}, []string{"temperature: must be between"}},
		{"parts", msg(UserParts(
			Part{}, Part{Type: PartImageURL}, Part{Type: PartImageURL, ImageURL: &ImageURL{}}, Part{Type: PartInputAudio, InputAudio: &InputAudio{Format: "wav"}},
			Part{Type: PartVideoURL}, Part{Type: PartFile, File: &File{Filename: "a"}}, Part{Type: PartText, Text: "a", ImageURL: &ImageURL{URL: "b"}}, Part{Type: PartImageURL, Text: "a"},
		)), []string{
			"messages[0].content[0].type: missing", "messages[0].content[1].image_url: missing or empty", "messages[0].content[2].image_url: missing or empty",
			"messages[0].content[3].input_audio: missing or empty", "messages[0].content[4].video_url: missing or empty", "messages[0].content[5].file: missing or empty",
			`messages[0].content[6].image_url: does not belong in a part of type "text"`, `messages[0].content[7].text: does not belong`, "messages[0].content[7].image_url: missing",
		}},
		{"tools", ChatRequest{Messages: one, Tools: []Tool{{}, {Type: "function"}, FunctionTool("", "", nil), FunctionTool("f", "", make(chan int)), FunctionTool("f", "", `{`)}}, []string{
			"tools[0].type: missing", "tools[1].function.name: missing", "tools[2].function.name: missing", "tools[3].function.parameters: not JSON", "tools[4].function.parameters: not JSON",
		}},
		{"tool choice", ChatRequest{Messages: one, ToolChoice: ToolChoice{Raw: jsontext.Value("{")}}, []string{"tool_choice: not JSON"}},
		{"formats", ChatRequest{Messages: one, ResponseFormat: &ResponseFormat{}}, []string{"response_format.type: missing"}},
		{"schema missing", ChatRequest{Messages: one, ResponseFormat: &ResponseFormat{Type: "json_schema"}}, []string{"response_format.json_schema: missing"}},
		{"schema not JSON", ChatRequest{Messages: one, ResponseFormat: JSONSchema("n", "{", false)}, []string{"response_format.json_schema.schema: not JSON"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := tt.req.Validate()
			if len(tt.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			errs, ok := errors.AsType[RequestErrors](err)
			if !ok {
				t.Fatalf("got %T %v", err, err)
			}
			var got []string
			for i, one := range errs {
				text := one.Error()
				if i < len(tt.want) && strings.HasPrefix(text, tt.want[i]) {
					text = tt.want[i]
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if one, ok := errors.AsType[*RequestError](err); !ok || one != errs[0] {
				t.Error("the errors do not unwrap to the first")
			}
		})
	}
}

func TestValidateBoundsItsAnswer(t *testing.T) {
	t.Parallel()
	req := ChatRequest{Messages: make([]Message, 10_000)}
	errs, _ := errors.AsType[RequestErrors](req.Validate())
	if len(errs) != maxProblems {
		t.Errorf("got %d problems", len(errs))
	}
}

func TestDecodedRequestsAreValid(t *testing.T) {
	t.Parallel()
	for name, b := range testFiles(t, "request_*.json") {
		req, err := DecodeChatRequest(b)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := req.Validate(); err != nil {
			t.Error(name, err)
		}
	}
}
