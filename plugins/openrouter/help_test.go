package openrouter_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aio-llm/aio/plugins/openrouter"
	"github.com/aio-llm/aio/sdk"
)

const canary = "sk-or-v1-canary0123456789abcdef"

// plugged is the plugin behind the contract, in this process, with an upstream that is handler.
func plugged(t *testing.T, handler http.HandlerFunc, settings map[string]any) *sdk.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return at(t, server.URL+"/api/v1", settings)
}

// at is the plugin with the given base URL.
func at(t *testing.T, base string, settings map[string]any) *sdk.Client {
	t.Helper()
	all := map[string]any{"base_url": base}
	for name, value := range settings {
		all[name] = value
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	local, err := sdk.NewLocal(openrouter.Plugin(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	if _, err := local.Configure(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	return local.Client
}

func call(body string) *sdk.Call {
	return &sdk.Call{Model: "openai/gpt-oss-20b", Key: sdk.NewSecret(canary), Body: []byte(body)}
}

// streaming returns what a streamed call delivered and how it ended.
func streaming(ctx context.Context, c *sdk.Client, call *sdk.Call) (chunks string, info *sdk.ReplyInfo, err error) {
	s, err := c.ChatStream(ctx, call)
	for err == nil {
		var batch sdk.Batch
		if batch, err = s.Recv(); err == nil {
			chunks += string(batch.Chunks)
			info = batch.End
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return chunks, info, err
}
