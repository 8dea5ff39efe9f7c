package nvidia_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const asked = `{"messages":[{"role":"user","content":"hello there"}],"chat_template_kwargs":{"enable_thinking":false}}`

func TestErrors(t *testing.T) {
	t.Parallel()
	rig().Errors(t, []plugintest.ErrorCase{
		{
			Name: "bad key", Status: 403, Body: `{"status":403,"title":"Forbidden","detail":"Authorization failed"}`,
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey},
		},
		{
			Name: "bad key, the other title", Status: 403, Body: `{"status":403,"title":"Unauthorized","detail":"no"}`,
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey},
		},
		{
			Name: "no key", Status: 401, Body: `{"status":401,"title":"Unauthorized"}`,
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey},
		},
		{
			Name: "forbidden otherwise", Status: 403, Body: `{"detail":"not in your region"}`,
			Want: sdk.Error{Kind: sdk.KindForbidden, Scope: sdk.ScopeAccountModel},
		},
		{
			Name: "no credit", Status: 402, Body: `{"status":402,"title":"Payment Required"}`,
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},
		},
		{
			Name: "model not enabled for the account", Status: 404,
			Body: `{"status":404,"title":"Not Found","detail":"Function '23d4f03a': Not found for account 'Qawm'"}`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel},
		},
		{
			Name: "no such model", Status: 404, Body: `404 page not found`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		},
		{
			Name: "model removed", Status: 410, Body: `{"status":410,"title":"Gone","detail":"end of life"}`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		},
		{
			Name: "rate limit, which says nothing", Status: 429, Body: `{"status":429,"title":"Too Many Requests"}`,
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount},
		},
		{
			Name: "rate limit with a hint all the same", Status: 429, Header: map[string]string{"Retry-After": "9"}, Body: `{"status":429,"title":"Too Many Requests"}`,
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount, RetryAfter: 9 * time.Second},
		},
		{
			Name: "the model's workers are full", Status: 429, Body: `{"status":429,"title":"Too Many Requests","detail":"ResourceExhausted: Worker local total request limit reached (33/32)"}`,
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel},
		},
		{
			Name: "context length, in vLLM's words", Status: 400,
			Body: `{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","param":null,"code":400}`,
			Want: sdk.Error{Kind: sdk.KindTooLong, Code: "BadRequestError"},
		},
		{
			Name: "model without tools", Status: 400,
			Body: `{"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}`,
			Want: sdk.Error{Kind: sdk.KindUnsupported, Code: "BadRequestError"},
		},
		{
			Name: "any other 400", Status: 400, Body: `{"status":400,"title":"Bad Request","detail":"Inference error"}`,
			Want: sdk.Error{Kind: sdk.KindBadRequest},
		},
		{
			Name: "refused member", Status: 422, Body: `{"detail":[{"loc":["body","x"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}`,
			Want: sdk.Error{Kind: sdk.KindBadRequest},
		},
		{
			Name: "gateway timeout", Status: 504, Body: ``,
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel},
		},
		{
			Name: "server error", Status: 500, Body: `{"status":500,"title":"Internal Server Error","detail":"Inference connection error while making inference request"}`,
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel},
		},
	})
}

func TestSimulatedErrors(t *testing.T) {
	t.Parallel()
	rig().SimulatedErrors(t, asked, true, map[string]sdk.Kind{
		simulator.ErrorAuthMissing: sdk.KindAuthInvalid, simulator.ErrorNoCredit: sdk.KindNoCredit,
		simulator.ErrorBadRequest: sdk.KindBadRequest, simulator.ErrorTooLong: sdk.KindTooLong, simulator.ErrorModelNotFound: sdk.KindModelGone,
		simulator.ErrorModelRetired: sdk.KindModelGone, simulator.ErrorRateMinute: sdk.KindRateMinute,
		simulator.ErrorOverloaded: sdk.KindOverloaded, simulator.ErrorTimeout: sdk.KindOverloaded, simulator.ErrorServer: sdk.KindServerError,
	})
}

// Reasoning and its switch are the model's and the caller's: both pass as they are.
func TestReasoningPasses(t *testing.T) {
	t.Parallel()
	const (
		body = `{"messages":[{"role":"assistant","content":"a","reasoning_content":"r"}],"chat_template_kwargs":{"enable_thinking":true,"x":1},"nvext":{"guided_json":{}},"top_k":20,"logit_bias":{"1":1}}`
		said = `{"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi","reasoning_content":"hm","reasoning":"hm"},"finish_reason":"stop"}]}`
	)
	var got string
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got = string(raw)
		_, _ = io.WriteString(w, said)
	}, nil)
	reply, err := client.Chat(t.Context(), rig().Call(body))
	if err != nil || string(reply.Body) != said || len(reply.Info.Dropped) != 0 {
		t.Fatalf("%v, %+v", err, reply)
	}
	if want := body[:len(body)-1] + `,"model":"openai/gpt-oss-120b"}`; got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestInputType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		setting    map[string]any
		body, want string
	}{
		{nil, `{"input":"x"}`, ``},
		{map[string]any{"input_type": "query"}, `{"input":"x"}`, "query"},
		{map[string]any{"input_type": "query"}, `{"input":"x","input_type":"passage"}`, "passage"},
		{map[string]any{"input_type": "passage"}, `{"input":"x","input_type":null}`, "passage"},
	} {
		var got []byte
		client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
			got, _ = io.ReadAll(r.Body)
			_, _ = io.WriteString(w, `{"object":"list","data":[{"index":0,"embedding":[0.5]}],"model":"e","usage":{"prompt_tokens":1,"total_tokens":1}}`)
		}, tt.setting)
		reply, err := client.Embed(t.Context(), rig().Call(tt.body))
		if err != nil || len(reply.Info.Dropped) != 0 || gjson.GetBytes(got, "input_type").String() != tt.want {
			t.Errorf("%v, %s: got %s, %v", tt.setting, tt.body, got, err)
		}
	}
	var refused *sdk.SettingsError
	if err := rig().Refused(t, map[string]any{"input_type": "document"}); !errors.As(err, &refused) || refused.Problems[0].Path[0] != "input_type" {
		t.Errorf("got %v", err)
	}
}

func TestStreamUsage(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		var got []byte
		client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
			got, _ = io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
		}, map[string]any{"stream_usage": on})
		if _, _, err := plugintest.Stream(t.Context(), client, rig().Call(`{"messages":[]}`)); err != nil {
			t.Fatal(err)
		}
		if gjson.GetBytes(got, "stream_options.include_usage").Bool() != on {
			t.Errorf("stream_usage %v: sent %s", on, got)
		}
	}
}

func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	r := rig()
	r.Settings = map[string]any{"input_type": "query"}
	client, sim := r.Simulated(t, simulator.Options{Unconfirmed: true})
	reply, err := client.Chat(t.Context(), r.Call(asked))
	if err != nil {
		t.Fatal(err)
	}
	if info := reply.Info; !strings.Contains(string(reply.Body), "hello there") || info.FinishReason != "stop" || info.Usage.TotalTokens == 0 || strings.Contains(string(reply.Body), "reasoning_content") {
		t.Errorf("unary: %+v\n%s", info, reply.Body)
	}
	chunks, end, err := plugintest.Stream(t.Context(), client, r.Call(`{"messages":[{"role":"user","content":"hello there"}]}`))
	if err != nil || !strings.Contains(plugintest.Text(chunks), "hello there") || !strings.Contains(chunks, "reasoning_content") || end.Usage == nil {
		t.Errorf("stream: %v, %+v\n%s", err, end, chunks)
	}
	if models, err := client.ListModels(t.Context(), r.Call("")); err != nil || len(models) == 0 {
		t.Errorf("models: %v, %v", models, err)
	}
	if note, err := client.ValidateKey(t.Context(), r.Call("")); err != nil || note == "" {
		t.Errorf("key: %q, %v", note, err)
	}
	if _, err := client.ValidateKey(t.Context(), &sdk.Call{Key: sdk.NewSecret("nvapi-wrong0123456")}); sdk.KindOf(err) != sdk.KindAuthInvalid {
		t.Errorf("wrong key: %v", err)
	}
	embed := r.Call(`{"input":["a","b"]}`)
	embed.Model = "nvidia/nv-embedqa-e5-v5"
	if reply, err := client.Embed(t.Context(), embed); err != nil || gjson.GetBytes(reply.Body, "data.#").Int() != 2 {
		t.Errorf("embeddings: %v", err)
	}
	if n := sim.Ledger().Count(simulator.ByKey("a")); n != 5 {
		t.Errorf("%d requests with the key, want 5", n)
	}
}
