package hclconfig

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/aio-llm/aio/host"
)

// routeName allows what model names look like, because a route may stand in for one ("gpt-4.1").
var routeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$`)

func (b *block) route(c *host.Config) {
	switch {
	case b.label == "auto":
		b.d.fail(b.labelAt, "a route cannot be named \"auto\"", "That is the built-in route over all providers. Choose another name.")
	case strings.Contains(b.label, "/"):
		b.d.failf(b.labelAt, "A slash stands between a provider and its model. Choose another name.", "the route name %s holds a slash", quote(b.label))
	case !routeName.MatchString(b.label):
		b.d.failf(b.labelAt, "A route name is letters, digits, dot, dash, colon and underscore, begins with a letter or digit and has at most 64 characters.",
			"%s is no name for a route", quote(b.label))
	}
	r := host.Route{Name: b.label}
	given := false
	b.decode(attrs{
		"targets": func(a *attribute) {
			given = true
			seen := map[string]bool{}
			texts(&r.Targets, func(target string, a *attribute, i int) {
				at := a.item(i)
				if seen[target] {
					a.d.failf(at, "Remove one of them.", "target %s is named twice", quote(target))
				}
				seen[target] = true
				a.d.later(func() { a.d.checkTarget(c, target, at) })
			})(a)
			if r.Targets != nil && len(r.Targets) == 0 {
				a.failf("Name at least one: targets = [\"provider/model\"]", "%s has no targets", b.where())
			}
		},
	}, blocks{
		"retry":    once(func(b *block) { b.retry(&r.Retry, nil) }),
		"timeouts": once(func(b *block) { b.timeouts(&r.Timeouts) }),
	})
	if !given {
		b.d.failf(b.at, "Add: targets = [\"provider/model\"]", "%s has no targets", b.where())
	}
	c.Routes = append(c.Routes, r)
}

// checkTarget reports a target that names nothing.
func (d *decoder) checkTarget(c *host.Config, target string, at hcl.Range) {
	name, model, hasModel := strings.Cut(target, "/")
	var names []string
	for i := range c.Providers {
		names = append(names, c.Providers[i].Name)
		if c.Providers[i].Name == name {
			d.checkTargetModel(&c.Providers[i], model, hasModel, at)
			return
		}
	}
	for _, r := range c.Routes {
		if r.Name == target {
			d.failf(at, "Name its targets here instead.", "target %s is a route; routes do not lead to routes", quote(target))
			return
		}
	}
	for _, p := range c.Providers {
		for _, m := range p.Models {
			if m.Name == target || m.ID == target { // a slash in the model's name, or no provider
				d.failf(at, fmt.Sprintf("Did you mean %q?", p.Name+"/"+m.Name), "target %s does not name a provider", quote(target))
				return
			}
		}
	}
	d.failf(at, didYouMean(name, names, "provider"), "unknown provider %s in target %s", quote(name), quote(target))
}

func (d *decoder) checkTargetModel(p *host.Provider, model string, hasModel bool, at hcl.Range) {
	if p.Disabled {
		d.warn(at, fmt.Sprintf("provider %s is not active", quote(p.Name)), "This target is passed over until it is.")
	}
	if !hasModel || p.AnyModel && model != "" {
		return
	}
	var names []string
	for _, m := range p.Models {
		if m.Name == model {
			return
		}
		names = append(names, m.Name)
	}
	near := nearest(model, names)
	for _, m := range p.Models {
		if m.ID == model && model != "" { // the upstream's name instead of ours
			near = m.Name
		}
	}
	detail := didYouMean(model, names, "model")
	if near != "" {
		detail = fmt.Sprintf("Did you mean %q?", p.Name+"/"+near)
	}
	d.failf(at, detail, "provider %s has no model %s", quote(p.Name), quote(model))
}

func (b *block) reset(to *host.Reset) {
	b.decode(attrs{
		"tz": func(a *attribute) {
			text(&to.TZ)(a)
			if _, err := time.LoadLocation(to.TZ); err != nil || to.TZ == "Local" {
				a.failf(didYouMeanZone(to.TZ), "unknown time zone %s", quote(to.TZ))
			}
		},
		"at": func(a *attribute) {
			text(&to.At)(a)
			if _, err := time.Parse("15:04", to.At); to.At != "" && (err != nil || len(to.At) != len("15:04")) {
				a.failf("Write hours and minutes, for example \"00:00\" or \"17:30\".", "at is no time of day: %s", quote(to.At))
			}
		},
	}, nil)
}

// didYouMeanZone knows the zones whose midnight upstreams reset at, and a few more that people live in.
func didYouMeanZone(given string) string {
	near := nearest(given, []string{"UTC", "America/Los_Angeles", "America/New_York", "Europe/London",
		"Europe/Berlin", "Europe/Paris", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo"})
	if near == "" {
		return "Use a name of the IANA database, for example \"UTC\" or \"America/Los_Angeles\"."
	}
	return fmt.Sprintf("Did you mean %q?", near)
}
