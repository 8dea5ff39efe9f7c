package googleai

import (
	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// The most each family thinks (Google's documentation); 2.5 flash-lite takes 512 at least, pro 128.
const (
	budgetNone    = 0
	budgetMinimal = 512
	budgetLow     = 1024
	budgetMedium  = 8192
	budgetHigh    = 24576
	budgetPro     = 32768
	leastPro      = 128
)

// thinking maps reasoning_effort and OpenRouter's reasoning object to a budget (2.5) or a level (later).
func (m *mapping) thinking(always bool) {
	effort, path := m.req.ReasoningEffort, "reasoning_effort"
	config := &genai.ThinkingConfig{IncludeThoughts: always}
	if r := m.req.Reasoning; r != nil {
		if r.Effort != "" && effort == "" {
			effort, path = r.Effort, "reasoning.effort"
		} else if r.Effort != "" && r.Effort != effort {
			m.drop("reasoning.effort", "reasoning_effort says otherwise")
		}
		if r.Enabled != nil && !*r.Enabled && effort == "" {
			effort, path = "none", "reasoning.enabled"
		}
		config.IncludeThoughts = config.IncludeThoughts || r.Enabled == nil || *r.Enabled
		if r.Summary != "" && r.Summary != "auto" {
			m.note("reasoning.summary", "Gemini's thoughts are always summaries")
		}
		m.unknown("reasoning", r.Extra)
	}
	switch {
	case m.req.Reasoning != nil && m.req.Reasoning.MaxTokens != nil:
		if effort != "" {
			m.drop(path, "reasoning.max_tokens says it in tokens")
		}
		m.budget(config, "reasoning.max_tokens", *m.req.Reasoning.MaxTokens)
	case effort == "":
	case m.model.byBudget():
		m.effortAsBudget(config, path, effort)
	default:
		m.effortAsLevel(config, path, effort)
	}
	if r := m.req.Reasoning; r != nil && r.Exclude != nil && *r.Exclude {
		config.IncludeThoughts = false
	}
	if *config != (genai.ThinkingConfig{}) {
		m.out.GenerationConfig.ThinkingConfig = config
	}
}

func (m *mapping) budget(config *genai.ThinkingConfig, path string, tokens int64) {
	if tokens < -1 || tokens > 1<<30 {
		m.fail(sdk.KindBadRequest, path, "want a number of tokens")
		return
	}
	budget := int32(tokens)
	config.ThinkingBudget = &budget
	config.IncludeThoughts = budget != 0
}

func (m *mapping) effortAsBudget(config *genai.ThinkingConfig, path, effort string) {
	tokens, known := map[string]int64{
		"none": budgetNone, "minimal": budgetMinimal, "low": budgetLow, "medium": budgetMedium, "high": budgetHigh, "xhigh": budgetHigh,
	}[effort]
	switch {
	case !known:
		m.drop(path, "want none, minimal, low, medium, high or xhigh")
		return
	case effort == "none" && m.model.pro:
		m.note(path, "this model always thinks; it gets the least it takes")
		tokens = leastPro
	case effort == "xhigh" && m.model.pro:
		tokens = budgetPro
	}
	m.budget(config, path, tokens)
	config.IncludeThoughts = effort != "none"
}

func (m *mapping) effortAsLevel(config *genai.ThinkingConfig, path, effort string) {
	level, known := map[string]genai.ThinkingLevel{
		"none": genai.ThinkingLevelMinimal, "minimal": genai.ThinkingLevelMinimal, "low": genai.ThinkingLevelLow,
		"medium": genai.ThinkingLevelMedium, "high": genai.ThinkingLevelHigh, "xhigh": genai.ThinkingLevelHigh,
	}[effort]
	if !known {
		m.drop(path, "want none, minimal, low, medium, high or xhigh")
		return
	}
	if level == genai.ThinkingLevelMinimal && m.model.pro {
		level = genai.ThinkingLevelLow // the pro models have no MINIMAL
	}
	if effort == "none" || effort == "minimal" && level == genai.ThinkingLevelLow {
		m.note(path, "the least this model can think is "+string(level))
	}
	config.ThinkingLevel = level
	config.IncludeThoughts = effort != "none"
}
