package cerebras

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/tidwall/gjson"
	"golang.org/x/net/http/httpguts"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// Version is the plugin's own.
const Version = "0.1.0"

// Plugin describes the cerebras provider.
func Plugin() sdk.Plugin {
	return sdk.Plugin{
		Name: "cerebras", Version: Version,
		Settings: openaicompat.Settings(dialect(),
			sdk.Setting{
				Name: limitSetting, Type: sdk.Number, Default: defaultLimit,
				Doc: "output limit, in tokens, for requests that set none, since Cerebras charges the limit before it runs a request; 0 sets none",
			},
			sdk.Setting{Name: "integration", Type: sdk.String, Default: "aio", Doc: "your application's name, for Cerebras's statistics; empty sends none"},
		),
		Open: open,
	}
}

const (
	limitSetting = "max_completion_tokens"
	// Room for an answer with its reasoning, and a few of them in the 30,000 tokens a minute of a trial.
	defaultLimit = 8192
	// No model of Cerebras writes as much.
	highestLimit = 1 << 20
)

type settings struct {
	Limit       *float64 `json:"max_completion_tokens"`
	Integration *string  `json:"integration"`
}

func open(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
	var own settings
	if err := setup.Settings.Decode(&own); err != nil {
		return nil, err
	}
	d := dialect()
	limit, integration := defaultLimit, "aio"
	if own.Limit != nil {
		if limit = int(*own.Limit); float64(limit) != *own.Limit || limit < 0 || limit > highestLimit {
			return nil, sdk.BadSetting([]string{limitSetting}, "must be a whole number from 0 to %d", highestLimit)
		}
	}
	if limit > 0 {
		d.Defaults = []openaicompat.Default{{
			Member: limitSetting, Value: strconv.Itoa(limit),
			Reason: fmt.Sprintf("set to %d, since the request sets no limit and Cerebras charges the highest possible one before it runs a request", limit),
		}}
	}
	if own.Integration != nil {
		integration = *own.Integration
	}
	if !httpguts.ValidHeaderFieldValue(integration) {
		return nil, sdk.BadSetting([]string{"integration"}, "must not hold control characters")
	}
	if integration != "" {
		d.Headers = http.Header{}
		d.Headers.Set("X-Cerebras-3rd-Party-Integration", integration)
	}
	return openaicompat.Open(ctx, d, setup)
}

func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{
		Name: "cerebras", BaseURL: "https://api.cerebras.ai/v1", SignupURL: "https://cloud.cerebras.ai",
		Rules: rules(), Errors: errorRules(), Message: message,
		StreamUsage: true, // Cerebras SDK types: stream_options.include_usage
		Finishes:    true,
		// Older Cerebras docs name the first and the last, replies have also had those between; newer docs name
		// none. The resets are seconds, with a fraction.
		Limits: []openaicompat.LimitHeader{
			{Name: "requests-day", Unit: "requests", Window: "day"},
			{Name: "requests-hour", Unit: "requests", Window: "hour"},
			{Name: "requests-minute", Unit: "requests", Window: "minute"},
			{Name: "tokens-day", Unit: "tokens", Window: "day"},
			{Name: "tokens-hour", Unit: "tokens", Window: "hour"},
			{Name: "tokens-minute", Unit: "tokens", Window: "minute"},
		},
		KeyNote: func(reply gjson.Result) string {
			return fmt.Sprintf("the key sees %d models", reply.Get("data.#").Int())
		},
	}
}

// rules are what Cerebras does not take. Its SDK types list the penalties and logit_bias, its docs of 2026 say
// that they are refused with 400; reasoning_content was seen to be.
func rules() []openaicompat.Rule {
	const refused = "Cerebras refuses it with 400"
	return []openaicompat.Rule{
		{Member: "frequency_penalty", Default: "0", Reason: refused},
		{Member: "presence_penalty", Default: "0", Reason: refused},
		{Member: "logit_bias", Default: "{}", Reason: refused},
		{Member: "messages[].reasoning_content", Reason: refused + "; its own name for it is reasoning"},
		// Deprecated in the SDK types.
		{Member: "max_tokens", Rename: "max_completion_tokens"},
	}
}
