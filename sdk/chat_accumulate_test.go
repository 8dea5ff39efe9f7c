package sdk

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// accumulate adds up deltas of choice 0 given as JSON.
func accumulate(t *testing.T, deltas ...string) Message {
	t.Helper()
	var a Accumulator
	for _, delta := range deltas {
		var c ChunkChoice
		if err := json.Unmarshal([]byte(`{"index":0,"delta":`+delta+`}`), &c); err != nil {
			t.Fatal(err)
		}
		a.Add(&ChatChunk{Choices: []ChunkChoice{c}})
	}
	return a.Completion().Choices[0].Message
}

func TestAccumulatorMessage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		deltas []string
		want   string
	}{
		{"text", []string{`{"role":"assistant","content":""}`, `{"content":"a"}`, `{}`, `{"content":"b"}`}, `{"role":"assistant","content":"ab"}`},
		{"nothing said", []string{`{"role":"assistant"}`}, `{"role":"assistant"}`},
		{"null", []string{`{"content":null}`}, `{"content":null}`},
		{"null, then text", []string{`{"content":null}`, `{"content":"a"}`, `{"content":null}`}, `{"content":"a"}`},
		{"thinking and refusal", []string{`{"reasoning":"a","reasoning_content":"x","refusal":"n"}`, `{"reasoning":"b","reasoning_content":"y","refusal":"o"}`},
			`{"reasoning":"ab","reasoning_content":"xy","refusal":"no"}`},
		{"text as parts", []string{`{"content":[{"type":"text","text":"a"}]}`, `{"content":[{"type":"text","text":"b"}]}`}, `{"content":[{"type":"text","text":"ab"}]}`},
		{"two parts stay two", []string{`{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`}, `{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`},
		{"parts, then text", []string{`{"content":[{"type":"thinking","thinking":[]}]}`, `{"content":"a"}`, `{"content":"b"}`}, `{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"ab"}]}`},
		{"text, then parts", []string{`{"content":"a"}`, `{"content":[{"type":"image_url","image_url":{"url":"u"}}]}`, `{"content":"b"}`},
			`{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"b"}]}`},
		{"parallel calls, interleaved", []string{
			`{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}},{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}`,
			`{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}`, `{"tool_calls":[{"index":1,"function":{"arguments":"{"}},{"index":0,"function":{"arguments":":1}"}}]}`, `{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]}`,
		}, `{"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]}`},
		{"calls without index", []string{
			`{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}}]}`, `{"tool_calls":[{"function":{"arguments":"2"}}]}`, `{"tool_calls":[{"id":"a","function":{"arguments":"3"}}]}`,
			`{"tool_calls":[{"id":"b","function":{"name":"g","arguments":"4"}}]}`, `{"tool_calls":[{"function":{"arguments":"5"}}]}`,
		}, `{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"123"}},{"id":"b","function":{"name":"g","arguments":"45"}}]}`},
		{"calls that all have index 0", []string{`{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"1"}}]}`, `{"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"2"}}]}`, `{"tool_calls":[{"index":0,"function":{"arguments":"3"}}]}`},
			`{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}},{"id":"b","function":{"name":"g","arguments":"23"}}]}`},
		{"name cut and repeated", []string{`{"tool_calls":[{"index":0,"id":"a","function":{"name":"get_","arguments":""}}]}`, `{"tool_calls":[{"index":0,"function":{"name":"x","arguments":""}}]}`, `{"tool_calls":[{"index":0,"function":{"name":"get_x","arguments":"1"}}]}`},
			`{"tool_calls":[{"id":"a","function":{"name":"get_x","arguments":"1"}}]}`},
		{"arguments as an object", []string{`{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x":1}}}]}`}, `{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]}`},
		{"unknown members", []string{`{"x":1,"tool_calls":[{"index":0,"id":"a","function":{"name":"f","y":1},"z":1}]}`, `{"x":2,"w":1e400,"tool_calls":[{"index":0,"function":{"y":2},"z":{"b":1,"a":2}}]}`},
			`{"x":2,"w":1e400,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"","y":2},"z":{"b":1,"a":2}}]}`},
		{"reasoning blocks in pieces", []string{
			`{"reasoning_details":[{"type":"reasoning.text","text":"a\"","index":0,"signature":null,"format":"f"}]}`, `{"reasoning_details":[{"type":"reasoning.text","text":"\u00e9","index":0}]}`,
			`{"reasoning_details":[{"type":"reasoning.text","index":0,"signature":"s"}]}`, `{"reasoning_details":[{"type":"reasoning.encrypted","data":"\u003d","index":1}]}`, `{"reasoning_details":[{"type":"reasoning.encrypted","data":"d","index":1}]}`,
			`{"reasoning_details":[{"type":"reasoning.summary","summary":"x","index":2}]}`, `{"reasoning_details":[{"type":"reasoning.summary","summary":"y","index":2}]}`, `{"reasoning_details":null}`,
		}, `{"reasoning_details":[{"type":"reasoning.text","text":"a\"é","index":0,"signature":"s","format":"f"},{"type":"reasoning.encrypted","data":"\u003d","index":1},{"type":"reasoning.encrypted","data":"d","index":1},{"type":"reasoning.summary","summary":"xy","index":2}]}`},
		{"whole reasoning block keeps its bytes", []string{`{"reasoning_details":[{"type":"reasoning.text","text":"\u00e9","index":0},{"type":"reasoning.text","text":"b","index":0}]}`},
			`{"reasoning_details":[{"type":"reasoning.text","text":"\u00e9","index":0},{"type":"reasoning.text","text":"b","index":0}]}`},
		{"audio", []string{`{"audio":{"id":"a"}}`, `{"audio":{"data":"AA==","transcript":"x"}}`, `{"audio":{"data":"AQ==","transcript":"y","expires_at":5}}`}, `{"audio":{"id":"a","data":"AAE=","transcript":"xy","expires_at":5}}`},
		{"images and annotations", []string{`{"images":[{"type":"image_url","image_url":{"url":"a"}}],"annotations":[1]}`, `{"images":[{"type":"image_url","image_url":{"url":"b"}}],"annotations":[2e1]}`},
			`{"images":[{"type":"image_url","image_url":{"url":"a"}},{"type":"image_url","image_url":{"url":"b"}}],"annotations":[1,2e1]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(accumulate(t, tt.deltas...), jsontext.PreserveRawStrings(true))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(exact(t, []byte(tt.want)), exact(t, got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAccumulatorCompletion(t *testing.T) {
	t.Parallel()
	var a Accumulator
	a.Add(nil)
	for _, chunk := range []string{
		`{"id":"i","created":1,"model":"m","choices":[{"index":1,"delta":{"role":"assistant","content":"b"},"logprobs":{"content":[{"token":"b","logprob":-1}]}}],"x_groq":{"id":"r"}}`,
		`{"id":"other","created":2,"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"c"},"logprobs":{"content":[{"token":"c","logprob":-2}]}}],"usage":{"total_tokens":1},"provider":"p"}`,
		`{"choices":[{"index":1,"delta":{},"finish_reason":"length","native_finish_reason":"MAX","x":1}],"service_tier":"t","system_fingerprint":"f"}`,
		`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
		`{"choices":[{"index":0,"delta":{},"finish_reason":null}],"usage":{"total_tokens":2.0,"x":1e400},"x_groq":{"id":"r","usage":{}}}`,
		`{"choices":null}`,
	} {
		var c ChatChunk
		if err := json.Unmarshal([]byte(chunk), &c); err != nil {
			t.Fatal(err)
		}
		a.Add(&c)
		a.Completion() // looking in between changes nothing
	}
	got, err := json.Marshal(a.Completion())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"i","object":"chat.completion","created":1,"model":"m","provider":"p","service_tier":"t","system_fingerprint":"f","choices":[
		{"index":0,"message":{"content":"a"},"finish_reason":"stop"},
		{"index":1,"message":{"role":"assistant","content":"bc"},"finish_reason":"length","native_finish_reason":"MAX","x":1,"logprobs":{"content":[{"token":"b","logprob":-1},{"token":"c","logprob":-2}]}}],
		"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":2,"x":1e400},"x_groq":{"id":"r","usage":{}}}`
	if diff := cmp.Diff(exact(t, []byte(want)), exact(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestChunksAndBack cuts whole replies up and puts them together again.
func TestChunksAndBack(t *testing.T) {
	t.Parallel()
	for name, b := range testFiles(t, "completion_*.json") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want ChatCompletion
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			want.Object = ObjectCompletion
			for i := range want.Choices {
				for j := range want.Choices[i].Message.ToolCalls {
					want.Choices[i].Message.ToolCalls[j].Index = nil
				}
			}
			var a Accumulator
			for _, chunk := range want.Chunks() {
				wire, err := json.Marshal(chunk)
				if err != nil {
					t.Fatal(err)
				}
				var back ChatChunk
				if err := json.Unmarshal(wire, &back); err != nil {
					t.Fatal(err)
				}
				a.Add(&back)
			}
			wantJSON, _ := json.Marshal(&want)
			gotJSON, err := json.Marshal(a.Completion())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(exact(t, wantJSON), exact(t, gotJSON)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestChunksInOrder(t *testing.T) {
	t.Parallel()
	c := ChatCompletion{ID: "i", Choices: []Choice{{
		Message:      Message{Role: RoleAssistant, Content: TextContent("a"), Reasoning: "r", ToolCalls: []ToolCall{{ID: "x"}, {ID: "y"}}},
		FinishReason: FinishToolCalls,
	}}, Usage: &Usage{TotalTokens: 1}}
	want := []string{
		`{"id":"i","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
		`{"id":"i","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"reasoning":"r"},"finish_reason":null}]}`,
		`{"id":"i","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}`,
		`{"id":"i","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x"}]},"finish_reason":null}]}`,
		`{"id":"i","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"y"}]},"finish_reason":null}]}`,
		`{"id":"i","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`,
		`{"id":"i","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":1}}`,
	}
	var got []string
	for _, chunk := range c.Chunks() {
		b, err := json.Marshal(chunk)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(b))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
