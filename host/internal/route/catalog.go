package route

import (
	"cmp"
	"slices"
	"strings"
)

// Auto is the name of the default route: every provider by priority.
const Auto = "auto"

// Model is one model of a provider.
type Model struct {
	// Name is what requests say, ID what the upstream says.
	Name     string
	ID       string
	Priority int
	Disabled bool
	// Context is in tokens; 0 is unknown.
	Context int64
	// Features is nil when unknown.
	Features []string
}

// Provider is one upstream.
type Provider struct {
	Name     string
	Priority int
	Disabled bool
	AnyModel bool
	Models   []Model
}

// Alias is a named list of targets, each "provider/model" or "provider".
type Alias struct {
	Name    string
	Targets []string
}

// Target is one model at one provider.
type Target struct {
	Provider string
	// Model is the public name, ID the upstream's.
	Model string
	ID    string
	// Unlisted tells that no configuration names the model: its provider takes any.
	Unlisted bool

	context  int64
	features []string
}

// String returns "provider/model".
func (t Target) String() string { return t.Provider + "/" + t.Model }

// Catalog is what can be asked for.
type Catalog struct {
	providers map[string]Provider
	auto      []Target
	aliases   map[string][]Target
	// byID lists the targets of an upstream id or public model name.
	byID map[string][]Target
	off  map[string]string // disabled targets and providers, with the reason
}

// New returns the catalog of these providers and aliases. Alias targets that do not resolve are an
// *UnknownError. Order inside equal priorities is that of the arguments.
func New(providers []Provider, aliases []Alias) (*Catalog, error) {
	c := &Catalog{
		providers: map[string]Provider{}, aliases: map[string][]Target{},
		byID: map[string][]Target{}, off: map[string]string{},
	}
	ordered := slices.Clone(providers)
	slices.SortStableFunc(ordered, func(a, b Provider) int { return cmp.Compare(b.Priority, a.Priority) })
	for _, p := range ordered {
		p.Models = slices.Clone(p.Models)
		slices.SortStableFunc(p.Models, func(a, b Model) int { return cmp.Compare(b.Priority, a.Priority) })
		c.providers[p.Name] = p
		for _, m := range p.Models {
			t := target(p, m)
			switch {
			case p.Disabled:
				c.off[t.String()] = "provider " + p.Name + " is not active"
			case m.Disabled:
				c.off[t.String()] = "model " + t.String() + " is not active"
			default:
				c.auto = append(c.auto, t)
			}
			c.byID[m.Name] = append(c.byID[m.Name], t)
			if m.ID != m.Name {
				c.byID[m.ID] = append(c.byID[m.ID], t)
			}
		}
	}
	for _, a := range aliases {
		for _, name := range a.Targets {
			targets, err := c.resolveTarget(name)
			if err != nil {
				return nil, err
			}
			c.aliases[a.Name] = append(c.aliases[a.Name], targets...)
		}
	}
	return c, nil
}

func target(p Provider, m Model) Target {
	id := m.ID
	if id == "" {
		id = m.Name
	}
	return Target{Provider: p.Name, Model: m.Name, ID: id, context: m.Context, features: m.Features}
}

// Names returns every route name and "provider/model", routes first, each group sorted.
func (c *Catalog) Names() []string {
	var routes, models []string
	for name := range c.aliases {
		routes = append(routes, name)
	}
	for _, p := range c.providers {
		for _, m := range p.Models {
			models = append(models, p.Name+"/"+m.Name)
		}
	}
	slices.Sort(routes)
	slices.Sort(models)
	return append(routes, models...)
}

// resolveTarget reads "provider/model" or "provider".
func (c *Catalog) resolveTarget(name string) ([]Target, error) {
	if p, ok := c.providers[name]; ok {
		targets := make([]Target, 0, len(p.Models))
		for _, m := range p.Models {
			targets = append(targets, target(p, m))
		}
		return targets, nil
	}
	if t, ok := c.qualified(name); ok {
		t.Unlisted = false // the route names it
		return []Target{t}, nil
	}
	return nil, c.unknown(name)
}

// qualified reads "provider/model" where that provider lists the model, by its name or its upstream id, or
// takes any.
func (c *Catalog) qualified(name string) (Target, bool) {
	provider, model, ok := strings.Cut(name, "/")
	if !ok {
		return Target{}, false
	}
	p, ok := c.providers[provider]
	if !ok || model == "" {
		return Target{}, false
	}
	for _, m := range p.Models {
		if m.Name == model {
			return target(p, m), true
		}
	}
	for _, m := range p.Models {
		if m.ID == model {
			return target(p, m), true
		}
	}
	if p.AnyModel {
		t := target(p, Model{Name: model})
		t.Unlisted = true
		return t, true
	}
	return Target{}, false
}
