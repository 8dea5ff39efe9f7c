package sdk

import (
	"errors"
	"strings"
	"testing"
)

func TestDecodeChatRequestNamesThePlace(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"text of a part", `{"messages":[{"role":"user"},{"role":"user"},{"role":"user","content":[{"type":"text","text":5}]}]}`, "messages[2].content[0].text: want string, got number"},
		{"text before its type", `{"messages":[{"content":[{"text":5,"type":"text"}]}]}`, "messages[0].content[0].text: want string, got number"},
		{"null text", `{"messages":[{"content":[{"type":"text","text":null}]}]}`, "messages[0].content[0].text: want string, got null"},
		{"text part without text", `{"messages":[{"content":[{"type":"text"}]}]}`, "messages[0].content[0].text: missing"},
		{"image as text", `{"messages":[{"content":[{"type":"image_url","image_url":"http://a"}]}]}`, "messages[0].content[0].image_url: want object, got string"},
		{"image before its type", `{"messages":[{"content":[{"image_url":{"url":1},"type":"image_url"}]}]}`, "messages[0].content[0].image_url.url: want string, got number"},
		{"part", `{"messages":[{"content":["a"]}]}`, "messages[0].content[0]: want object, got string"},
		{"content", `{"messages":[{"content":5}]}`, "messages[0].content: want string, array or null, got number"},
		{"content object", `{"messages":[{"content":{"a":1}}]}`, "messages[0].content: want string, array or null, got object"},
		{"role", `{"messages":[{"role":true}]}`, "messages[0].role: want string, got boolean"},
		{"message", `{"messages":[null]}`, "messages[0]: want object, got null"},
		{"messages", `{"messages":{}}`, "messages: want array, got object"},
		{"float", `{"temperature":"hot"}`, "temperature: want number, got string"},
		{"integer", `{"max_tokens":1.5}`, "max_tokens: want integer, got 1.5"},
		{"integer as text", `{"max_tokens":"1"}`, "max_tokens: want integer, got string"},
		{"integer too big", `{"seed":12345678901234567890}`, "seed: number out of range"},
		{"float too big", `{"temperature":1e400}`, "temperature: number out of range"},
		{"bool", `{"stream":"yes"}`, "stream: want boolean, got string"},
		{"stop", `{"stop":5}`, "stop: want string or array, got number"},
		{"stop element", `{"stop":["a",5]}`, "stop[1]: want string, got number"},
		{"tool choice", `{"tool_choice":[]}`, "tool_choice: want string or object, got array"},
		{"tools", `{"tools":{"a":1}}`, "tools: want array, got object"},
		{"tool name", `{"tools":[{"function":{"name":{}}}]}`, "tools[0].function.name: want string, got object"},
		{"arguments", `{"messages":[{"tool_calls":[{"function":{"arguments":{}}}]}]}`, "messages[0].tool_calls[0].function.arguments: want string, got object"},
		{"tool calls", `{"messages":[{"tool_calls":{}}]}`, "messages[0].tool_calls: want array, got object"},
		{"bias", `{"logit_bias":{"50256":"x"}}`, "logit_bias[50256]: want number, got string"},
		{"format", `{"response_format":"json"}`, "response_format: want object, got string"},
		{"reasoning", `{"reasoning":"high"}`, "reasoning: want object, got string"},
		{"twice", `{"model":"a","model":"b"}`, "model: there twice"},
		{"twice inside", `{"messages":[{"role":"user","role":"user"}]}`, "messages[0].role: there twice"},
		{"twice in unknown", `{"x":{"a":1,"a":1}}`, "x.a: there twice"},
		{"twice, escaped", `{"messages":[{"role":"user","r\u006fle":"user"}]}`, "messages[0].role: there twice"},
		{"odd name", "{\"x\":{\"a\\nb\":1,\"a\\nb\":1}}", `x["a\nb"]: there twice`},
		{"not an object", `[]`, "request: want object, got array"},
		{"null", ` null`, "request: want object, got null"},
		{"empty", ``, "request: not JSON: it ends too early (offset 0)"},
		{"cut", `{"messages":[`, "messages: not JSON: it ends too early (offset 13)"},
		{"garbage", `{"messages":[x]}`, "messages[0]: not JSON: invalid character 'x' at start of value (offset 13)"},
		{"two values", `{}{}`, "request: not JSON: invalid character '{' after top-level value (offset 2)"},
		{"bad UTF-8", "{\"model\":\"\xff\"}", "model: not JSON: invalid UTF-8 (offset 10)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, err := DecodeChatRequest([]byte(tt.in))
			if err == nil {
				t.Fatalf("no error, but %+v", req)
			}
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
			if _, ok := errors.AsType[*RequestError](err); !ok {
				t.Errorf("%T is no *RequestError", err)
			}
		})
	}
}

func TestDecodeChatRequestBoundsDepth(t *testing.T) {
	t.Parallel()
	deep := `{"x":` + strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20) + `}`
	if _, err := DecodeChatRequest([]byte(deep)); err == nil {
		t.Error("a million levels were accepted")
	} else if len(err.Error()) > 1000 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
}
