package host

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

// ConfigError is one mistake in a Config, at a path such as "provider groq, key main".
type ConfigError struct {
	Path    string
	Problem string
}

// Error implements error.
func (e *ConfigError) Error() string { return "config: " + e.Path + ": " + e.Problem }

// validate finds what package hclconfig would have found in a file: a Config may come from anywhere.
func (c Config) validate() error {
	v := &validator{}
	v.unique("provider", len(c.Providers), func(i int) string { return c.Providers[i].Name })
	v.unique("route", len(c.Routes), func(i int) string { return c.Routes[i].Name })
	v.unique("account", len(c.Accounts), func(i int) string { return c.Accounts[i].Name })
	accounts := map[string]bool{}
	for _, a := range c.Accounts {
		accounts[a.Name] = true
		v.name("account "+a.Name, a.Name)
		v.limits("account "+a.Name, a.Limits)
	}
	for _, p := range c.Providers {
		v.provider(p, accounts)
	}
	for _, r := range c.Routes {
		v.route(r)
	}
	v.retry("retry", c.Retry)
	v.timeouts("timeouts", c.Timeouts)
	if c.Budget.Ratio < 0 || c.Budget.PerSecond < 0 {
		v.add("budget", "must not be negative")
	}
	return joinErrors(v.errs)
}

type validator struct{ errs []error }

func (v *validator) add(path, format string, args ...any) {
	v.errs = append(v.errs, &ConfigError{Path: path, Problem: fmt.Sprintf(format, args...)})
}

func (v *validator) provider(p Provider, accounts map[string]bool) {
	at := "provider " + p.Name
	v.name(at, p.Name)
	if p.Plugin != "" {
		v.name(at+", plugin", p.Plugin)
	}
	v.unique(at+", key", len(p.Keys), func(i int) string { return p.Keys[i].Label })
	v.unique(at+", model", len(p.Models), func(i int) string { return p.Models[i].Name })
	for _, k := range p.Keys {
		v.key(at+", key "+printable(k.Label), k, accounts)
	}
	for _, m := range p.Models {
		v.model(at+", model "+printable(m.Name), m)
	}
	v.retry(at+", retry", p.Retry)
	v.timeouts(at+", timeouts", p.Timeouts)
}

func (v *validator) key(at string, k Key, accounts map[string]bool) {
	v.text(at, k.Label, 64)
	if k.Value.IsZero() && k.Missing == "" {
		v.add(at, "has no value; a key that is meant to be absent says why in Missing")
	}
	if strings.ContainsFunc(k.Value.Reveal(), unicode.IsControl) {
		v.add(at, "the value has a control character, such as a line break at its end")
	}
	if k.Account != "" && len(accounts) > 0 && !accounts[k.Account] {
		v.name(at+", account", k.Account)
	}
	if k.DailyLimit < 0 {
		v.add(at, "daily limit %d is negative", k.DailyLimit)
	}
	v.limits(at, k.Limits)
}

func (v *validator) model(at string, m Model) {
	v.text(at, m.Name, 256)
	if m.ID != "" {
		v.text(at+", id", m.ID, 256)
	}
	if m.Context < 0 {
		v.add(at, "context %d is negative", m.Context)
	}
	if m.Price != nil {
		v.price(at+", price", m.Price)
	}
	v.limits(at, m.Limits)
}

func (v *validator) price(at string, p *Price) {
	if p.Input == nil {
		v.add(at, "has no input rate; a model that is free has zeros")
	}
	if err := p.table().Check(); err != nil {
		v.add(at, "%v", err)
	}
}

func (v *validator) route(r Route) {
	at := "route " + printable(r.Name)
	v.text(at, r.Name, 64)
	if r.Name == route.Auto || strings.Contains(r.Name, "/") {
		v.add(at, `a route may not be named "auto" or hold a slash`)
	}
	if len(r.Targets) == 0 {
		v.add(at, "has no targets")
	}
	v.retry(at+", retry", r.Retry)
	v.timeouts(at+", timeouts", r.Timeouts)
}

func (v *validator) retry(at string, r Retry) {
	if r.MaxTries < 0 || r.Delay < 0 || r.MaxDelay < 0 || r.Multiplier < 0 {
		v.add(at, "must not be negative")
	}
	switch r.OnAmbiguous {
	case "", AmbiguousFallback, AmbiguousError:
	default:
		v.add(at, "on_ambiguous %q: want %q or %q", r.OnAmbiguous, AmbiguousFallback, AmbiguousError)
	}
}

func (v *validator) timeouts(at string, t Timeouts) {
	if t.Connect < 0 || t.FirstToken < 0 || t.Unary < 0 || t.Stall < 0 || t.Total < 0 {
		v.add(at, "must not be negative")
	}
}

func (v *validator) limits(at string, l Limits) {
	if l.RequestsPerMinute < 0 || l.RequestsPerDay < 0 || l.TokensPerMinute < 0 || l.TokensPerDay < 0 {
		v.add(at, "limits must not be negative")
	}
}

func (v *validator) name(at, name string) {
	if !sdk.ValidName(name) {
		v.add(printable(at), "name %q: want lower-case letters, digits, dash and underscore, at most 64", name)
	}
}

func (v *validator) text(at, text string, most int) {
	switch {
	case text == "":
		v.add(at, "has no name")
	case len(text) > most:
		v.add(at, "is longer than %d bytes", most)
	case strings.ContainsFunc(text, unicode.IsControl):
		v.add(at, "has a control character")
	}
}

func (v *validator) unique(what string, n int, name func(int) string) {
	seen := map[string]bool{}
	for i := range n {
		if seen[name(i)] {
			v.add(what+" "+printable(name(i)), "is there twice")
		}
		seen[name(i)] = true
	}
}

// printable keeps a name that is itself the mistake from forging the message about it.
func printable(s string) string {
	if len(s) > 64 {
		s = s[:64] + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
}
