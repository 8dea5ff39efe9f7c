package telemetry

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"

	"github.com/aio-llm/aio/host"
)

// The attributes that the conventions have no name for.
const (
	attrRequestID = attribute.Key("aio.request.id")
	attrUpstream  = attribute.Key("aio.upstream.request_id")
	attrAttempts  = attribute.Key("aio.attempts")
	attrAttempt   = attribute.Key("aio.attempt")
	attrFallback  = attribute.Key("aio.fallback.from")
	attrKey       = attribute.Key("aio.key")
	attrWaited    = attribute.Key("aio.waited")
	attrNext      = attribute.Key("aio.next")
	attrCost      = attribute.Key("aio.cost.usd")
	attrSource    = attribute.Key("aio.cost.source")
	attrChange    = attribute.Key("aio.change")
)

// provider is the name of a provider block as the conventions call it, if they know it. They take others too.
func provider(name string) string {
	if name == "googleai" {
		return semconv.GenAIProviderNameGCPGemini.Value.AsString()
	}
	return name
}

// requestAttributes leave usage to the call that had it: who adds up spans must not count it twice.
func requestAttributes(e *host.RequestEnded) []attribute.KeyValue {
	t := &e.Trail
	attrs := []attribute.KeyValue{
		semconv.GenAIOperationNameKey.String(e.Operation), semconv.GenAIRequestModel(clip(t.Requested)), semconv.GenAIRequestStream(e.Stream),
		attrRequestID.String(t.RequestID), attrAttempts.Int(len(t.Attempts)),
	}
	if t.Provider != "" {
		attrs = append(attrs, semconv.GenAIProviderNameKey.String(provider(t.Provider)), attrKey.String(t.Key))
	}
	if f := t.AutoFallback; f != nil {
		attrs = append(attrs, attrFallback.String(f.OriginalProvider+"/"+f.OriginalModel))
	}
	if first := firstToken(e); first > 0 {
		attrs = append(attrs, semconv.GenAIResponseTimeToFirstChunk(first.Seconds()))
	}
	if m := t.ServedModel; m != "" {
		attrs = append(attrs, semconv.GenAIResponseModel(m))
	}
	if c := t.Cost; c != nil {
		attrs = append(attrs, attrCost.Float64(c.USD), attrSource.String(string(c.Source)))
	}
	return attrs
}

// answered is what a reply says of itself.
func answered(e *host.RequestEnded) []attribute.KeyValue {
	var attrs []attribute.KeyValue
	if m := e.Trail.ServedModel; m != "" {
		attrs = append(attrs, semconv.GenAIResponseModel(m))
	}
	if r := e.Info.FinishReason; r != "" {
		attrs = append(attrs, semconv.GenAIResponseFinishReasons(r))
	}
	if id := e.Info.UpstreamRequestID; id != "" {
		attrs = append(attrs, attrUpstream.String(id))
	}
	u := e.Info.Usage
	if u == nil {
		return attrs
	}
	attrs = append(attrs, semconv.GenAIUsageInputTokensKey.Int64(u.PromptTokens), semconv.GenAIUsageOutputTokensKey.Int64(u.CompletionTokens))
	if d := u.PromptTokensDetails; d != nil {
		attrs = optional(attrs, semconv.GenAIUsageCacheReadInputTokensKey, d.CachedTokens)
		attrs = optional(attrs, semconv.GenAIUsageCacheCreationInputTokensKey, d.CacheWriteTokens)
	}
	if d := u.CompletionTokensDetails; d != nil {
		attrs = optional(attrs, semconv.GenAIUsageReasoningOutputTokensKey, d.ReasoningTokens)
	}
	return attrs
}

// clip bounds a name that may be the caller's.
func clip(name string) string {
	const most = 200
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}

func optional(attrs []attribute.KeyValue, k attribute.Key, n *int64) []attribute.KeyValue {
	if n == nil {
		return attrs
	}
	return append(attrs, k.Int64(*n))
}
