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
func StarterProviders() []string { return []string{"groq", "openrouter"} }

// Starter returns a small commented configuration for the given providers, for a newcomer to fill in; none
// means StarterProviders. A provider it does not know gets a block to complete. Names that are no provider
// names are left out.
func Starter(providers ...string) []byte {
	if len(providers) == 0 {
		providers = StarterProviders()
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
