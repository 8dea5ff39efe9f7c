package nvidia

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// Version is the plugin's own.
const Version = "0.1.0"

const inputType = "input_type"

// Plugin describes the nvidia provider.
func Plugin() sdk.Plugin {
	return sdk.Plugin{
		Name: "nvidia", Version: Version,
		Settings: openaicompat.Settings(dialect(),
			sdk.Setting{
				Name: inputType, Type: sdk.String, Values: []string{"query", "passage"},
				Doc: "what the texts of embeddings requests are when the requests do not say; models that embed the two apart want to know",
			},
			sdk.Setting{Name: "stream_usage", Type: sdk.Bool, Default: true, Doc: "ask for token counts at the end of streams (stream_options.include_usage)"},
		),
		Open: open,
	}
}

type settings struct {
	InputType   string `json:"input_type"`
	StreamUsage *bool  `json:"stream_usage"`
}

func open(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
	var own settings
	if err := setup.Settings.Decode(&own); err != nil {
		return nil, err
	}
	d := dialect()
	switch own.InputType {
	case "":
	case "query", "passage":
		d.EmbedDefaults = []openaicompat.Default{{Member: inputType, Value: strconv.Quote(own.InputType)}}
	default:
		return nil, sdk.BadSetting([]string{inputType}, "is %q; want query or passage", own.InputType)
	}
	if own.StreamUsage != nil {
		d.StreamUsage = *own.StreamUsage
	}
	return openaicompat.Open(ctx, d, setup)
}

func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{
		Name: "nvidia", BaseURL: "https://integrate.api.nvidia.com/v1", SignupURL: "https://build.nvidia.com",
		Errors:      errorRules(),
		StreamUsage: true, // NVIDIA docs: the API is vLLM's, which has stream_options.include_usage
		Finishes:    true,
		RequestIDs:  []string{"Nvcf-Reqid", "X-Request-Id"},
		Embeddings:  true,
		KeyNote: func(reply gjson.Result) string {
			return fmt.Sprintf("the key sees %d models", reply.Get("data.#").Int())
		},
	}
}

// errorRules know NVIDIA's errors, {"status":403,"title":"Forbidden","detail":"..."}. Its limits are the
// account's, all models together.
func errorRules() []openaicompat.ErrorRule {
	return []openaicompat.ErrorRule{
		{Status: 401, Kind: sdk.KindAuthInvalid},
		// A refused key is 403, with the title of any 403.
		{Status: 403, When: titled("Forbidden", "Unauthorized"), Kind: sdk.KindAuthInvalid},
		// Of the model's workers, each takes so many requests at a time: nobody's quota.
		{Says: []string{"resourceexhausted", "worker local total request limit"}, Kind: sdk.KindOverloaded},
		{Status: 429, Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount},
		// "Function '...': Not found for account '...'": the model is gone, or not enabled for this account.
		{Status: 404, Says: []string{"not found for account"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel},
		{Status: 410, Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		// vLLM's words; it has no code for these.
		{Status: 400, Says: []string{"maximum context length", "reduce the length"}, Kind: sdk.KindTooLong},
		{Status: 400, Says: []string{"tool choice requires --enable-auto-tool-choice"}, Kind: sdk.KindUnsupported},
	}
}

func titled(titles ...string) func(*openaicompat.Failure) bool {
	return func(f *openaicompat.Failure) bool { return slices.Contains(titles, f.Body.Get("title").Str) }
}
