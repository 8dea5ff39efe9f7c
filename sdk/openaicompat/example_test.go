package openaicompat_test

import (
	"context"
	"fmt"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// A whole provider plugin: its main would be sdk.Serve(plugin).
func Example() {
	acme := openaicompat.Dialect{
		Name: "acme", BaseURL: "https://api.acme.example/v1", SignupURL: "https://acme.example/keys",
		Rules: []openaicompat.Rule{
			{Member: "logit_bias", Reason: "acme refuses it with 400"},
			{Member: "max_tokens", Rename: "max_completion_tokens"},
		},
		Errors: []openaicompat.ErrorRule{
			{Status: 429, Codes: []string{"queue_full"}, Kind: sdk.KindOverloaded},
		},
		Limits: []openaicompat.LimitHeader{{Name: "requests-day", Unit: "requests", Window: "day"}},
	}
	plugin := sdk.Plugin{
		Name: acme.Name, Version: "1.0.0", Settings: openaicompat.Settings(acme),
		Open: func(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
			return openaicompat.Open(ctx, acme, setup)
		},
	}
	for _, s := range plugin.Settings {
		fmt.Println(s.Name, s.Type)
	}
	// Output:
	// base_url string
	// headers map(string)
	// unsupported_params string
	// allow_insecure_http bool
}
