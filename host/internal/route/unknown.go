package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// UnknownError says that a name stands for nothing, or for several things.
type UnknownError struct {
	Name string
	// Candidates are the targets the name could mean; empty when there is none.
	Candidates []string
	// Nearest are the known names most like it; empty when none is near.
	Nearest []string
	// Listed are some of the models of the provider that the name begins with; empty when there is no such
	// provider or a nearer name.
	Listed []string
}

// Error implements error.
func (e *UnknownError) Error() string {
	switch {
	case len(e.Candidates) > 0:
		return fmt.Sprintf("model %q is ambiguous; say which of %s", e.Name, strings.Join(e.Candidates, ", "))
	case len(e.Nearest) > 0:
		return fmt.Sprintf("unknown model or route %q; did you mean %s?", e.Name, strings.Join(e.Nearest, " or "))
	case len(e.Listed) > 0:
		provider, model, _ := strings.Cut(e.Name, "/")
		return fmt.Sprintf("provider %s lists no model %q, but %s", provider, model, strings.Join(e.Listed, ", "))
	default:
		return fmt.Sprintf("unknown model or route %q", e.Name)
	}
}

// A longer name is an attack or a mistake; comparing it with all others would be work for nothing.
const maxCompared = 200

func (c *Catalog) unknown(name string) *UnknownError {
	e := &UnknownError{Name: name}
	for _, t := range c.byID[name] {
		e.Candidates = append(e.Candidates, t.String())
	}
	if len(e.Candidates) > 0 || len(name) > maxCompared {
		return e
	}
	type near struct {
		name     string
		distance int
	}
	var found []near
	for _, known := range append(c.Names(), Auto) {
		short := known[strings.IndexByte(known, '/')+1:]
		d := min(levenshtein.Distance(name, known, nil), levenshtein.Distance(name, short, nil))
		if d <= max(2, len(name)/3) {
			found = append(found, near{known, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.distance - b.distance })
	for _, n := range found[:min(3, len(found))] {
		e.Nearest = append(e.Nearest, n.name)
	}
	if len(e.Nearest) == 0 {
		provider, _, _ := strings.Cut(name, "/")
		for _, m := range c.providers[provider].Models {
			e.Listed = append(e.Listed, m.Name)
		}
		e.Listed = e.Listed[:min(5, len(e.Listed))]
	}
	return e
}
