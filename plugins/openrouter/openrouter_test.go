package openrouter_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/plugins/openrouter"
	"github.com/aio-llm/aio/sdk"
)

const completion = `{"id":"gen-1","provider":"P","model":"openai/gpt-oss-20b:free","choices":[{"message":{"role":"assistant","content":"hi","reasoning_details":[{"type":"reasoning.encrypted"}]},"finish_reason":"stop","native_finish_reason":"STOP"}],` +
	`"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4,"cost":0.00025,"is_byok":false,"prompt_tokens_details":{"cached_tokens":2}}}`

func TestRequestAndReplyPassThrough(t *testing.T) {
	t.Parallel()
	const body = `{"model":"auto","messages":[{"role":"user","name":"bob","content":"hi"}],"provider":{"order":["a"],"data_collection":"deny"},"models":["x"],` +
		`"plugins":[{"id":"web"}],"reasoning":{"effort":"low"},"top_k":0,"usage":{"include":true}}`
	var sent string
	var header http.Header
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		sent, header = string(raw), r.Header.Clone()
		w.Header().Set("X-Generation-Id", "gen-1")
		_, _ = io.WriteString(w, completion)
	}, map[string]any{"site_url": "https://example.org", "app_title": "Example", "headers": map[string]string{"x-session-id": "s"}})
	reply, err := client.Chat(t.Context(), rig().Call(body))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"model":"openai/gpt-oss-20b"` + body[len(`{"model":"auto"`):]; sent != want {
		t.Errorf("sent\n%s\nwant\n%s", sent, want)
	}
	for name, want := range map[string]string{
		"Http-Referer": "https://example.org", "X-Openrouter-Title": "Example", "X-Session-Id": "s", "Authorization": "Bearer " + rig().Key, "Accept-Encoding": "",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if string(reply.Body) != completion {
		t.Errorf("reply changed: %s", reply.Body)
	}
	want := sdk.ReplyInfo{
		Model: "openai/gpt-oss-20b:free", UpstreamRequestID: "gen-1", FinishReason: "stop",
		Usage: &sdk.Usage{
			PromptTokens: 3, CompletionTokens: 1, TotalTokens: 4, Cost: sdk.Ptr(0.00025),
			PromptTokensDetails: &sdk.PromptTokensDetails{CachedTokens: sdk.Ptr[int64](2)},
		},
	}
	if diff := cmp.Diff(want, reply.Info); diff != "" {
		t.Error(diff)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for raw, path := range map[string]string{
		`{"site_url":"not an address"}`:                         "site_url",
		`{"site_url":"https://u:p@example.org"}`:                "site_url",
		`{"app_title":"a\r\nX-Evil: 1"}`:                        "app_title",
		`{"base_url":"http://openrouter.example/api/v1"}`:       "base_url",
		`{"base_url":"https://sk:secret@openrouter.ai/api/v1"}`: "base_url",
	} {
		local, err := sdk.NewLocal(openrouter.Plugin(), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = local.Configure(t.Context(), sdk.Settings(raw))
		var refused *sdk.SettingsError
		if !errors.As(err, &refused) || len(refused.Problems) != 1 || refused.Problems[0].Path[0] != path {
			t.Errorf("%s: got %v, want a problem at %s", raw, err, path)
		}
		_ = local.Close()
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/key" {
			t.Errorf("asked %s", r.URL.Path)
		}
		if r.Header.Get("Authorization") != "Bearer "+rig().Key {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, errorBody(401, "User not found.", ""))
			return
		}
		_, _ = io.WriteString(w, `{"data":{"label":"sk-or-v1-abc...def","is_free_tier":true,"limit_remaining":1.5,"usage":0.25,"free_model_daily_requests":{"limit":50,"remaining":49,"used":1}}}`)
	}, nil)
	note, err := client.ValidateKey(t.Context(), rig().Call(""))
	if want := "free tier, $1.50 of the key's limit left, $0.25 spent, 49 of 50 free requests left today"; err != nil || note != want {
		t.Errorf("got %q, %v; want %q", note, err, want)
	}
	_, err = client.ValidateKey(t.Context(), &sdk.Call{Key: sdk.NewSecret("sk-or-v1-wrong")})
	if sdk.KindOf(err) != sdk.KindAuthInvalid {
		t.Errorf("got %v, want auth_invalid", err)
	}
}

// A key that is good and cannot be used today is said so before a request is wasted on it.
func TestKeyTrouble(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]sdk.Kind{
		`{"is_free_tier":true,"free_model_daily_requests":{"limit":50,"remaining":0,"used":50}}`:      sdk.KindRateDay,
		`{"is_free_tier":false,"free_model_daily_requests":{"limit":1000,"remaining":0,"used":1000}}`: "",
		`{"limit_remaining":0,"limit":5}`:    sdk.KindNoCredit,
		`{"limit_remaining":-0.1,"limit":5}`: sdk.KindNoCredit,
		`{"limit_remaining":null}`:           "",
		`{"is_free_tier":true}`:              "",
	} {
		client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"data":`+data+`}`) }, nil)
		_, err := client.ValidateKey(t.Context(), rig().Call(""))
		if sdk.KindOf(err) != want {
			t.Errorf("%s: %v, want %q", data, err, want)
		}
		if wait := sdk.AsError(err); want == sdk.KindRateDay && (wait.RetryAfter <= 0 || wait.RetryAfter > 24*time.Hour) {
			t.Errorf("%s: back in %v", data, wait.RetryAfter)
		}
	}
}

func TestModels(t *testing.T) {
	t.Parallel()
	const raw = `{"id":"a/b","name":"B","context_length":131072,"top_provider":{"max_completion_tokens":4096},"architecture":{"input_modalities":["text","image","file"]},"supported_parameters":["tools","reasoning","structured_outputs"]}`
	client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"data":[`+raw+`]}`) }, nil)
	got, err := client.ListModels(t.Context(), rig().Call(""))
	want := []sdk.Model{{ID: "a/b", Name: "B", Context: 131072, MaxOutput: 4096, Features: []string{"tools", "vision", "files", "json_schema", "reasoning"}, Raw: []byte(raw)}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestEmbeddings(t *testing.T) {
	t.Parallel()
	const reply = `{"object":"list","data":[{"index":0,"embedding":[0.1,1e-9]}],"model":"e","usage":{"prompt_tokens":2,"total_tokens":2}}`
	var sent string
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		sent = r.URL.Path + string(raw)
		_, _ = io.WriteString(w, reply)
	}, nil)
	got, err := client.Embed(t.Context(), rig().Call(`{"input":["a"],"stream":1}`))
	if err != nil || string(got.Body) != reply || got.Info.Usage.PromptTokens != 2 || got.Info.Model != "e" {
		t.Errorf("got %+v, %v", got, err)
	}
	if want := `/api/v1/embeddings{"input":["a"],"stream":1,"model":"openai/gpt-oss-20b"}`; sent != want {
		t.Errorf("sent %s, want %s", sent, want)
	}
}

func TestMessagesNameTheProviderBehind(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"slow down"`: "Provider returned error (P: slow down)",
		`"{\"error\":{\"message\":\"too hot\"}}"`: "Provider returned error (P: too hot)",
		`{"message":"too cold"}`:                  "Provider returned error (P: too cold)",
		`"<html>page"`:                            "Provider returned error (P)",
		`null`:                                    "Provider returned error (P)",
	} {
		client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, errorBody(502, "Provider returned error", `,"metadata":{"provider_name":"P","raw":`+raw+`}`))
		}, nil)
		_, err := client.Chat(t.Context(), rig().Call(`{}`))
		if e := sdk.AsError(err); e == nil || e.Message != want {
			t.Errorf("%s: got %v, want %q", raw, err, want)
		}
	}
}
