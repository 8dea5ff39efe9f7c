package googleai

import (
	"math"
	"slices"
	"strings"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// sampling maps what steers the choice of words. The numbers have the same meaning and bounds as OpenAI's.
func (m *mapping) sampling() {
	r, g := m.req, &m.out.GenerationConfig
	g.Temperature, g.TopP, g.TopK = r.Temperature, r.TopP, r.TopK
	g.PresencePenalty, g.FrequencyPenalty = r.PresencePenalty, r.FrequencyPenalty
	if r.Seed != nil {
		if *r.Seed < math.MinInt32 || *r.Seed > math.MaxInt32 {
			m.drop("seed", "Gemini's seed has 32 bits")
		} else {
			g.Seed = r.Seed
		}
	}
	if len(r.LogitBias) > 0 {
		m.drop("logit_bias", "the Gemini API has nothing like it")
	}
	on := r.Logprobs != nil && *r.Logprobs
	if on {
		g.ResponseLogprobs = r.Logprobs
	}
	if r.TopLogprobs != nil && *r.TopLogprobs > 0 {
		if on {
			g.Logprobs = r.TopLogprobs
		} else {
			m.drop("top_logprobs", "wants logprobs too")
		}
	}
}

const maxStops = 5 // Gemini takes no more

// length maps what ends a reply.
func (m *mapping) length() {
	r, g := m.req, &m.out.GenerationConfig
	g.MaxOutputTokens = r.MaxCompletionTokens
	if r.MaxTokens != nil {
		switch {
		case g.MaxOutputTokens == nil:
			g.MaxOutputTokens = r.MaxTokens
		case *g.MaxOutputTokens != *r.MaxTokens:
			m.drop("max_tokens", "max_completion_tokens says otherwise")
		}
	}
	if n := g.MaxOutputTokens; n != nil && *n > math.MaxInt32 {
		m.fail(sdk.KindBadRequest, "max_tokens", "is more than a 32-bit number")
	}
	g.StopSequences = r.Stop.Sequences
	if len(g.StopSequences) > maxStops {
		m.drop("stop", "Gemini takes five sequences, the first five are used")
		g.StopSequences = g.StopSequences[:maxStops]
	}
}

// choices maps how many answers, and in what form.
func (m *mapping) choices() {
	m.out.GenerationConfig.CandidateCount = m.req.N
	for _, modality := range m.req.Modalities {
		m.out.GenerationConfig.ResponseModalities = append(m.out.GenerationConfig.ResponseModalities, strings.ToUpper(modality))
	}
	if slices.Equal(m.out.GenerationConfig.ResponseModalities, []string{"TEXT"}) {
		m.out.GenerationConfig.ResponseModalities = nil // it is the default, and some models refuse the member
	}
}

// format maps structured output. The schema goes as JSON Schema, which keeps references and the order of
// members; Gemini's older responseSchema does not.
func (m *mapping) format() {
	f, g := m.req.ResponseFormat, &m.out.GenerationConfig
	if f == nil {
		return
	}
	m.unknown("response_format", f.Extra)
	switch f.Type {
	case "", "text":
	case "json_object":
		g.ResponseMIMEType = "application/json"
	case "json_schema":
		g.ResponseMIMEType = "application/json"
		if s := f.JSONSchema; s != nil {
			g.ResponseJSONSchema = s.Schema
			if s.Description != "" {
				m.note("response_format.json_schema.description", "Gemini takes a schema without one; put it into the schema itself")
			}
			m.unknown("response_format.json_schema", s.Extra)
		}
	default:
		m.drop("response_format", "want text, json_object or json_schema")
	}
}

// delivery maps how the reply is served.
func (m *mapping) delivery() {
	r := m.req
	switch r.ServiceTier {
	case "", "auto":
	case "default":
		m.out.ServiceTier = genai.ServiceTierStandard
	case "standard", "flex", "priority":
		m.out.ServiceTier = genai.ServiceTier(r.ServiceTier)
	default:
		m.drop("service_tier", "want auto, default, flex or priority")
	}
	if r.User != "" {
		m.drop("user", "the Gemini API has nothing like it")
	}
	if len(r.Metadata) > 0 && string(r.Metadata) != "null" && string(r.Metadata) != "{}" {
		m.drop("metadata", "the Gemini API has nothing like it")
	}
	if r.StreamOptions != nil {
		m.unknown("stream_options", r.StreamOptions.Extra)
	}
}
