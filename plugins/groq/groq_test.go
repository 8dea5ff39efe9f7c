package groq_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/plugins/groq"
	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
)

const completion = `{"id":"chatcmpl-1","object":"chat.completion","model":"openai/gpt-oss-20b","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],` +
	`"usage":{"queue_time":0.1,"prompt_tokens":3,"completion_tokens":1,"total_tokens":4},"x_groq":{"id":"req_1"}}`

func TestErrors(t *testing.T) {
	t.Parallel()
	const limit = "Rate limit reached for model `m` in organization `org_1` service tier `on_demand` on "
	rig().Errors(t, []plugintest.ErrorCase{
		{
			Name: "bad key", Status: 401,
			Body: `{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}`,
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "invalid_api_key"},
		},
		{
			Name: "tokens per day, with healthy minute headers", Status: 429,
			Header: map[string]string{"X-Ratelimit-Limit-Tokens": "8000", "X-Ratelimit-Remaining-Tokens": "7999", "X-Ratelimit-Reset-Tokens": "7.66s", "Retry-After": "60"},
			Body:   `{"error":{"message":"` + limit + `tokens per day (TPD): Limit 100000, Used 97843, Requested 9191. Please try again in 1h53m56.832s. Need more?","type":"tokens","code":"rate_limit_exceeded"}}`,
			Want:   sdk.Error{Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel, Code: "rate_limit_exceeded", RetryAfter: time.Hour + 53*time.Minute + 56832*time.Millisecond},
		},
		{
			Name: "requests per day", Status: 429,
			Body: `{"error":{"message":"` + limit + `requests per day (RPD): Limit 1000, Used 1000, Requested 1. Please try again in 1m26.4s.","type":"requests","code":"rate_limit_exceeded"}}`,
			Want: sdk.Error{Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel, Code: "rate_limit_exceeded", RetryAfter: 86400 * time.Millisecond},
		},
		{
			Name: "request larger than a minute's tokens", Status: 413,
			Body: `{"error":{"message":"Request too large for model ` + "`m`" + ` in organization ` + "`org_1`" + ` on tokens per minute (TPM): Limit 8000, Requested 10092, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}`,
			Want: sdk.Error{Kind: sdk.KindTooLong, Code: "rate_limit_exceeded"},
		},
		{
			Name: "tokens per minute", Status: 429, Header: map[string]string{"Retry-After": "2"},
			Body: `{"error":{"message":"` + limit + `tokens per minute (TPM): Limit 8000, Used 7000, Requested 1500. Please try again in 3.75s.","type":"tokens","code":"rate_limit_exceeded"}}`,
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "rate_limit_exceeded", RetryAfter: 2 * time.Second},
		},
		{
			Name: "tokens per minute, told by the headers only", Status: 429,
			Header: map[string]string{"X-Ratelimit-Limit-Tokens": "8000", "X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "7.66s"},
			Body:   `{"error":{"message":"Rate limit reached","type":"tokens","code":"rate_limit_exceeded"}}`,
			Want:   sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "rate_limit_exceeded", RetryAfter: 7660 * time.Millisecond},
		},
		{
			Name: "invalid JSON by the model", Status: 400,
			Body: `{"error":{"message":"Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.","type":"invalid_request_error","code":"json_validate_failed","failed_generation":"{"}}`,
			Want: sdk.Error{Kind: sdk.KindGenFailed, Code: "json_validate_failed"},
		},
		{
			Name: "invalid tool call by the model", Status: 400,
			Body: `{"error":{"message":"Failed to call a function. Please adjust your prompt.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function"}}`,
			Want: sdk.Error{Kind: sdk.KindGenFailed, Code: "tool_use_failed"},
		},
		{
			Name: "model retired", Status: 400,
			Body: `{"error":{"message":"The model ` + "`x`" + ` has been decommissioned","type":"invalid_request_error","code":"model_decommissioned"}}`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "model_decommissioned"},
		},
		{
			Name: "model unknown, or not for this organisation", Status: 404,
			Body: `{"error":{"message":"The model ` + "`x`" + ` does not exist or you do not have access to it.","type":"invalid_request_error","code":"model_not_found"}}`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Code: "model_not_found"},
		},
		{
			Name: "spend cap", Status: 400,
			Body: `{"error":{"message":"spend limit","type":"invalid_request_error","code":"blocked_api_access"}}`,
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "blocked_api_access"},
		},
		{
			Name: "organisation restricted", Status: 400,
			Body: `{"error":{"message":"Organization has been restricted","type":"invalid_request_error","code":"organization_restricted"}}`,
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "organization_restricted"},
		},
		{
			Name: "context length by code", Status: 400,
			Body: `{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}`,
			Want: sdk.Error{Kind: sdk.KindTooLong, Code: "context_length_exceeded"},
		},
		{
			Name: "context length by text", Status: 400,
			Body: `{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages"}}`,
			Want: sdk.Error{Kind: sdk.KindTooLong, Code: "invalid_request_error", Param: "messages"},
		},
		{
			Name: "feature the model lacks", Status: 400,
			Body: `{"error":{"message":"` + "`tool calling`" + ` is not supported with this model","type":"invalid_request_error"}}`,
			Want: sdk.Error{Kind: sdk.KindUnsupported, Code: "invalid_request_error"},
		},
		{
			Name: "flex tier full", Status: 498,
			Body: `{"error":{"message":"Flex tier capacity exceeded","type":"server_error","code":"capacity_exceeded"}}`,
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "capacity_exceeded"},
		},
		{
			Name: "unavailable", Status: 503,
			Body: `{"error":{"message":"Service Unavailable","type":"internal_server_error"}}`,
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "internal_server_error"},
		},
		{
			Name: "any other 400", Status: 400,
			Body: `{"error":{"message":"'messages' : minimum number of items is 1","type":"invalid_request_error"}}`,
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: "invalid_request_error"},
		},
	})
}

const picky = `{"messages":[{"role":"user","name":"bob","content":"hi"},{"role":"user","content":"name"}],"n":3,"logprobs":true,"top_logprobs":2,` +
	`"logit_bias":{"1":1},"frequency_penalty":0.5,"presence_penalty":0,"metadata":{"a":"b"},"store":false,"temperature":0}`

func TestUnsupportedParametersAreDroppedAndReported(t *testing.T) {
	t.Parallel()
	var sent string
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		sent = string(raw)
		w.Header().Set("X-Ratelimit-Limit-Requests", "1000")
		w.Header().Set("X-Ratelimit-Remaining-Requests", "999")
		w.Header().Set("X-Ratelimit-Reset-Requests", "2m59.56s")
		w.Header().Set("X-Ratelimit-Limit-Tokens", "8000")
		w.Header().Set("X-Ratelimit-Remaining-Tokens", "0")
		w.Header().Set("X-Ratelimit-Reset-Tokens", "7.66s")
		_, _ = io.WriteString(w, completion)
	}, nil)
	reply, err := client.Chat(t.Context(), rig().Call(picky))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"messages":[{"role":"user","content":"hi"},{"role":"user","content":"name"}],"temperature":0,"model":"openai/gpt-oss-20b"}`
	if sent != want {
		t.Errorf("sent\n%s\nwant\n%s", sent, want)
	}
	var paths []string
	for _, d := range reply.Info.Dropped {
		paths = append(paths, d.Path)
	}
	if diff := cmp.Diff([]string{"messages.0.name", "n", "logprobs", "top_logprobs", "logit_bias", "frequency_penalty", "metadata"}, paths); diff != "" {
		t.Error(diff)
	}
	limits := []sdk.RateLimit{
		{Unit: "requests", Window: "day", Limit: 1000, Remaining: 999, Reset: 179560 * time.Millisecond},
		{Unit: "tokens", Window: "minute", Limit: 8000, Remaining: 0, Reset: 7660 * time.Millisecond},
	}
	if diff := cmp.Diff(limits, reply.Info.RateLimits); diff != "" {
		t.Error(diff)
	}
	if reply.Info.UpstreamRequestID != "req_1" {
		t.Errorf("request id %q, want that of x_groq", reply.Info.UpstreamRequestID)
	}
}

func TestUnsupportedParametersAreRefused(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(http.ResponseWriter, *http.Request) { t.Error("the upstream was called") },
		map[string]any{"unsupported_params": "refuse"})
	for body, param := range map[string]string{
		`{"messages":[{"name":"bob"}]}`:           "messages.0.name",
		`{"messages":[],"n":2}`:                   "n",
		`{"messages":[],"l\u006fgprobs":true}`:    "logprobs",
		`{"logit_bias":{"1":1},"messages":[]}`:    "logit_bias",
		`{"messages":[],"presence_penalty":-0.5}`: "presence_penalty",
	} {
		_, err := client.Chat(t.Context(), rig().Call(body))
		var got *sdk.Error
		if !errors.As(err, &got) || got.Kind != sdk.KindUnsupported || got.Param != param || got.Certainty != sdk.NotSent {
			t.Errorf("%s: got %v, want unsupported %s, not sent", body, err, param)
		}
	}
}

func TestDefaultsAreNotRefused(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, completion) },
		map[string]any{"unsupported_params": "refuse"})
	reply, err := client.Chat(t.Context(), rig().Call(`{"messages":[],"n":1,"logprobs":false,"frequency_penalty":0.0,"logit_bias":null,"store":false}`))
	if err != nil || len(reply.Info.Dropped) != 0 {
		t.Errorf("got %v, dropped %v", err, reply)
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	const head, tail = `{"id":"1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"hi"},"finish_reason":null}],"x_groq":{"id":"req_1"}}`,
		`{"id":"1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"req_1","usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}}`
	tests := []struct {
		name, body, chunks string
		kind               sdk.Kind
		status             int
		usage              *sdk.Usage
	}{
		{
			name: "usage in x_groq", body: "data: " + head + "\n\ndata: " + tail + "\n\ndata: [DONE]\n\n", chunks: head + "\n" + tail + "\n",
			usage: &sdk.Usage{PromptTokens: 5, CompletionTokens: 2, TotalTokens: 7},
		},
		{
			name:   "failed tool call as an error event",
			body:   "data: " + head + "\n\nevent: error\ndata: {\"error\":{\"message\":\"Failed to call a function\",\"type\":\"invalid_request_error\",\"code\":\"tool_use_failed\",\"status_code\":400}}\n\n",
			chunks: head + "\n", kind: sdk.KindGenFailed, status: 400,
		},
		{
			name:   "x_groq.error ends it early",
			body:   "data: " + head + "\n\n" + `data: {"id":"1","choices":[],"x_groq":{"id":"req_1","error":"over capacity"}}` + "\n\ndata: [DONE]\n\n",
			chunks: head + "\n", kind: sdk.KindServerError, status: 200,
		},
		{
			name:   "a limit without its status",
			body:   "event: error\ndata: {\"error\":{\"message\":\"Rate limit reached on tokens per minute\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"}}\n\n",
			chunks: "", kind: sdk.KindRateMinute, status: 200,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = io.WriteString(w, tt.body)
			}, nil)
			chunks, info, err := plugintest.Stream(t.Context(), client, rig().Call(`{"messages":[]}`))
			if chunks != tt.chunks {
				t.Errorf("chunks %q, want %q", chunks, tt.chunks)
			}
			if tt.kind == "" {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.usage, info.Usage); diff != "" || info.UpstreamRequestID != "req_1" {
					t.Error(diff, info.UpstreamRequestID)
				}
				return
			}
			var got *sdk.Error
			if !errors.As(err, &got) || got.Kind != tt.kind || got.Status != tt.status || got.Certainty != sdk.ResponseStarted {
				t.Errorf("got %v, want %s with status %d", err, tt.kind, tt.status)
			}
		})
	}
}

func TestKeyAndModels(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/openai/v1/models" || r.Header.Get("Authorization") != "Bearer "+rig().Key {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		_, _ = io.WriteString(w, `{"object":"list","data":[{"id":"openai/gpt-oss-20b","object":"model","created":1,"owned_by":"OpenAI","active":true,"context_window":131072,"max_completion_tokens":65536}]}`)
	}, nil)
	note, err := client.ValidateKey(t.Context(), rig().Call(""))
	if err != nil || note != "the key sees 1 models" {
		t.Errorf("got %q, %v", note, err)
	}
	models, err := client.ListModels(t.Context(), rig().Call(""))
	if err != nil || len(models) != 1 || models[0].ID != "openai/gpt-oss-20b" || models[0].Context != 131072 || models[0].MaxOutput != 65536 ||
		!strings.Contains(string(models[0].Raw), `"active":true`) {
		t.Errorf("got %+v, %v", models, err)
	}
}

func TestPlugin(t *testing.T) {
	t.Parallel()
	p := groq.Plugin()
	if p.Name != "groq" || p.Version == "" || !strings.HasPrefix(p.Settings[0].Default.(string), "https://api.groq.com/") {
		t.Errorf("got %+v", p)
	}
}
