package openaicompat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aio-llm/aio/sdk"
)

const canary = "sk-canary-0123456789abcdef"

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

// upstream serves handler until the test ends.
func upstream(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// opened is a Provider for the dialect at base.
func opened(t testing.TB, d Dialect, base string, options ...func(*Options)) *Provider {
	t.Helper()
	d.Name = "test"
	o := Options{BaseURL: base}
	for _, set := range options {
		set(&o)
	}
	p, err := New(d, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func call(body string) *sdk.Call {
	return &sdk.Call{Model: "m", Key: sdk.NewSecret(canary), Body: []byte(body)}
}

// served is p behind the contract, in this process.
func served(t testing.TB, p sdk.Provider) *sdk.Client {
	t.Helper()
	local, err := sdk.NewLocal(sdk.Plugin{Name: "test", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) { return p, nil }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	if _, err := local.Configure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return local.Client
}

// streamed is what came of a streamed call.
type streamed struct {
	Chunks  string
	Content bool
	Info    *sdk.ReplyInfo
	Err     *sdk.Error
}

func streaming(ctx context.Context, c *sdk.Client, call *sdk.Call) streamed {
	var out streamed
	s, err := c.ChatStream(ctx, call)
	for err == nil {
		var batch sdk.Batch
		if batch, err = s.Recv(); err == nil {
			out.Chunks += string(batch.Chunks)
			out.Content = out.Content || batch.Content
			out.Info = batch.End
		}
	}
	if !errors.Is(err, io.EOF) {
		out.Err = sdk.AsError(err)
	}
	return out
}

func sse(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, text)
}

// word is one event with a piece of text.
func word(text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`{"id":"c1","object":"chat.completion.chunk","created":1,"model":"served","choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}]}`, quoted)
}

// last is the event with the finish reason.
const last = `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"served","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`

const completion = `{"id":"c1","object":"chat.completion","model":"served","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}`

func await(t testing.TB, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("waited in vain for " + what)
	}
}
