package main

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

// genaiProvider is a provider in genai-prices.
type genaiProvider struct {
	ID     string       `json:"id"`
	Models []genaiModel `json:"models"`
}

type genaiModel struct {
	ID      string `json:"id"`
	Match   clause `json:"match"`
	Context int64  `json:"context_window"`
	// Prices is one object of rates, or a list of them with the condition each holds under.
	Prices any `json:"prices"`
}

// clause is a condition on a model's id.
type clause struct {
	Equals string   `json:"equals"`
	Or     []clause `json:"or"`
}

// ids are those the clause names outright; the rest of it is a pattern.
func (c clause) ids() (ids []string, pattern bool) {
	switch {
	case c.Equals != "":
		return []string{c.Equals}, false
	case len(c.Or) == 0:
		return nil, true
	}
	for _, o := range c.Or {
		more, p := o.ids()
		ids, pattern = append(ids, more...), pattern || p
	}
	return ids, pattern
}

// plugins are the providers taken over, by their names in genai-prices.
func plugins() map[string]string {
	return map[string]string{
		"openrouter": "openrouter", "groq": "groq", "cerebras": "cerebras", "google": "googleai", "openai": "openai",
	}
}

func fromGenAI(providers []genaiProvider, taken string) map[string][]model {
	out := map[string][]model{}
	for _, p := range providers {
		plugin, ok := plugins()[p.ID]
		if !ok {
			continue
		}
		seen := map[string]bool{}
		for _, m := range p.Models {
			if made, ok := m.model(plugin, taken, seen); ok {
				out[plugin] = append(out[plugin], made)
			}
		}
	}
	return out
}

// model is a line of the snapshot; false when it would say nothing. The first of two that claim an id has it.
func (m genaiModel) model(plugin, taken string, seen map[string]bool) (model, bool) {
	ids, pattern := m.Match.ids()
	out := model{ID: m.ID, Versions: pattern, Context: m.Context}
	for _, id := range ids {
		if id != m.ID && belongs(plugin, id) && !seen[id] {
			out.Also = append(out.Also, id)
			seen[id] = true
		}
	}
	if !belongs(plugin, m.ID) || seen[m.ID] {
		return out, false
	}
	seen[m.ID] = true
	prices, err := pricesOf(m.Prices, taken)
	if err != nil {
		slog.Warn("price left out", "plugin", plugin, "model", m.ID, "because", err)
	}
	out.Prices = prices
	if len(prices) == 0 && plugin == "openrouter" && strings.HasSuffix(m.ID, ":free") {
		out.Prices = []map[string]any{{"input": 0.0, "output": 0.0}}
	}
	return out, out.Context > 0 || len(out.Prices) > 0
}

// belongs leaves out what the table lists beside a provider's own ids: models of Vertex AI, which is not the
// Gemini API, and names at OpenRouter from before they had an author.
func belongs(plugin, id string) bool {
	switch plugin {
	case "googleai":
		return strings.HasPrefix(id, "gemini-") || strings.HasPrefix(id, "gemma-")
	case "openrouter":
		return strings.Contains(id, "/")
	default:
		return true
	}
}

// rates are the snapshot's names of what genai-prices charges for. Fees beside the tokens, and the rate of
// cached audio, are left out: "".
func rates() map[string]string {
	return map[string]string{
		"input_mtok": "input", "cache_read_mtok": "cached_input", "cache_write_mtok": "cache_write", "output_mtok": "output",
		"output_reasoning_mtok": "reasoning", "input_audio_mtok": "audio_input",
		"cache_audio_read_mtok": "", "web_searches_kcount": "", "storage_searches_kcount": "",
	}
}

// pricesOf gives the price of the day the snapshot is taken, and those already announced.
func pricesOf(from any, taken string) ([]map[string]any, error) {
	list, ok := from.([]any)
	if !ok {
		list = []any{map[string]any{"prices": from}}
	}
	var out []map[string]any
	for _, one := range list {
		conditional, _ := one.(map[string]any)
		raw, _ := conditional["prices"].(map[string]any)
		price, err := priceOf(raw)
		if err != nil {
			return nil, err
		}
		if condition, ok := conditional["constraint"].(map[string]any); ok {
			since, _ := condition["start_date"].(string)
			if condition["type"] != "start_date" || len(since) != len("2006-01-02") {
				return nil, fmt.Errorf("condition %v is not understood", condition)
			}
			if since <= taken {
				out = nil // what was before no longer matters
			} else {
				price["since"] = since
			}
		}
		if len(raw) > 0 {
			out = append(out, price)
		}
	}
	return out, nil
}

func priceOf(raw map[string]any) (map[string]any, error) {
	out, tiers := map[string]any{}, map[float64]map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		to, known := rates()[name]
		if !known {
			return nil, fmt.Errorf("%s is charged for, which replies do not count apart", name)
		}
		if to == "" {
			continue
		}
		tiered, ok := raw[name].(map[string]any)
		if !ok {
			out[to] = raw[name]
			continue
		}
		out[to] = tiered["base"]
		steps, _ := tiered["tiers"].([]any)
		for _, s := range steps {
			step, _ := s.(map[string]any)
			above, _ := step["start"].(float64)
			if tiers[above] == nil {
				tiers[above] = map[string]any{"above": above}
			}
			tiers[above][to] = step["price"]
		}
	}
	if len(raw) > 0 && out["input"] == nil {
		return nil, fmt.Errorf("input has no price")
	}
	for _, above := range slices.Sorted(maps.Keys(tiers)) {
		list, _ := out["tiers"].([]any)
		out["tiers"] = append(list, tiers[above])
	}
	return out, nil
}
