package cerebras_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const (
	asked      = `{"messages":[{"role":"user","content":"hello there"}],"logit_bias":{"1":1},"max_tokens":64}`
	completion = `{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-oss-120b","choices":[{"index":0,"message":{"role":"assistant","content":"hi","reasoning":"hm"},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4,"prompt_tokens_details":{"cached_tokens":2}},"time_info":{"queue_time":0.1}}`
)

// sent is what the upstream gets for a body, with what the plugin reports.
func sent(t *testing.T, body string, settings map[string]any) (got string, header http.Header, info sdk.ReplyInfo) {
	t.Helper()
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, header = string(raw), r.Header.Clone()
		w.Header().Set("X-Ratelimit-Limit-Requests-Day", "14400")
		w.Header().Set("X-Ratelimit-Remaining-Requests-Day", "14399")
		w.Header().Set("X-Ratelimit-Reset-Requests-Day", "33011.38")
		w.Header().Set("X-Ratelimit-Limit-Tokens-Minute", "30000")
		w.Header().Set("X-Ratelimit-Remaining-Tokens-Minute", "21804")
		w.Header().Set("X-Ratelimit-Reset-Tokens-Minute", "16.39")
		_, _ = io.WriteString(w, completion)
	}, settings)
	reply, err := client.Chat(t.Context(), rig().Call(body))
	if err != nil {
		t.Fatal(err)
	}
	if string(reply.Body) != completion {
		t.Errorf("reply changed: %s", reply.Body)
	}
	return got, header, reply.Info
}

func TestRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, want, reported string
		settings                   map[string]any
	}{
		{
			name: "no output limit", body: `{"messages":[]}`,
			want: `{"messages":[],"max_completion_tokens":8192,"model":"gpt-oss-120b"}`, reported: "max_completion_tokens",
		},
		{
			name: "no output limit, set by the configuration", body: `{"messages":[],"max_tokens":null}`, settings: map[string]any{"max_completion_tokens": 100},
			want: `{"messages":[],"max_completion_tokens":100,"model":"gpt-oss-120b"}`, reported: "max_completion_tokens",
		},
		{
			name: "no output limit, none wanted", body: `{"messages":[]}`, settings: map[string]any{"max_completion_tokens": 0},
			want: `{"messages":[],"model":"gpt-oss-120b"}`,
		},
		{
			name: "output limit by its old name", body: `{"messages":[],"max_tokens":9}`,
			want: `{"messages":[],"max_completion_tokens":9,"model":"gpt-oss-120b"}`,
		},
		{
			name: "what it refuses", body: `{"messages":[{"role":"assistant","content":"a","reasoning_content":"r","reasoning":"kept"}],"frequency_penalty":0.5,"presence_penalty":0,"logit_bias":{"1":1},"max_completion_tokens":9}`,
			want:     `{"messages":[{"role":"assistant","content":"a","reasoning":"kept"}],"max_completion_tokens":9,"model":"gpt-oss-120b"}`,
			reported: "messages.0.reasoning_content frequency_penalty logit_bias",
		},
		{
			name: "its own members", body: `{"messages":[],"max_completion_tokens":9,"reasoning_effort":"none","clear_thinking":true,"service_tier":"flex","n":2,"logprobs":true}`,
			want: `{"messages":[],"max_completion_tokens":9,"reasoning_effort":"none","clear_thinking":true,"service_tier":"flex","n":2,"logprobs":true,"model":"gpt-oss-120b"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, header, info := sent(t, tt.body, tt.settings)
			if diff := cmp.Diff([]string{tt.want, tt.reported}, []string{got, plugintest.Paths(info.Dropped)}); diff != "" {
				t.Error(diff)
			}
			if header.Get("X-Cerebras-3rd-Party-Integration") != "aio" || header.Get("Authorization") != "Bearer "+rig().Key {
				t.Errorf("headers %v", header)
			}
			limits := []sdk.RateLimit{
				{Unit: "requests", Window: "day", Limit: 14400, Remaining: 14399, Reset: 33011380 * time.Millisecond},
				{Unit: "tokens", Window: "minute", Limit: 30000, Remaining: 21804, Reset: 16390 * time.Millisecond},
			}
			if diff := cmp.Diff(limits, info.RateLimits); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIntegrationHeader(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"my app": "my app", "": ""} {
		_, header, _ := sent(t, asked, map[string]any{"integration": name})
		if got := header.Get("X-Cerebras-3rd-Party-Integration"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestUnsupportedParametersAreRefused(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(http.ResponseWriter, *http.Request) { t.Error("the upstream was called") }, map[string]any{"unsupported_params": "refuse"})
	for body, param := range map[string]string{
		`{"frequency_penalty":1}`:                    "frequency_penalty",
		`{"logit_bias":{"1":1}}`:                     "logit_bias",
		`{"messages":[{"reasoning_content":"why"}]}`: "messages.0.reasoning_content",
	} {
		_, err := client.Chat(t.Context(), rig().Call(body))
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindUnsupported || e.Param != param || e.Certainty != sdk.NotSent {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path  string
		value any
	}{{"max_completion_tokens", -1}, {"max_completion_tokens", 1.5}, {"max_completion_tokens", 1e9}, {"max_completion_tokens", "many"}, {"integration", "a\r\nX-Evil: 1"}} {
		var refused *sdk.SettingsError
		if err := rig().Refused(t, map[string]any{tt.path: tt.value}); !errors.As(err, &refused) || refused.Problems[0].Path[0] != tt.path {
			t.Errorf("%s = %v: got %v", tt.path, tt.value, err)
		}
	}
}

func TestStreamWithNullChoices(t *testing.T) {
	t.Parallel()
	const (
		head  = `{"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"hi"},"finish_reason":null}]}`
		tail  = `{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"time_info":{"queue_time":0.1}}`
		usage = `{"id":"c","model":"m","choices":null,"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}`
	)
	for asks, want := range map[string]string{
		`{"messages":[]}`: head + "\n" + tail + "\n",
		`{"messages":[],"stream_options":{"include_usage":true}}`: head + "\n" + tail + "\n" + usage + "\n",
	} {
		client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: "+strings.Join([]string{head, tail, usage, "[DONE]"}, "\n\ndata: ")+"\n\n")
		}, nil)
		chunks, info, err := plugintest.Stream(t.Context(), client, rig().Call(asks))
		if err != nil || chunks != want || info.Usage == nil || info.Usage.TotalTokens != 7 {
			t.Errorf("%s: got %v, %+v, %q", asks, err, info, chunks)
		}
	}
}

// The simulator refuses what Cerebras refuses, so that what is left must be what Cerebras takes.
func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	client, sim := rig().Simulated(t, simulator.Options{Unconfirmed: true})
	reply, err := client.Chat(t.Context(), rig().Call(asked))
	if err != nil {
		t.Fatal(err)
	}
	if info := reply.Info; !strings.Contains(string(reply.Body), "hello there") || info.FinishReason != "stop" || info.Usage.TotalTokens == 0 || len(info.RateLimits) != 2 || len(info.Dropped) != 1 {
		t.Errorf("unary: %+v\n%s", info, reply.Body)
	}
	chunks, end, err := plugintest.Stream(t.Context(), client, rig().Call(asked))
	if err != nil || !strings.Contains(plugintest.Text(chunks), "hello there") || end.FinishReason != "stop" || end.Usage == nil || len(end.RateLimits) != 2 {
		t.Errorf("stream: %v, %+v\n%s", err, end, chunks)
	}
	if models, err := client.ListModels(t.Context(), rig().Call("")); err != nil || len(models) == 0 {
		t.Errorf("models: %v, %v", models, err)
	}
	if note, err := client.ValidateKey(t.Context(), rig().Call("")); err != nil || note != "the key sees 2 models" {
		t.Errorf("key: %q, %v", note, err)
	}
	if _, err := client.ValidateKey(t.Context(), &sdk.Call{Key: sdk.NewSecret("csk-wrong0123456")}); sdk.KindOf(err) != sdk.KindAuthInvalid {
		t.Errorf("wrong key: %v", err)
	}
	if _, err := client.Embed(t.Context(), rig().Call(`{"input":"x"}`)); sdk.KindOf(err) != sdk.KindUnsupported {
		t.Errorf("embeddings: %v", err)
	}
	if n := sim.Ledger().Count(simulator.ByKey("a")); n != 4 {
		t.Errorf("%d requests with the key, want 4", n)
	}
}
