package hclconfig

import (
	"embed"
	"fmt"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

//go:embed starter/*.hcl
var starters embed.FS

// StarterProviders are the providers Starter knows by heart, in the order it writes them.
func StarterProviders() []string {
	return []string{"groq", "cerebras", "openrouter", "googleai", "nvidia"}
}

// Starter returns a small commented configuration for the given providers, for a newcomer to fill in; none
// means StarterProviders, with a block for OpenAI that is commented out, since it has no free plan. A provider it does not know gets a block to complete. Names that are no provider
// names are left out.
func Starter(providers ...string) []byte {
	paid := ""
	if len(providers) == 0 {
		providers, paid = StarterProviders(), commentedOut(starterPart("openai"))
	}
	var b strings.Builder
	b.WriteString(starterPart("head"))
	var targets []string
	for _, name := range providers {
		if !sdk.ValidName(name) {
			continue
		}
		part := starterPart(name)
		if part == "" {
			part = starterUnknown(name)
		}
		b.WriteString(part)
		targets = append(targets, fmt.Sprintf("%q", name))
	}
	b.WriteString(paid)
	if len(targets) > 0 {
		fmt.Fprintf(&b, `
# A route is a name for targets in order: aio chat --route fallback "..."
route "fallback" {
  targets = [%s]
}
`, strings.Join(targets, ", "))
	}
	return []byte(b.String())
}

// commentedOut keeps blank lines, and what is a comment already.
func commentedOut(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" && !strings.HasPrefix(line, "#") {
			b.WriteString("# ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func starterPart(name string) string {
	text, err := starters.ReadFile("starter/" + name + ".hcl")
	if err != nil {
		return ""
	}
	return string(text)
}

func starterUnknown(name string) string {
	variable := strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "_API_KEY"
	if !validVariable(variable) { // a name may begin with a digit, a variable may not
		variable = "_" + variable
	}
	return fmt.Sprintf(`
provider %q {
  key "main" {
    value = env(%q)
  }

  any_model = true # or list them: model "name" {}
}
`, name, variable)
}
