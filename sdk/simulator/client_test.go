package simulator

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	openai "github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"
)

func (r *rig) openai(dialect, key string) *openai.Client {
	c := openai.DefaultConfig(key)
	c.BaseURL = r.server.BaseURL(dialect)
	c.HTTPClient = r.client
	return openai.NewClientWithConfig(c)
}

// TestGoOpenAI: the most used Go client gets along with every dialect.
func TestGoOpenAI(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{OpenAI, Groq, OpenRouter} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, Options{Models: []Model{{ID: "m"}, {ID: "e", Embedding: true}}})
			c := r.openai(dialect, "secret-a")
			ask := openai.ChatCompletionRequest{Model: "m", Messages: []openai.ChatCompletionMessage{{Role: "user", Content: "héllo 世界 🌍"}}}
			got, err := c.CreateChatCompletion(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			if got.Choices[0].Message.Content != "echo: héllo 世界 🌍" || got.Choices[0].FinishReason != "stop" || got.Usage.TotalTokens != 7 {
				t.Errorf("got %+v", got)
			}
			stream, err := c.CreateChatCompletionStream(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			var text strings.Builder
			for {
				chunk, err := stream.Recv()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(chunk.Choices) > 0 {
					text.WriteString(chunk.Choices[0].Delta.Content)
				}
			}
			if text.String() != "echo: héllo 世界 🌍" {
				t.Errorf("streamed %q", text.String())
			}
			list, err := c.ListModels(t.Context())
			if err != nil || len(list.Models) != 2 {
				t.Errorf("%+v, %v", list, err)
			}
			var refused *openai.APIError
			if _, err := r.openai(dialect, "wrong").ListModels(t.Context()); !errors.As(err, &refused) || refused.HTTPStatusCode != 401 {
				t.Errorf("wrong key: %v", err)
			}
		})
	}
}

// TestToolCalls: fragments of streamed arguments join to what was asked for,
// and a result is not called again.
func TestToolCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Models: []Model{{ID: "m"}}})
	ask := openai.ChatCompletionRequest{
		Model:    "m",
		Messages: []openai.ChatCompletionMessage{{Role: "user", Content: "call f {\"a\":\"ü世界🌍\"}\ncall g {}\ncall h {}"}},
	}
	for _, name := range []string{"f", "g"} {
		ask.Tools = append(ask.Tools, openai.Tool{Type: "function", Function: &openai.FunctionDefinition{Name: name, Parameters: map[string]any{"type": "object"}}})
	}
	stream, err := r.openai(Groq, "secret-a").CreateChatCompletionStream(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	calls, finish := map[int]string{}, ""
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range chunk.Choices[0].Delta.ToolCalls {
			calls[*part.Index] += part.Function.Name + part.Function.Arguments
		}
		finish += string(chunk.Choices[0].FinishReason)
	}
	if diff := cmp.Diff(map[int]string{0: `f{"a":"ü世界🌍"}`, 1: "g{}"}, calls); diff != "" || finish != "tool_calls" {
		t.Errorf("%s, (-want +got):\n%s", finish, diff)
	}

	unary, err := r.openai(Groq, "secret-a").CreateChatCompletion(t.Context(), ask)
	if err != nil || len(unary.Choices[0].Message.ToolCalls) != 2 {
		t.Fatalf("%+v, %v", unary, err)
	}
	ask.Messages = append(ask.Messages, unary.Choices[0].Message)
	for _, call := range unary.Choices[0].Message.ToolCalls {
		ask.Messages = append(ask.Messages, openai.ChatCompletionMessage{Role: "tool", ToolCallID: call.ID, Content: "sunny"})
	}
	after, err := r.openai(OpenAI, "secret-a").CreateChatCompletion(t.Context(), ask)
	if err != nil || after.Choices[0].Message.Content != "echo: sunny" {
		t.Errorf("%+v, %v", after, err)
	}
}

func TestEmbeddings(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	c := r.openai(OpenAI, "secret-a")
	ask := openai.EmbeddingRequest{Model: "text-embedding-3-small", Input: []string{"a b", "c"}}
	floats, err := c.CreateEmbeddings(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	ask.EncodingFormat = openai.EmbeddingEncodingFormatBase64
	packed, err := c.CreateEmbeddings(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(floats.Data, packed.Data); diff != "" || len(floats.Data) != 2 || len(floats.Data[0].Embedding) != 8 || floats.Usage.PromptTokens != 3 {
		t.Errorf("%+v\nfloats and base64 differ:\n%s", floats, diff)
	}
	for body, want := range map[string]int{
		`"input":"x"`: 200, `"input":[1,2]`: 200, `"input":[[1],[2]]`: 200, `"input":"x","dimensions":3`: 200,
		`"input":""`: 400, `"input":[]`: 400, `"input":[""]`: 400, `"x":1`: 400, `"input":"x","encoding_format":"hex"`: 400, `"input":"x","dimensions":0`: 400,
	} {
		h := r.post(OpenRouter, "/embeddings", `{"model":"openai/text-embedding-3-small",`+body+`}`)
		if h.status != want {
			t.Errorf("%s: %d", body, h.status)
		}
	}
	h := r.post(OpenAI, "/embeddings", `{"model":"text-embedding-3-small","input":"x","dimensions":2,"encoding_format":"base64"}`)
	if raw, err := base64.StdEncoding.DecodeString(gjson.Get(h.body, "data.0.embedding").String()); err != nil || len(raw) != 8 {
		t.Errorf("%x, %v", raw, err)
	}
	if h := r.post(OpenAI, "/embeddings", `{"model":"gpt-5.4-mini","input":"x"}`); h.status != 404 {
		t.Errorf("a chat model embeds: %d", h.status)
	}
	if h := r.post(OpenAI, "/chat/completions", chatBody("text-embedding-3-small", "x", false)); h.status != 404 {
		t.Errorf("an embedding model chats: %d", h.status)
	}
}

func TestReasoningForms(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Models: []Model{{ID: "m", Reasoning: true}}})
	const thought = "The user says something; I answer."
	for _, tc := range []struct{ dialect, extra, field, content string }{
		{Groq, ``, "reasoning", "echo: hi"},
		{Groq, `,"reasoning_format":"parsed"`, "reasoning", "echo: hi"},
		{Groq, `,"reasoning_format":"raw"`, "", "<think>" + thought + "</think>echo: hi"},
		{Groq, `,"reasoning_format":"hidden"`, "", "echo: hi"},
		{Groq, `,"include_reasoning":false`, "", "echo: hi"},
		{Groq, `,"reasoning_effort":"none"`, "", "echo: hi"},
		{OpenAI, ``, "reasoning_content", "echo: hi"},
		{OpenRouter, ``, "reasoning_details.0.text", "echo: hi"},
		{OpenRouter, `,"reasoning":{"exclude":true}`, "", "echo: hi"},
		{OpenRouter, `,"reasoning":{"effort":"none"}`, "", "echo: hi"},
		{OpenRouter, `,"include_reasoning":false`, "", "echo: hi"},
	} {
		body := `{"model":"m","messages":[{"role":"user","content":"hi"}]` + tc.extra + `}`
		m := gjson.Get(r.post(tc.dialect, "/chat/completions", body).body, "choices.0.message")
		if m.Get("content").String() != tc.content || tc.field != "" && m.Get(tc.field).String() != thought || tc.field == "" && strings.Contains(m.Raw, `"reasoning`) {
			t.Errorf("%s %s: %s", tc.dialect, tc.extra, m.Raw)
		}
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	control := func(method, path, body string, want int) string {
		t.Helper()
		h := hear(r.client, request(t, method, r.server.URL()+"/_sim/"+path, "", body))
		if h.status != want {
			t.Errorf("%s %s: %d %s", method, path, h.status, h.body)
		}
		return h.body
	}
	control(http.MethodPost, "script", `{"rules":[{"fault":{"kind":"error","status":503}}]}`, 204)
	if h := r.chat(Groq, "hi", false); h.status != 503 {
		t.Errorf("script is not in force: %d", h.status)
	}
	if got := control(http.MethodPost, "script", `{"rules":[{"fault":{"kind":"x"}}]}`, 400); !strings.Contains(got, "rules[0].fault.kind") {
		t.Error(got)
	}
	if got := control(http.MethodGet, "script", "", 200); gjson.Get(got, "rules.0.fault.status").Int() != 503 {
		t.Error(got)
	}
	r.chat(Groq, "hi", true)
	control(http.MethodGet, "health", "", 200)
	control(http.MethodGet, "nothing", "", 404)
	control(http.MethodGet, "ledger?after=x", "", 400)
	var page struct{ Entries []Entry }
	if err := json.Unmarshal([]byte(control(http.MethodGet, "ledger?after=1", "", 200)), &page); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.sim.Ledger().Entries()[1:], page.Entries); diff != "" {
		t.Errorf("ledger over HTTP (-want +got):\n%s", diff)
	}
	control(http.MethodDelete, "ledger", "", 204)
	if got := gjson.Get(control(http.MethodGet, "ledger", "", 200), "entries").Raw; got != "[]" {
		t.Error(got)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, tc := range []struct {
		dialect, path string
		status        int
		field, want   string
	}{
		{OpenAI, "/models/gpt-6-luna", 200, "id", "gpt-6-luna"},
		{OpenAI, "/models/nope", 404, "error.code", "model_not_found"},
		{Groq, "/models/openai/gpt-oss-20b", 200, "owned_by", "openai"},
		{Groq, "/embeddings", 404, "error.code", "unknown_url"},
		{OpenRouter, "/credits", 200, "data.total_credits", "10"},
		{OpenRouter, "/key", 200, "data.label", "a"},
		{OpenRouter, "/models", 200, "data.2.pricing.prompt", "0"},
		{OpenRouter, "/models/x", 404, "error.code", "404"},
	} {
		h := hear(r.client, request(t, http.MethodGet, r.server.BaseURL(tc.dialect)+tc.path, "secret-a", ""))
		if h.status != tc.status || gjson.Get(h.body, tc.field).String() != tc.want {
			t.Errorf("%s%s: %s", tc.dialect, tc.path, show(h))
		}
	}
	for unconfirmed, want := range map[bool]bool{false: false, true: true} {
		r := newRig(t, Options{Unconfirmed: unconfirmed})
		h := hear(r.client, request(t, http.MethodGet, r.server.BaseURL(Groq)+"/models", "secret-a", ""))
		if gjson.Get(h.body, "data.0.context_window").Exists() != want {
			t.Errorf("unconfirmed %v: %s", unconfirmed, h.body)
		}
	}
}
