package googleai

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

const (
	pageSize = 1000 // the most the API gives
	maxPages = 20
)

// ListModels implements sdk.ModelLister.
func (p *Provider) ListModels(ctx context.Context, call *sdk.Call) ([]sdk.Model, error) {
	w := p.wire(call, nil)
	defer w.close()
	ctx = carry(ctx, w)
	page, err := guarded(w, func() (genai.Page[genai.Model], error) {
		return p.models.List(ctx, &genai.ListModelsConfig{PageSize: pageSize})
	})
	var out []sdk.Model
	for n := 1; ; n++ {
		if err != nil {
			return nil, err
		}
		raw := gjson.GetBytes(w.raw, "models")
		for i, m := range page.Items {
			if m != nil && m.Name != "" {
				out = append(out, modelFrom(m, raw.Get(strconv.Itoa(i))))
			}
		}
		if page.NextPageToken == "" || n == maxPages {
			return out, nil
		}
		page, err = guarded(w, func() (genai.Page[genai.Model], error) { return page.Next(ctx) })
	}
}

func modelFrom(m *genai.Model, raw gjson.Result) sdk.Model {
	out := sdk.Model{
		ID: strings.TrimPrefix(m.Name, "models/"), Name: m.DisplayName,
		Context: int64(m.InputTokenLimit), MaxOutput: int64(m.OutputTokenLimit), Raw: []byte(raw.Raw),
	}
	if m.Thinking {
		out.Features = []string{"reasoning"} // the one the API tells
	}
	return out
}

// ValidateKey implements sdk.KeyValidator: one model of the list is the cheapest there is.
func (p *Provider) ValidateKey(ctx context.Context, call *sdk.Call) (string, error) {
	w := p.wire(call, nil)
	defer w.close()
	page, err := guarded(w, func() (genai.Page[genai.Model], error) {
		return p.models.List(carry(ctx, w), &genai.ListModelsConfig{PageSize: 1})
	})
	if err != nil {
		return "", err
	}
	if len(page.Items) == 0 {
		return "the key sees no models", nil
	}
	return fmt.Sprintf("the key sees models such as %s", strings.TrimPrefix(page.Items[0].Name, "models/")), nil
}

// CountTokens implements sdk.TokenCounter. The whole request is counted, system messages and tools too.
func (p *Provider) CountTokens(ctx context.Context, call *sdk.Call) (sdk.TokenCount, error) {
	req, err := p.mapRequest(ctx, call)
	if err != nil {
		return sdk.TokenCount{}, err
	}
	w := p.wire(call, nil)
	defer w.close()
	req.body["model"] = fullName(call.Model)
	resp, err := guarded(w, func() (*genai.CountTokensResponse, error) {
		return p.models.CountTokens(carry(ctx, w), call.Model, stub(), &genai.CountTokensConfig{
			HTTPOptions: sending(map[string]any{"generateContentRequest": req.body}),
		})
	})
	if err != nil {
		return sdk.TokenCount{}, err
	}
	return sdk.TokenCount{Tokens: int64(resp.TotalTokens)}, nil
}

func fullName(model string) string {
	if strings.HasPrefix(model, "models/") || strings.HasPrefix(model, "tunedModels/") {
		return model
	}
	return "models/" + model
}
