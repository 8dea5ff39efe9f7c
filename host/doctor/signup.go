package doctor

import (
	"strings"

	"github.com/aio-llm/aio/sdk"
)

// SignUp is the page where keys for a plugin's upstream are made; empty when unknown.
func SignUp(plugin string) string {
	switch plugin {
	case "groq":
		return "https://console.groq.com/keys"
	case "openrouter":
		return "https://openrouter.ai/keys"
	case "cerebras":
		return "https://cloud.cerebras.ai/platform"
	case "googleai":
		return "https://aistudio.google.com/apikey"
	case "nvidia":
		return "https://build.nvidia.com/settings/api-keys"
	case "openai":
		return "https://platform.openai.com/api-keys"
	default:
		return ""
	}
}

// prefix is how the keys of a plugin's upstream begin.
type prefix struct{ plugin, text string }

// prefixes are in the order they are tried, the longer ones first.
func prefixes() []prefix {
	return []prefix{
		{"openrouter", "sk-or-"}, {"groq", "gsk_"}, {"cerebras", "csk-"}, {"nvidia", "nvapi-"},
		{"googleai", "AIza"}, {"googleai", "AQ."},
	}
}

// looksLike returns the plugin whose keys begin as this one does, if it is not the given one. Of upstreams
// whose keys have no known beginning it says nothing: they may look like anything.
func looksLike(key sdk.Secret, plugin string) string {
	known, other := false, ""
	for _, p := range prefixes() {
		known = known || p.plugin == plugin
		if other == "" && strings.HasPrefix(key.Reveal(), p.text) {
			other = p.plugin
		}
	}
	if !known || other == plugin {
		return ""
	}
	return other
}
