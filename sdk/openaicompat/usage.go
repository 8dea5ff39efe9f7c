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
	out := &sdk.Usage{}
	var cached, reasoning int64
	u.ForEach(func(name, v gjson.Result) bool { // one pass: every reply comes through here
		switch name.Str {
		case "prompt_tokens":
			out.PromptTokens = tokens(v)
		case "completion_tokens":
			out.CompletionTokens = tokens(v)
		case "total_tokens":
			out.TotalTokens = tokens(v)
		case "prompt_cache_hit_tokens":
			cached = max(cached, tokens(v))
		case "prompt_tokens_details":
			cached = max(cached, tokens(v.Get("cached_tokens")))
		case "completion_tokens_details":
			reasoning = tokens(v.Get("reasoning_tokens"))
		case "cost":
			if v.Type == gjson.Number && v.Num >= 0 && v.Num < 1e9 {
				charged := v.Num
				out.Cost = &charged
			}
		}
		return true
	})
	if out.TotalTokens == 0 {
		out.TotalTokens = out.PromptTokens + out.CompletionTokens
	}
	if cached > 0 {
		out.PromptTokensDetails = &sdk.PromptTokensDetails{CachedTokens: &cached}
	}
	if reasoning > 0 {
		out.CompletionTokensDetails = &sdk.CompletionTokensDetails{ReasoningTokens: &reasoning}
	}
	return out
}

func tokens(v gjson.Result) int64 {
	n := v.Float()
	if !(n > 0) { // NaN too
		return 0
	}
	return int64(min(n, maxTokens))
}
