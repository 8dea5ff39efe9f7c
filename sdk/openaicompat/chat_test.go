package openaicompat

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

func TestChatPassesBytesThrough(t *testing.T) {
	t.Parallel()
	const reply = `{"id":"c1", "z":1.0, "big":12345678901234567890, "model":"served","choices":[{"message":{"content":"hi"},"finish_reason":"length"}],` +
		`"usage":{"prompt_tokens":3.0,"completion_tokens":"2","prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":2},"cost":0.5}}`
	var gotBody, gotKey, gotPath string
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		gotBody, gotKey, gotPath = string(raw), r.Header.Get("Authorization"), r.URL.Path
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", "up-1")
		_, _ = io.WriteString(w, reply)
	})+"/v1/")
	got, err := served(t, p).Chat(t.Context(), call(`{"model":"alias","messages":[ ],"seed":12345678901234567890,"temperature":0,"x":{"b":1,"a":2},"stream":true,"stream_options":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"model":"m","messages":[ ],"seed":12345678901234567890,"temperature":0,"x":{"b":1,"a":2}}`; gotBody != want {
		t.Errorf("upstream got\n%s\nwant\n%s", gotBody, want)
	}
	if gotKey != "Bearer "+canary || gotPath != "/v1/chat/completions" {
		t.Errorf("key %q, path %q", gotKey, gotPath)
	}
	if string(got.Body) != reply {
		t.Errorf("reply changed: %s", got.Body)
	}
	want := sdk.ReplyInfo{
		Model: "served", UpstreamRequestID: "up-1", FinishReason: "length",
		Usage: &sdk.Usage{
			PromptTokens: 3, CompletionTokens: 2, TotalTokens: 5, Cost: sdk.Ptr(0.5),
			PromptTokensDetails:     &sdk.PromptTokensDetails{CachedTokens: sdk.Ptr[int64](1)},
			CompletionTokensDetails: &sdk.CompletionTokensDetails{ReasoningTokens: sdk.Ptr[int64](2)},
		},
	}
	if diff := cmp.Diff(want, got.Info); diff != "" {
		t.Error(diff)
	}
}

func TestStreamPassesEventsThrough(t *testing.T) {
	t.Parallel()
	var gotBody string
	p := opened(t, Dialect{StreamUsage: true}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		gotBody = string(raw)
		sse(w, ": hello\n\ndata: "+word("a")+"\n\ndata: "+word("b")+"\r\n\r\ndata: "+last+"\n\n"+
			`data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}`+"\n\ndata: [DONE]\n\n")
	}))
	got := streaming(t.Context(), served(t, p), call(`{"messages":[]}`))
	if want := `{"messages":[],"model":"m","stream":true,"stream_options":{"include_usage":true}}`; gotBody != want {
		t.Errorf("upstream got\n%s\nwant\n%s", gotBody, want)
	}
	want := streamed{
		Chunks: word("a") + "\n" + word("b") + "\n" + last + "\n", Content: true,
		Info: &sdk.ReplyInfo{
			Model: "served", UpstreamRequestID: "c1", FinishReason: "stop",
			Usage: &sdk.Usage{PromptTokens: 7, CompletionTokens: 2, TotalTokens: 9},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCancelReachesTheUpstream(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"unary before headers", "stream before headers", "stream between events"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			left := make(chan struct{})
			p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadAll(r.Body)
				if form == "stream between events" {
					sse(w, "data: "+word("a")+"\n\n")
					w.(http.Flusher).Flush()
				}
				cancel()
				<-r.Context().Done()
				close(left)
			}))
			var err error
			if form == "unary before headers" {
				_, err = p.Chat(ctx, call(`{}`))
			} else {
				err = streaming(ctx, served(t, p), call(`{}`)).Err
			}
			if sdk.KindOf(err) != sdk.KindCanceled {
				t.Errorf("got %v, want canceled", err)
			}
			await(t, left, "the upstream to see the caller go")
		})
	}
}
