package simulator

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
)

// catalog is what a dialect serves: the models configured for it, or its own
// default list when there are none.
func catalog(d dialect, configured []Model) []Model {
	var out []Model
	for _, m := range configured {
		if m.Dialect == "" || m.Dialect == d.name() {
			out = append(out, m)
		}
	}
	if out == nil {
		return d.models()
	}
	return out
}

// listed is a model in OpenAI's list; the last three fields are recalled for
// Groq and left out unless asked for.
type listed struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
	Active  *bool  `json:"active,omitempty"`
	Context int    `json:"context_window,omitempty"`
	Output  int    `json:"max_completion_tokens,omitempty"`
}

// released is the date all models carry: 2025-01-01.
const released = 1735689600

func listing(m Model) listed {
	owner, _, found := strings.Cut(m.ID, "/")
	if !found {
		owner = "system"
	}
	return listed{ID: m.ID, Object: "model", Created: released, OwnedBy: owner}
}

func modelList(c *call) ([]byte, *apiError) { return listModels(c, listing) }

func groqModels(c *call) ([]byte, *apiError) {
	return listModels(c, func(m Model) listed {
		l := listing(m)
		if c.unconfirmed {
			active := true
			l.Active, l.Context, l.Output = &active, m.Context, m.MaxOutput
		}
		return l
	})
}

func listModels(c *call, entry func(Model) listed) ([]byte, *apiError) {
	data := []listed{}
	for _, m := range c.models {
		if !m.Retired {
			data = append(data, entry(m))
		}
	}
	return encode(struct {
		Object string   `json:"object"`
		Data   []listed `json:"data"`
	}{"list", data}), nil
}

func modelPage(c *call) ([]byte, *apiError) {
	c.model = strings.TrimPrefix(c.rest, "/models/")
	m := c.find(c.model, nil)
	if m == nil || m.Retired {
		return nil, c.dialect.failure(c, failing{name: ErrorModelNotFound})
	}
	return encode(listing(*m)), nil
}

// openrouterModels: OpenRouter SDK types; prices are USD a token, as strings.
func openrouterModels(c *call) ([]byte, *apiError) {
	data := []any{}
	for _, m := range c.models {
		if !m.Retired {
			data = append(data, openrouterModel(m))
		}
	}
	return encode(map[string]any{"data": data}), nil
}

func openrouterModel(m Model) any {
	input, params := []string{"text"}, []string{"max_tokens", "response_format", "seed", "stop", "structured_outputs", "temperature", "top_p"}
	if m.Vision {
		input = append(input, "image")
	}
	if !m.NoTools {
		params = append(params, "tool_choice", "tools")
	}
	if m.Reasoning {
		params = append(params, "include_reasoning", "reasoning")
	}
	price := map[string]string{"prompt": "0.0000001", "completion": "0.0000004"}
	if strings.HasSuffix(m.ID, ":free") || m.ID == "openrouter/free" {
		price = map[string]string{"prompt": "0", "completion": "0"}
	}
	return map[string]any{
		"id": m.ID, "canonical_slug": strings.TrimSuffix(m.ID, ":free"), "name": m.ID, "created": released,
		"context_length": m.Context, "pricing": price, "supported_parameters": params,
		"architecture": map[string]any{"input_modalities": input, "output_modalities": []string{"text"}, "tokenizer": "Other"},
		"top_provider": map[string]any{"context_length": m.Context, "max_completion_tokens": orNull(m.MaxOutput), "is_moderated": false},
	}
}

func orNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// keyPage is OpenRouter's GET /key (OpenRouter docs).
func keyPage(c *call) ([]byte, *apiError) {
	limit := orElseInt(c.key.DailyLimit, 50)
	used := c.standing.day.used
	return encode(map[string]any{"data": map[string]any{
		"label": c.key.Label, "limit": nil, "limit_remaining": nil, "limit_reset": nil, "usage": 0, "usage_daily": 0,
		"is_free_tier": true, "expires_at": nil,
		"free_model_daily_requests": map[string]int{"limit": limit, "remaining": max(limit-used, 0), "used": used},
	}}), nil
}

func orElseInt(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

func creditsPage(*call) ([]byte, *apiError) {
	return encode(map[string]any{"data": map[string]float64{"total_credits": 10, "total_usage": 0}}), nil
}

// embeddings answers with vectors that depend on the text only.
func embeddings(c *call) ([]byte, *apiError) {
	known, e := c.lookup("", nil)
	if e != nil {
		return nil, e
	}
	inputs, ok := embeddingInputs(c.tree["input"])
	if !ok {
		return nil, invalid("input", "Invalid 'input': expected a non-empty string, array of strings, or array of tokens.")
	}
	form, _ := c.tree.str("encoding_format")
	if c.tree.has("encoding_format") && form != "float" && form != "base64" {
		return nil, invalid("encoding_format", "Invalid value for 'encoding_format': expected 'float' or 'base64'.")
	}
	size, whole := c.tree.integer("dimensions")
	if c.tree.has("dimensions") && (!whole || size < 1 || size > 4096) {
		return nil, invalid("dimensions", "Invalid value for 'dimensions'.")
	}
	data, words := []any{}, 0
	for i, text := range inputs {
		words += max(len(strings.Fields(text)), 1)
		floats := vector(text, orElseInt(size, 8))
		var v any = floats
		if form == "base64" {
			v = base64.StdEncoding.EncodeToString(littleEndian(floats))
		}
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": v})
	}
	return encode(map[string]any{
		"object": "list", "data": data, "model": known.ID, "usage": map[string]int{"prompt_tokens": words, "total_tokens": words},
	}), nil
}

// embeddingInputs reads a text, a list of texts, tokens, or a list of tokens.
func embeddingInputs(v any) ([]string, bool) {
	switch in := v.(type) {
	case string:
		return []string{in}, in != ""
	case []any:
		if len(in) == 0 || len(in) > 2048 { // OpenAI API reference: at most 2048 inputs
			return nil, false
		}
		if _, isToken := in[0].(json.Number); isToken {
			return []string{encodeText(in)}, true
		}
		out := make([]string, len(in))
		for i, item := range in {
			switch one := item.(type) {
			case string:
				out[i] = one
			case []any:
				out[i] = encodeText(one)
			}
			if out[i] == "" {
				return nil, false
			}
		}
		return out, true
	}
	return nil, false
}

// vector is a unit vector made from the text's hash.
func vector(text string, size int) []float32 {
	out, sum := make([]float32, size), 0.0
	for i := range out {
		h := fnv.New32a()
		h.Write([]byte(text + "\x00" + strconv.Itoa(i)))
		f := float64(h.Sum32())/math.MaxUint32*2 - 1
		out[i] = float32(f)
		sum += f * f
	}
	for i := range out {
		out[i] /= float32(math.Sqrt(sum))
	}
	return out
}

func littleEndian(v []float32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, f := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
	}
	return out
}
