package sdktest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// The models of the simulated upstream.
const (
	chatModel      = "sdktest/chat"
	reasoningModel = "sdktest/reasoning"
	visionModel    = "sdktest/vision"
	embeddingModel = "sdktest/embedding"
)

// Upstream describes the provider's API as the simulator plays it, and what the plugin is to make of it.
type Upstream struct {
	// Dialect is the simulator's.
	Dialect string
	// Settings are the plugin's besides base_url.
	Settings map[string]any
	// Has lists the needs it meets.
	Has []Need
	// Unsupported are request members that the plugin must leave out and report, by path in
	// sdk.Dropped's form, with a value for each. Nil means the upstream takes everything.
	Unsupported map[string]string
	// Renamed are request members that it takes under another name only, with that name.
	Renamed map[string]string
	// Errors are the errors it writes that the simulator names, and what they mean.
	Errors []ErrorRow
	// Inband are the further styles in which it puts an error into a 200, as the simulator names them.
	Inband []string
	// Hints are the places where it says how long to wait, as the simulator names them.
	Hints []string
}

// ErrorRow is what an upstream error must become.
type ErrorRow struct {
	// Error is the simulator's name of it.
	Error string
	// Status is the HTTP status it comes with.
	Status int
	// Kinds are the kinds it may be reported as.
	Kinds []sdk.Kind
	// Scopes are what it may be said to be about; nil means whatever is plausible for the kind.
	Scopes []sdk.Scope
}

// settings is the JSON of a provider block for an upstream at baseURL.
func (u Upstream) settings(baseURL string) (sdk.Settings, error) {
	all := map[string]any{"base_url": baseURL}
	maps.Copy(all, u.Settings)
	return json.Marshal(all)
}

// meets reports whether the upstream has what a case needs.
func (u Upstream) meets(need Need) bool {
	if slices.Contains(u.Has, need) || need == needUnsupported && len(u.Unsupported) > 0 {
		return true
	}
	return slices.ContainsFunc(u.Errors, func(r ErrorRow) bool { return need == needError(r.Error) }) ||
		slices.ContainsFunc(u.Inband, func(style string) bool { return need == needInband(style) }) ||
		slices.ContainsFunc(u.Hints, func(hint string) bool { return need == needHint(hint) })
}

// refusal is the status with which it refuses a key.
func (u Upstream) refusal() int {
	for _, r := range u.Errors {
		if r.Error == simulator.ErrorAuthInvalid {
			return r.Status
		}
	}
	return http.StatusUnauthorized
}

func (u Upstream) models() []simulator.Model {
	return []simulator.Model{
		{ID: chatModel}, {ID: reasoningModel, Reasoning: true}, {ID: visionModel, Vision: true}, {ID: embeddingModel, Embedding: true},
	}
}

// OpenAI is a generic OpenAI-shaped API.
func OpenAI() Upstream {
	return Upstream{
		Dialect: simulator.OpenAI, Has: openaiShaped(), Errors: openaiErrors(),
		Hints: everyHint(),
	}
}

// Groq is api.groq.com.
func Groq() Upstream {
	return Upstream{
		Dialect: simulator.Groq, Has: openaiShaped(), Errors: groqErrors(), Hints: everyHint(), Inband: []string{"x_groq"},
		Unsupported: map[string]string{ // Groq docs: refused with 400
			"logit_bias": `{"42":1}`, "logprobs": `true`, "n": `2`,
		},
	}
}

// OpenRouter is openrouter.ai.
func OpenRouter() Upstream {
	return Upstream{Dialect: simulator.OpenRouter, Has: openaiShaped(), Errors: openrouterErrors(), Hints: everyHint(), Inband: []string{"finish"}}
}

// Cerebras is api.cerebras.ai.
func Cerebras() Upstream {
	return Upstream{
		Dialect: simulator.Cerebras, Has: openaiShaped(), Errors: cerebrasErrors(), Hints: everyHint(),
		// No output limit of the plugin's own, which it would report with every call.
		Settings: map[string]any{"max_completion_tokens": 0},
		Unsupported: map[string]string{ // Cerebras docs: refused with 400
			"logit_bias": `{"42":1}`, "frequency_penalty": `0.5`, "presence_penalty": `0.5`,
		},
		Renamed: map[string]string{"max_tokens": "max_completion_tokens"}, // Cerebras SDK types: deprecated
	}
}

// Nvidia is integrate.api.nvidia.com. It says nowhere how long to wait.
func Nvidia() Upstream {
	return Upstream{
		Dialect: simulator.Nvidia, Has: openaiShaped(), Errors: nvidiaErrors(),
		Hints: []string{simulator.HintRetryAfter, simulator.HintRetryAfterDate, simulator.HintRetryAfterMS},
	}
}

func openaiShaped() []Need {
	return []Need{NeedRelay, NeedSSE, NeedTools, NeedSchema, NeedReasoning, NeedVision}
}

func everyHint() []string {
	return []string{
		simulator.HintRetryAfter, simulator.HintRetryAfterDate, simulator.HintRetryAfterMS, simulator.HintReset, simulator.HintBody,
	}
}
