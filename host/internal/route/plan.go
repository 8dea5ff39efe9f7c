package route

import (
	"fmt"
	"slices"
)

// Mode is how a plan came about, which decides what the caller is told when its only target refuses.
type Mode string

// The modes.
const (
	ModeAuto   Mode = "auto"
	ModeRoute  Mode = "route"
	ModeDirect Mode = "direct"
)

// Needs is what a request asks of a model.
type Needs struct {
	// Features are names as in Model.Features.
	Features []string
	// Tokens is the least the request takes of the window: prompt and wanted output; 0 is unknown.
	Tokens int64
}

// Plan is what to try, in order.
type Plan struct {
	Requested string
	Mode      Mode
	Targets   []Target
	// Dropped are the targets left out, with the reason.
	Dropped []Drop
}

// Drop is a target left out of a plan.
type Drop struct {
	Target Target
	Reason string
}

// Plan resolves a requested model name. It may be a route, "provider/model", a model name or upstream id
// that exactly one provider lists, or Auto. A name that resolves to nothing is an *UnknownError; a plan
// whose targets were all dropped is returned as it is.
func (c *Catalog) Plan(requested string, needs Needs) (Plan, error) {
	plan := Plan{Requested: requested}
	candidates, mode, err := c.resolve(requested)
	if err != nil {
		return plan, err
	}
	plan.Mode = mode
	plan.Targets = make([]Target, 0, len(candidates))
	for _, t := range candidates {
		if reason := c.unfit(t, needs); reason != "" {
			plan.Dropped = append(plan.Dropped, Drop{Target: t, Reason: reason})
			continue
		}
		plan.Targets = append(plan.Targets, t)
	}
	return plan, nil
}

func (c *Catalog) resolve(name string) ([]Target, Mode, error) {
	if name == Auto {
		return c.auto, ModeAuto, nil
	}
	if targets, ok := c.aliases[name]; ok {
		return targets, ModeRoute, nil
	}
	if t, ok := c.qualified(name); ok {
		return []Target{t}, ModeDirect, nil
	}
	if targets := c.byID[name]; len(targets) == 1 {
		return targets, ModeDirect, nil
	}
	return nil, "", c.unknown(name)
}

// unfit says why the target cannot serve the request; empty when it may. What is unknown of a model counts
// as possible: the upstream knows better.
func (c *Catalog) unfit(t Target, needs Needs) string {
	if p := c.providers[t.Provider]; p.Disabled {
		return "provider " + t.Provider + " is not active"
	}
	if reason, off := c.off[t.String()]; off {
		return reason
	}
	if t.features != nil {
		for _, f := range needs.Features {
			if !slices.Contains(t.features, f) {
				return "model has no " + f
			}
		}
	}
	if t.context > 0 && needs.Tokens > t.context {
		return fmt.Sprintf("request needs about %d tokens, model takes %d", needs.Tokens, t.context)
	}
	return ""
}
