package openaicompat

import (
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// A trillion tokens in one call is a lie.
const maxTokens = 1e12

// usageOf reads a usage object, as leniently as upstreams write them: numbers may be 1.0 or "1", details may
// be missing. Nil when u is none.
func usageOf(u gjson.Result) *sdk.Usage {
	if !u.IsObject() {
		return nil
	}
	out := &sdk.Usage{
		PromptTokens: tokens(u, "prompt_tokens"), CompletionTokens: tokens(u, "completion_tokens"), TotalTokens: tokens(u, "total_tokens"),
	}
	if out.TotalTokens == 0 {
		out.TotalTokens = out.PromptTokens + out.CompletionTokens
	}
	cached := max(tokens(u, "prompt_tokens_details.cached_tokens"), tokens(u, "prompt_cache_hit_tokens"))
	if cached > 0 {
		out.PromptTokensDetails = &sdk.PromptTokensDetails{CachedTokens: &cached}
	}
	if reasoning := tokens(u, "completion_tokens_details.reasoning_tokens"); reasoning > 0 {
		out.CompletionTokensDetails = &sdk.CompletionTokensDetails{ReasoningTokens: &reasoning}
	}
	if cost := u.Get("cost"); cost.Type == gjson.Number && cost.Num >= 0 && cost.Num < 1e9 {
		charged := cost.Num
		out.Cost = &charged
	}
	return out
}

func tokens(u gjson.Result, path string) int64 {
	n := u.Get(path).Float()
	if !(n > 0) { // NaN too
		return 0
	}
	return int64(min(n, maxTokens))
}
