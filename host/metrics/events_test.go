package metrics_test

import (
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

func ptr[T any](v T) *T { return &v }

var began = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// request is what a host tells of one request: failed calls with the keys "a" and "b" of groq, say, then an
// answer of cerebras after 2 s, of which 10 ms were the host's own.
func request(stream bool, kinds ...sdk.Kind) []host.Event {
	events := []host.Event{host.RequestStarted{ID: "r", Model: "auto", Stream: stream, Operation: host.OperationChat, Time: began}}
	ended := host.RequestEnded{Stream: stream, Operation: host.OperationChat, Trail: host.Trail{
		RequestID: "r", Requested: "auto", Started: began, Duration: 10 * time.Millisecond,
	}}
	at := began.Add(4 * time.Millisecond)
	for i, kind := range kinds {
		a := host.Attempt{Provider: "groq", Model: "llama", Key: string(rune('a' + i)), Kind: kind, Started: at, Duration: 200 * time.Millisecond}
		if i == len(kinds)-1 && kind == "" {
			a.Duration = 2 * time.Second
			if i > 0 {
				a.Provider = "cerebras"
				ended.Trail.AutoFallback = &host.AutoFallback{OriginalProvider: "groq", OriginalModel: "llama", FinalProvider: "cerebras", FinalModel: "llama", FallbackCount: 1}
			}
			if stream {
				a.FirstToken = 400 * time.Millisecond
			}
			if stream {
				ended.Trail.Cost = &host.Cost{USD: 0.25, Source: host.CostTable}
			}
			ended.Info.Usage = &sdk.Usage{
				PromptTokens: 100, CompletionTokens: 41,
				PromptTokensDetails: &sdk.PromptTokensDetails{CachedTokens: ptr(int64(60))}, CompletionTokensDetails: &sdk.CompletionTokensDetails{ReasoningTokens: ptr(int64(7))},
			}
		}
		ended.Trail.Duration += a.Duration
		ended.Trail.Attempts = append(ended.Trail.Attempts, a)
		ended.Kind, ended.Trail.Provider, ended.Trail.Model = kind, a.Provider, a.Model
		at = at.Add(a.Duration)
		events = append(events, host.AttemptEnded{RequestID: "r", Attempt: a})
	}
	return append(events, ended)
}

func status() host.Status {
	return host.Status{Version: "1.2.3", Providers: []host.ProviderStatus{
		{Name: "groq", Active: true, Plugin: host.PluginStatus{State: "ready", Restarts: 2}, Keys: []host.KeyStatus{
			{Label: "a", State: "cooling", UsedToday: 5, DailyLimit: 1000}, {Label: "b", State: "ready", UsedToday: 7},
		}},
		{Name: "cerebras", Active: true, Plugin: host.PluginStatus{State: "backoff"}, Keys: []host.KeyStatus{{Label: "a", State: "ready"}}},
		{Name: "local", Plugin: host.PluginStatus{State: "disabled"}},
	}}
}
