package groq

import (
	"context"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// Version is the plugin's own.
const Version = "0.1.0"

// Plugin describes the groq provider.
func Plugin() sdk.Plugin {
	return sdk.Plugin{
		Name: "groq", Version: Version, Settings: openaicompat.Settings(dialect()),
		Open: func(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
			return openaicompat.Open(ctx, dialect(), setup)
		},
	}
}

func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{
		Name: "groq", BaseURL: "https://api.groq.com/openai/v1", SignupURL: "https://console.groq.com/keys",
		Rules: rules(), Errors: errorRules(),
		Finishes: true,
		// Groq docs: the -requests headers are about the day, the -tokens ones about the minute.
		Limits: []openaicompat.LimitHeader{
			{Name: "requests", Unit: "requests", Window: "day"},
			{Name: "tokens", Unit: "tokens", Window: "minute"},
		},
		KeyNote: func(reply gjson.Result) string {
			return fmt.Sprintf("the key sees %d models", reply.Get("data.#").Int())
		},
	}
}

// rules are the parameters Groq's docs say it refuses with 400, or does not support. Usage at the end of a
// stream needs no asking: it comes in x_groq.
func rules() []openaicompat.Rule {
	const refused = "Groq refuses it with 400"
	return []openaicompat.Rule{
		{Member: "logprobs", Default: "false", Reason: refused},
		{Member: "top_logprobs", Default: "0", Reason: refused},
		{Member: "logit_bias", Default: "{}", Reason: refused},
		{Member: "messages[].name", Reason: refused},
		{Member: "n", Reason: "Groq gives one choice only", When: func(v gjson.Result) bool { return v.Float() != 1 }},
		{Member: "frequency_penalty", Default: "0", Reason: "no Groq model supports it yet"},
		{Member: "presence_penalty", Default: "0", Reason: "no Groq model supports it yet"},
		{Member: "metadata", Default: "{}", Reason: "Groq does not support it"},
		{Member: "store", Default: "false", Reason: "Groq does not support it"},
	}
}

// errorRules know Groq's errors, {"error":{message,type,code}}. Its limits are per organisation and model.
func errorRules() []openaicompat.ErrorRule {
	return []openaicompat.ErrorRule{
		{Status: 401, Codes: []string{"invalid_api_key"}, Kind: sdk.KindAuthInvalid},
		// A daily cap has the same code and type as a minute's, and healthy headers: only the text tells.
		{Status: 429, Says: []string{"per day"}, Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel},
		// The request alone is more than a minute's tokens: waiting does not help.
		{Status: 413, Codes: []string{"rate_limit_exceeded"}, Says: []string{"request too large"}, Kind: sdk.KindTooLong},
		{Status: 429, Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel},
		{Status: 400, Codes: []string{"json_validate_failed", "tool_use_failed"}, Kind: sdk.KindGenFailed},
		{Codes: []string{"model_decommissioned"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		// Access is per organisation: another account may have it.
		{Codes: []string{"model_not_found"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel},
		// The organisation's monthly spend cap.
		{Status: 400, Codes: []string{"blocked_api_access"}, Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},
		{Status: 400, Codes: []string{"organization_restricted"}, Kind: sdk.KindAuthInvalid},
		{Status: 400, Codes: []string{"context_length_exceeded"}, Kind: sdk.KindTooLong},
		{Status: 400, Says: []string{"reduce the length"}, Kind: sdk.KindTooLong},
		// "`tool calling` is not supported with this model" and the like: another model may do it.
		{Status: 400, Says: []string{"is not supported with this model"}, Kind: sdk.KindUnsupported},
		// No capacity left in the flex tier.
		{Status: 498, Kind: sdk.KindOverloaded},
	}
}
