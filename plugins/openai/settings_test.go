package openai_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	list := func(names ...string) map[string]any { return map[string]any{"dropped_params": names} }
	tests := []struct {
		name                 string
		settings             map[string]any
		body, want, reported string
		stream               bool
		header               map[string]string
	}{
		{
			name: "none", body: `{"max_tokens":5,"max_completion_tokens":6,"logit_bias":{"1":1}}`,
			want: `{"max_tokens":5,"max_completion_tokens":6,"logit_bias":{"1":1},"model":"gpt-6-luna"}`,
		},
		{
			name: "max_tokens_field, the new one", settings: map[string]any{"max_tokens_field": "max_completion_tokens"}, body: `{"max_tokens":5}`,
			want: `{"max_completion_tokens":5,"model":"gpt-6-luna"}`,
		},
		{
			name: "max_tokens_field, the old one", settings: map[string]any{"max_tokens_field": "max_tokens"}, body: `{"max_completion_tokens":5}`,
			want: `{"max_tokens":5,"model":"gpt-6-luna"}`,
		},
		{
			name: "dropped_params", settings: list("logit_bias", "messages[].name"), body: `{"messages":[{"name":"bob","content":"hi"}],"logit_bias":{"1":1},"seed":1}`,
			want: `{"messages":[{"content":"hi"}],"seed":1,"model":"gpt-6-luna"}`, reported: "messages.0.name logit_bias",
		},
		{
			name: "dropped_params, stream_options", settings: list("stream_options"), body: `{"stream_options":{"include_usage":true}}`, stream: true,
			want: `{"model":"gpt-6-luna","stream":true}`, reported: "stream_options",
		},
		{
			name: "stream_usage", body: `{}`, stream: true,
			want: `{"model":"gpt-6-luna","stream":true,"stream_options":{"include_usage":true}}`,
		},
		{
			name: "stream_usage off", settings: map[string]any{"stream_usage": false}, body: `{}`, stream: true,
			want: `{"model":"gpt-6-luna","stream":true}`,
		},
		{
			name: "extra_body", settings: map[string]any{"extra_body": map[string]any{"top_k": 20, "options": map[string]any{"a": true}}}, body: `{"top_k":1}`,
			want: `{"top_k":1,"options":{"a":true},"model":"gpt-6-luna"}`,
		},
		{
			name: "organization, project and headers", body: `{}`, want: `{"model":"gpt-6-luna"}`,
			settings: map[string]any{"organization": "org-1", "project": "proj-1", "headers": map[string]any{"X-Team": "red"}},
			header:   map[string]string{"Openai-Organization": "org-1", "Openai-Project": "proj-1", "X-Team": "red"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got string
			var header http.Header
			client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
				raw, _ := io.ReadAll(r.Body)
				got, header = string(raw), r.Header.Clone()
				if tt.stream {
					w.Header().Set("Content-Type", "text/event-stream")
					_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
					return
				}
				_, _ = io.WriteString(w, completion)
			}, tt.settings)
			var info sdk.ReplyInfo
			if tt.stream {
				_, end, err := plugintest.Stream(t.Context(), client, rig().Call(tt.body))
				if err != nil {
					t.Fatal(err)
				}
				info = *end
			} else {
				reply, err := client.Chat(t.Context(), rig().Call(tt.body))
				if err != nil {
					t.Fatal(err)
				}
				info = reply.Info
			}
			if diff := cmp.Diff([]string{tt.want, tt.reported}, []string{got, plugintest.Paths(info.Dropped)}); diff != "" {
				t.Error(diff)
			}
			for name, want := range tt.header {
				if header.Get(name) != want {
					t.Errorf("%s: %q, want %q", name, header.Get(name), want)
				}
			}
		})
	}
}

func TestRefusedSettings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path  string // dots between its parts
		name  string
		value any
	}{
		{"organization", "organization", "a\nb"},
		{"project", "project", "a\r\nX-Evil: 1"},
		{"max_tokens_field", "max_tokens_field", "tokens"},
		{"dropped_params.1", "dropped_params", []string{"seed", ""}},
		{"dropped_params.0", "dropped_params", []string{"model"}},
		{"dropped_params.0", "dropped_params", []string{"messages[].content"}},
		{"dropped_params.0", "dropped_params", []string{"a b"}},
		{"dropped_params.0", "dropped_params", []string{"messages[]"}},
		{"extra_body", "extra_body", []int{1}},
		{"extra_body.stream", "extra_body", map[string]any{"stream": true}},
		{"base_url", "base_url", "http://gpu.example/v1"},
	} {
		var refused *sdk.SettingsError
		err := rig().Refused(t, map[string]any{tt.name: tt.value})
		if !errors.As(err, &refused) || strings.Join(refused.Problems[0].Path, ".") != tt.path {
			t.Errorf("%s = %v: got %v", tt.name, tt.value, err)
		}
	}
}

// Only OpenAI's own keys are made at OpenAI.
func TestSignupPage(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, nil)
	if _, err := client.Chat(t.Context(), rig().Call(`{}`)); err == nil || strings.Contains(err.Error(), "platform.openai.com") {
		t.Errorf("got %v", err)
	}
}
