package sdktest_test

import (
	"context"
	"testing"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/sdktest"
	"github.com/aio-llm/aio/sdk/sdktest/sdktesting"
)

// dialect is a generic OpenAI-shaped provider.
func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{Name: "sound", BaseURL: "https://api.sound.invalid/v1", StreamUsage: true, Embeddings: true,
		Limits: []openaicompat.LimitHeader{{Name: "requests", Unit: "requests", Window: "minute"}}}
}

// sound is a provider that does everything right; wrap, when not nil, breaks it.
func sound(wrap func(sdk.Provider) sdk.Provider) sdk.Plugin {
	return sdk.Plugin{
		Name: "sound", Version: "1", Settings: openaicompat.Settings(dialect()),
		Open: func(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
			p, err := openaicompat.Open(ctx, dialect(), setup)
			if err != nil || wrap == nil {
				return p, err
			}
			return wrap(p), nil
		},
	}
}

func TestASoundProviderPasses(t *testing.T) {
	t.Parallel()
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.InProcess(sound(nil)), Upstream: sdktest.OpenAI(), Large: true})
}
