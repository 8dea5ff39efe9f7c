package main

import (
	"slices"
	"strings"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// upstream is a provider to hold against its real API.
type upstream struct {
	name, variable string
	baseURL        string
	// dialect is the simulator's, model what is asked; its facts are the simulator's model's.
	dialect string
	model   simulator.Model
	// prefix begins the provider's keys: the wrong key looks right.
	prefix string

	key sdk.Secret
}

// wrong is a key the provider has never made.
func (u upstream) wrong() sdk.Secret {
	return sdk.NewSecret(u.prefix + "e2eWrong0000000000000000000000000000000000000000")
}

// upstreams are the providers, with a small model each of the free plan where there is one. Models die: the
// variable AIO_E2E_<NAME>_MODEL names another, AIO_E2E_<NAME>_URL another address.
func upstreams() []upstream {
	return []upstream{
		{
			name: "groq", variable: "GROQ_API_KEY", baseURL: "https://api.groq.com/openai/v1", prefix: "gsk_",
			dialect: simulator.Groq, model: simulator.Model{ID: "openai/gpt-oss-20b", Reasoning: true},
		},
		{
			name: "cerebras", variable: "CEREBRAS_API_KEY", baseURL: "https://api.cerebras.ai/v1", prefix: "csk-",
			dialect: simulator.Cerebras, model: simulator.Model{ID: "gpt-oss-120b", Reasoning: true},
		},
		{
			name: "openrouter", variable: "OPENROUTER_API_KEY", baseURL: "https://openrouter.ai/api/v1", prefix: "sk-or-v1-",
			dialect: simulator.OpenRouter, model: simulator.Model{ID: "openai/gpt-oss-20b:free", Reasoning: true},
		},
		{
			name: "googleai", variable: "GOOGLE_API_KEY", baseURL: "https://generativelanguage.googleapis.com", prefix: "AIza",
			dialect: simulator.Gemini, model: simulator.Model{ID: "gemini-flash-lite-latest"},
		},
		{
			name: "nvidia", variable: "NVIDIA_API_KEY", baseURL: "https://integrate.api.nvidia.com/v1", prefix: "nvapi-",
			dialect: simulator.Nvidia, model: simulator.Model{ID: "openai/gpt-oss-120b", Reasoning: true},
		},
		{
			name: "openai", variable: "OPENAI_API_KEY", baseURL: "https://api.openai.com/v1", prefix: "sk-proj-",
			dialect: simulator.OpenAI, model: simulator.Model{ID: "gpt-5.4-mini"},
		},
	}
}

func upstreamNamed(name string) (upstream, bool) {
	all := upstreams()
	i := slices.IndexFunc(all, func(u upstream) bool { return u.name == name })
	if i < 0 {
		return upstream{}, false
	}
	return all[i], true
}

// chosen splits the providers into those with a key and those without.
func (o options) chosen() (with, without []upstream) {
	for _, u := range upstreams() {
		if len(o.only) > 0 && !slices.Contains(o.only, u.name) {
			continue
		}
		own := "AIO_E2E_" + strings.ToUpper(u.name)
		if model, _ := o.lookup(own + "_MODEL"); model != "" {
			u.model.ID = model
		}
		if url, _ := o.lookup(own + "_URL"); url != "" {
			u.baseURL = strings.TrimRight(url, "/")
		}
		u.model.Dialect = u.dialect
		key, _ := o.lookup(u.variable)
		if key == "" {
			without = append(without, u)
			continue
		}
		u.key = sdk.NewSecret(key)
		with = append(with, u)
	}
	return with, without
}
