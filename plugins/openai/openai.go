package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// Version is the plugin's own.
const Version = "0.1.0"

const baseURL = "https://api.openai.com/v1"

// Plugin describes the openai provider.
func Plugin() sdk.Plugin {
	return sdk.Plugin{Name: "openai", Version: Version, Settings: openaicompat.Settings(dialect(), ownSettings()...), Open: open}
}

func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{
		Name: "openai", BaseURL: baseURL,
		Errors: errorRules(), Message: message,
		StreamUsage: true,
		// OpenAI docs: the three triples, resets as Go durations. They are about minutes, except for models with
		// a daily request limit.
		Limits: []openaicompat.LimitHeader{
			{Name: "requests", Unit: "requests", Window: "minute"},
			{Name: "tokens", Unit: "tokens", Window: "minute"},
			{Name: "project-tokens", Unit: "tokens", Window: "minute"},
		},
		RequestIDs: []string{"X-Request-Id", "X-Litellm-Call-Id"},
		Embeddings: true,
		KeyNote: func(reply gjson.Result) string {
			return fmt.Sprintf("the key sees %d models", reply.Get("data.#").Int())
		},
	}
}

// provider is an API that may have no list of models.
type provider struct{ openaicompat.EmbeddingProvider }

func open(_ context.Context, setup sdk.Setup) (sdk.Provider, error) {
	var own settings
	if err := setup.Settings.Decode(&own); err != nil {
		return nil, err
	}
	d, err := own.dialect()
	if err != nil {
		return nil, err
	}
	p, err := openaicompat.New(d, own.Options)
	if err != nil {
		return nil, err
	}
	return provider{openaicompat.EmbeddingProvider{Provider: p}}, nil
}

// ListModels implements sdk.ModelLister.
func (p provider) ListModels(ctx context.Context, call *sdk.Call) ([]sdk.Model, error) {
	models, err := p.EmbeddingProvider.ListModels(ctx, call)
	return models, unlisted(err)
}

// ValidateKey implements sdk.KeyValidator.
func (p provider) ValidateKey(ctx context.Context, call *sdk.Call) (string, error) {
	note, err := p.EmbeddingProvider.ValidateKey(ctx, call)
	return note, unlisted(err)
}

// unlisted is the error of an API without a list of models: that says nothing about any model or key.
func unlisted(err error) error {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		none := *e
		none.Kind, none.Scope = sdk.KindUnsupported, sdk.ScopeNone
		none.Message = fmt.Sprintf("the API has no list of models (HTTP %d), with which keys are checked too; if it should have one, check base_url", e.Status)
		return &none
	}
	return err
}
