package telemetry_test

import (
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

func ptr[T any](v T) *T { return &v }

var began = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// fallback is a streamed request that googleai refused, whose message quotes the prompt, and that groq answered.
func fallback() host.RequestEnded {
	return host.RequestEnded{Stream: true, Operation: host.OperationChat, Trail: host.Trail{
		RequestID: "req_1", Requested: "fast", Provider: "groq", Model: "llama", Key: "main", ServedModel: "llama-3.3-70b", Started: began,
		Duration: 2210 * time.Millisecond, Cost: &host.Cost{USD: 0.25, Source: host.CostTable},
		Attempts: []host.Attempt{
			{Provider: "googleai", Model: "flash", Key: "first", Started: began.Add(5 * time.Millisecond), Duration: 195 * time.Millisecond,
				Kind: sdk.KindServerError, Status: 503, Message: "no capacity for: the prompt", Next: "next_target"},
			{Provider: "groq", Model: "llama", Key: "main", Started: began.Add(205 * time.Millisecond), Duration: 2 * time.Second, FirstToken: 195 * time.Millisecond},
		},
		AutoFallback: &host.AutoFallback{OriginalProvider: "googleai", OriginalModel: "flash", FinalProvider: "groq", FinalModel: "llama", FallbackCount: 1},
	}, Info: sdk.ReplyInfo{Model: "llama-3.3-70b", FinishReason: "stop", UpstreamRequestID: "up_7", Usage: &sdk.Usage{
		PromptTokens: 100, CompletionTokens: 41,
		PromptTokensDetails: &sdk.PromptTokensDetails{CachedTokens: ptr(int64(60))}, CompletionTokensDetails: &sdk.CompletionTokensDetails{ReasoningTokens: ptr(int64(7))},
	}}}
}

// failed is a request whose one call, of a model that only the caller named, ended with kind.
func failed(kind sdk.Kind) host.RequestEnded {
	return host.RequestEnded{Kind: kind, Operation: host.OperationEmbeddings, Trail: host.Trail{
		RequestID: "req_2", Requested: "openrouter/of-the-caller", Started: began, Duration: time.Second,
		Attempts: []host.Attempt{{
			Provider: "openrouter", Model: "of-the-caller", Unlisted: true, Key: "a", Kind: kind, Started: began, Duration: time.Second, Waited: time.Second, Message: "the prompt", Next: "stop",
		}},
	}}
}

// nowhere is a request that no provider was called for.
func nowhere() host.RequestEnded {
	return host.RequestEnded{Kind: sdk.KindNoTarget, Operation: host.OperationChat, Trail: host.Trail{RequestID: "req_3", Requested: "of-the-caller", Started: began}}
}
