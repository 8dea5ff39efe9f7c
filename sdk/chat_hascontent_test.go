package sdk

import "testing"

func TestHasContent(t *testing.T) {
	t.Parallel()
	delta := func(d string) string {
		return `{"id":"x","choices":[{"index":0,"delta":` + d + `,"finish_reason":null}]}`
	}
	tests := []struct {
		name, chunk string
		want        bool
	}{
		{"text", delta(`{"content":"a"}`), true},
		{"space", delta(`{"content":" "}`), true},
		{"text after role", delta(`{"role":"assistant","content":"a"}`), true},
		{"second choice", `{"choices":[{"delta":{"content":""}},{"delta":{"content":"a"}}]}`, true},
		{"reasoning", delta(`{"content":"","reasoning":"a"}`), true},
		{"reasoning_content", delta(`{"content":null,"reasoning_content":"a"}`), true},
		{"reasoning_details text", delta(`{"reasoning_details":[{"type":"reasoning.text","text":"a","index":0}]}`), true},
		{"reasoning_details encrypted", delta(`{"reasoning_details":[{"type":"reasoning.encrypted","data":"a","index":0}]}`), true},
		{"refusal", delta(`{"refusal":"no"}`), true},
		{"audio data", delta(`{"audio":{"id":"a","data":"AA"}}`), true},
		{"audio transcript", delta(`{"audio":{"transcript":"a"}}`), true},
		{"image", delta(`{"images":[{"type":"image_url","image_url":{"url":"data:"}}]}`), true},
		{"parts", delta(`{"content":[{"type":"text","text":"a"}]}`), true},
		{"nested parts", delta(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]}`), true},
		{"tool call", delta(`{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}`), true},
		{"tool call without name", delta(`{"tool_calls":[{"index":0,"id":"c"}]}`), true},
		{"function call", delta(`{"function_call":{"name":"f"}}`), true},
		{"escaped text", delta(`{"content":"\n"}`), true},

		{"role", delta(`{"role":"assistant"}`), false},
		{"role and empty text", delta(`{"role":"assistant","content":""}`), false},
		{"nulls", delta(`{"role":"assistant","content":null,"reasoning":null,"refusal":null,"tool_calls":null,"audio":null,"images":null,"reasoning_details":null}`), false},
		{"empty lists", delta(`{"content":[],"tool_calls":[],"images":[],"reasoning_details":[]}`), false},
		{"empty part", delta(`{"content":[{"type":"text","text":""}]}`), false},
		{"empty reasoning block", delta(`{"reasoning_details":[{"type":"reasoning.text","text":"","signature":null,"format":"f","index":0}]}`), false},
		{"audio named only", delta(`{"audio":{"id":"a","expires_at":1}}`), false},
		{"unknown member", delta(`{"obfuscation":"abc"}`), false},
		{"finish", `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, false},
		{"usage", `{"choices":[],"usage":{"total_tokens":1}}`, false},
		{"content elsewhere", `{"content":"a","x":{"choices":[{"delta":{"content":"a"}}]},"choices":[{"content":"a","delta":{}}]}`, false},
		{"null choices", `{"choices":null}`, false},
		{"error", `{"error":{"message":"a"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}`, false},
		{"nothing", ``, false},
		{"garbage", `{"choices":[{"delta":{"cont`, false},
	}
	for _, tt := range tests {
		if got := HasContent([]byte(tt.chunk)); got != tt.want {
			t.Errorf("%s: got %v for %s", tt.name, got, tt.chunk)
		}
	}
}
