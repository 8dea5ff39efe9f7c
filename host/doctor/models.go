package doctor

import (
	"slices"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

// Lists reports whether an upstream's list has the model, or may have it: some ways of writing an id name a
// model that is listed otherwise, and aliases need not be listed at all.
func Lists(listed []sdk.Model, id, plugin string) bool {
	return isListed(listed, id, plugin) || isAlias(id, plugin)
}

func isListed(listed []sdk.Model, id, plugin string) bool {
	names := spellings(id, plugin)
	return slices.ContainsFunc(listed, func(m sdk.Model) bool { return slices.Contains(names, m.ID) })
}

// spellings are the listed ids that mean the model.
func spellings(id, plugin string) []string {
	out := []string{id}
	switch plugin {
	case "googleai":
		out = append(out, strings.TrimPrefix(id, "models/"))
	case "openrouter":
		// These suffixes choose among the providers of a model, or how it answers (OpenRouter docs); :free is
		// a model of its own.
		for _, suffix := range []string{":nitro", ":floor", ":online", ":thinking", ":exacto"} {
			if base, ok := strings.CutSuffix(id, suffix); ok {
				out = append(out, base)
			}
		}
	case "openai":
		if !strings.Contains(id, ":") {
			out = append(out, id+":latest") // Ollama's default tag
		}
	}
	return out
}

// isAlias reports names that stand for a model the provider chooses: a family's latest, or whatever fits.
func isAlias(id, plugin string) bool {
	switch plugin {
	case "openrouter":
		return strings.HasPrefix(id, "~") || strings.HasPrefix(id, "openrouter/")
	case "googleai":
		return strings.HasSuffix(id, "-latest")
	default:
		return false
	}
}
