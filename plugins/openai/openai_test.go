package openai_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const (
	asked      = `{"messages":[{"role":"user","content":"hello there"}]}`
	completion = `{"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}`
)

// A server of one's own wants no key: then nothing is sent in its place.
func TestWithoutKey(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		if _, has := r.Header["Authorization"]; has {
			t.Errorf("%s came with Authorization %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		switch r.URL.Path {
		case "/v1/models":
			_, _ = io.WriteString(w, `{"object":"list","data":[{"id":"llama3.2:latest","object":"model","created":1,"owned_by":"library"}]}`)
		case "/v1/embeddings":
			_, _ = io.WriteString(w, `{"object":"list","data":[{"index":0,"embedding":[0.5]}],"model":"m"}`)
		default:
			_, _ = io.WriteString(w, completion)
		}
	}, nil)
	keyless := func(body string) *sdk.Call { return &sdk.Call{Model: "llama3.2", Body: []byte(body)} }
	if _, err := client.Chat(t.Context(), keyless(asked)); err != nil {
		t.Error(err)
	}
	if models, err := client.ListModels(t.Context(), keyless("")); err != nil || len(models) != 1 || models[0].ID != "llama3.2:latest" {
		t.Errorf("models: %v, %v", models, err)
	}
	if note, err := client.ValidateKey(t.Context(), keyless("")); err != nil || note != "the key sees 1 models" {
		t.Errorf("key: %q, %v", note, err)
	}
	if _, err := client.Embed(t.Context(), keyless(`{"input":"x"}`)); err != nil {
		t.Errorf("embeddings: %v", err)
	}
}

// An API without a list of models works; only what needs the list does not.
func TestWithoutModelList(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 405, 501} {
		client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/models" {
				w.WriteHeader(status)
				return
			}
			_, _ = io.WriteString(w, completion)
		}, nil)
		if _, err := client.Chat(t.Context(), rig().Call(asked)); err != nil {
			t.Error(err)
		}
		_, err := client.ListModels(t.Context(), rig().Call(""))
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindUnsupported || e.Scope != sdk.ScopeNone {
			t.Errorf("models: %+v", e)
		}
		if _, err := client.ValidateKey(t.Context(), rig().Call("")); sdk.KindOf(err) != sdk.KindUnsupported {
			t.Errorf("key: %v", err)
		}
	}
}

// What llama.cpp does when the context is too small: an error with the status of a success.
func TestErrorInsideA200(t *testing.T) {
	t.Parallel()
	const body = `{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_ctx":8192}}`
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		if gjson.GetBytes(raw, "stream").Bool() {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: "+body+"\n\n")
			return
		}
		_, _ = io.WriteString(w, body)
	}, nil)
	_, err := client.Chat(t.Context(), rig().Call(asked))
	_, _, streamed := plugintest.Stream(t.Context(), client, rig().Call(asked))
	for _, err := range []error{err, streamed} {
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindTooLong || e.Status != 400 {
			t.Errorf("got %+v", e)
		}
	}
}

// Servers differ in what ends a stream, and some send comments while they think.
func TestStreams(t *testing.T) {
	t.Parallel()
	const chunk = `{"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}`
	client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, ": keep-alive\n\ndata: "+chunk+"\n\ndata: [DONE]\n\n")
	}, nil)
	chunks, info, err := plugintest.Stream(t.Context(), client, rig().Call(asked))
	if err != nil || chunks != chunk+"\n" || info.Usage != nil {
		t.Errorf("got %q, %+v, %v", chunks, info, err)
	}
}

func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	client, sim := rig().Simulated(t, simulator.Options{Unconfirmed: true})
	reply, err := client.Chat(t.Context(), rig().Call(asked))
	if err != nil {
		t.Fatal(err)
	}
	if info := reply.Info; !strings.Contains(string(reply.Body), "hello there") || info.Usage == nil || !strings.HasPrefix(info.UpstreamRequestID, "req_") {
		t.Errorf("unary: %+v\n%s", info, reply.Body)
	}
	chunks, end, err := plugintest.Stream(t.Context(), client, rig().Call(asked))
	if err != nil || !strings.Contains(plugintest.Text(chunks), "hello there") || end.Usage == nil || strings.Contains(chunks, `"choices":[]`) {
		t.Errorf("stream: %v, %+v\n%s", err, end, chunks)
	}
	if models, err := client.ListModels(t.Context(), rig().Call("")); err != nil || len(models) == 0 {
		t.Errorf("models: %v, %v", models, err)
	}
	if _, err := client.ValidateKey(t.Context(), &sdk.Call{Key: sdk.NewSecret("sk-wrong0123456789")}); sdk.KindOf(err) != sdk.KindAuthInvalid || !strings.Contains(err.Error(), "[redacted]") {
		t.Errorf("wrong key: %v", err)
	}
	embed := rig().Call(`{"input":["a"]}`)
	embed.Model = "text-embedding-3-small"
	if reply, err := client.Embed(t.Context(), embed); err != nil || !gjson.GetBytes(reply.Body, "data.0.embedding").Exists() {
		t.Errorf("embeddings: %v", err)
	}
	if n := sim.Ledger().Count(simulator.ByKey("a")); n != 4 {
		t.Errorf("%d requests with the key, want 4", n)
	}
}
