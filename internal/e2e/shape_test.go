package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want []string
	}{
		"comments and names are left out": {": hi\n\nevent: error\ndata: {\"a\":1}\n\n: hi\n\ndata: [DONE]\n\n", []string{`{"a":1}`, "[DONE]"}},
		"any line end":                    {"\ufeffdata: 1\r\n\r\ndata:2\r\rdata: 3\n\n", []string{"1", "2", "3"}},
		"several lines are one":           {"data: {\ndata: }\n\n", []string{"{\n}"}},
		"the last may lack its end":       {"data: 1\n\ndata: 2", []string{"1", "2"}},
		"nothing":                         {"", nil},
	} {
		if diff := cmp.Diff(tt.want, slices.Collect(events([]byte(tt.body)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestShapeOfStreams(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		events, order string
	}{
		"openai": {
			`{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}|{"choices":[{"delta":{"reasoning":"so"}}]}|` +
				`{"choices":[{"delta":{"content":"a"}}]}|{"choices":[{"delta":{"content":"b"}}]}|{"choices":[{"delta":{},"finish_reason":"stop"}]}|{"choices":[],"usage":{"total_tokens":1}}|[DONE]`,
			"role, reasoning, content, finish, usage, [DONE]",
		},
		"gemini": {
			`{"candidates":[{"content":{"parts":[{"text":"so","thought":true}]}}]}|{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}|` +
				`{"candidates":[{"content":{"parts":[{"functionCall":{}}]}}]}|{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}]}`,
			"reasoning, content, tool calls, finish",
		},
		"errors": {`{"error":{}}|no JSON`, "error, empty"},
	} {
		body := "data: " + strings.ReplaceAll(tt.events, "|", "\n\ndata: ") + "\n\n"
		got := shapeOf(reply{status: 200, header: http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}}, body: []byte(body)})
		if s := strings.Join(got.order, ", "); s != tt.order {
			t.Errorf("%s: %s, want %s", name, s, tt.order)
		}
		if !got.parts["content type text/event-stream"] || !got.parts["status 200"] {
			t.Errorf("%s: %v", name, got.parts)
		}
	}
}

func TestRedactor(t *testing.T) {
	t.Parallel()
	r := redactor{secrets: []sdk.Secret{sdk.NewSecret("plain-canary-key")}}
	for _, secret := range []string{
		"plain-canary-key", "gsk_canary000", "sk-or-v1-canary", "sk-proj-canary", "csk-canary00", "nvapi-canary0", "AIzacanary0000000", "AQ.canary0000000",
		"sk-ab***canary", "org_canary0000000", "user_canary0000000", "projects/123456789",
	} {
		if got := r.text(`{"message":"in ` + secret + ` it is"}`); strings.Contains(got, "canary") || strings.Contains(got, "123456") || !strings.HasSuffix(got, ` it is"}`) {
			t.Errorf("%s: %s", secret, got)
		}
	}
	for _, harmless := range []string{"tokens per day (TPD)", "task-oriented", "user", "the risk-free asks"} {
		if got := r.text(harmless); got != harmless {
			t.Errorf("%q became %q", harmless, got)
		}
	}
}

func FuzzShape(f *testing.F) {
	f.Add(true, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n")
	f.Add(false, `{"a":[{"b":null}],"":{"":1}}`)
	f.Fuzz(func(t *testing.T, stream bool, body string) {
		kind := "application/json"
		if stream {
			kind = "text/event-stream"
		}
		s := shapeOf(reply{status: 200, header: http.Header{"Content-Type": {kind}}, body: []byte(body)})
		if d := compare(s, s); !d.none() {
			t.Errorf("differs from itself: %+v", d)
		}
		if !stream && len(s.order) > 0 {
			t.Error("a reply that is no stream has events")
		}
	})
}
