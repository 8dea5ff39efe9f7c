package hclconfig

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

const nameRule = "A name is lower-case letters, digits, dash and underscore, begins with a letter or digit and has at most 64 characters."

// checkName reports a label that may not be a name.
func (b *block) checkName() {
	if !sdk.ValidName(b.label) {
		b.d.failf(b.labelAt, nameRule, "%s is no name for %s", quote(b.label), article(b.kind))
	}
}

// checkLabel reports a label that cannot be shown in a line of text or that is a secret itself.
func (b *block) checkLabel(limit int) {
	switch {
	case b.label == "":
		b.d.failf(b.labelAt, "Give it a name.", "%s has an empty name", article(b.kind))
	case len(b.label) > limit:
		b.d.failf(b.labelAt, "", "the name of %s is longer than %d bytes", article(b.kind), limit)
	case strings.ContainsFunc(b.label, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(b.label) != b.label:
		b.d.failf(b.labelAt, "Use letters, digits and punctuation.", "the name of %s holds line breaks, other control characters, or spaces around it", article(b.kind))
	case looksLikeKey(b.label) && b.kind == "key":
		b.d.failf(b.labelAt, "The label names the key everywhere; the key itself goes into value.", "this label looks like a key itself")
	}
}

func article(kind string) string {
	if strings.ContainsAny(kind[:1], "aeiou") {
		return "an " + kind
	}
	return "a " + kind
}

func (b *block) account(c *host.Config) {
	b.checkName()
	a := host.Account{Name: b.label}
	b.decode(nil, blocks{
		"limits": once(func(b *block) { b.limits(&a.Limits) }),
		"reset":  once(func(b *block) { b.reset(&a.Reset) }),
	})
	c.Accounts = append(c.Accounts, a)
}

func (b *block) provider(f *File) {
	b.checkName()
	p := host.Provider{Name: b.label}
	labels := map[sdk.Secret]string{}
	b.decode(attrs{
		"plugin":    b.pluginName(&p.Plugin),
		"priority":  whole(&p.Priority, -maxPriority, maxPriority, ""),
		"active":    inactive(&p.Disabled),
		"proxy":     secretText(&p.Proxy, nil, checkProxy),
		"any_model": boolean(&p.AnyModel),
	}, blocks{
		"settings": once(func(b *block) { b.settings(f, &p) }),
		"retry":    once(func(b *block) { b.retry(&p.Retry, nil) }),
		"timeouts": once(func(b *block) { b.timeouts(&p.Timeouts) }),
		"key":      named("label", func(b *block) { b.key(f, &p, labels) }),
		"model":    named("name", func(b *block) { b.model(&p) }),
	})
	if len(p.Keys) == 0 {
		b.d.warn(b.at, b.where()+" has no key", "Its calls go without one, as an upstream of your own may want it. Otherwise add: key \"main\" { value = env(\"NAME\") }.")
	}
	if len(p.Models) == 0 && !p.AnyModel {
		b.d.fail(b.at, b.where()+" has no model", "Add a model block, or set any_model = true.")
	}
	f.Config.Providers = append(f.Config.Providers, p)
}

func (b *block) pluginName(to *string) func(*attribute) {
	return func(a *attribute) {
		text(to)(a)
		if *to != "" && !sdk.ValidName(*to) {
			a.failf(nameRule+" The binary is aio-provider-<name>.", "%s is no name for a plugin", quote(*to))
		}
	}
}

// checkProxy never shows the address, because a password may be part of it.
func checkProxy(a *attribute, value string, _ bool) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		a.failf("Write it as \"http://host:port\".", "proxy is no address")
		return
	}
	if u.User != nil {
		if password, ok := u.User.Password(); ok {
			a.d.secret(password)
		}
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		a.failf("Use http, https or socks5.", "proxy has an unknown scheme")
	}
}

// features are what the router knows how to ask for.
//
//nolint:gochecknoglobals // a read-only table
var features = []string{"tools", "vision", "audio", "video", "files", "json_schema", "reasoning"}

func (b *block) model(p *host.Provider) {
	b.checkLabel(200)
	if strings.ContainsFunc(b.label, unicode.IsSpace) {
		b.d.failf(b.labelAt, "", "the name of a model holds a space")
	}
	m := host.Model{Name: b.label}
	b.decode(attrs{
		"id":       modelID(&m.ID),
		"priority": whole(&m.Priority, -maxPriority, maxPriority, ""),
		"active":   inactive(&m.Disabled),
		"context":  whole(&m.Context, 1, maxCount, "It is in tokens; leave it out when unknown."),
		"features": texts(&m.Features, oneOfEach("feature", func() []string { return features })),
	}, blocks{
		"limits": once(func(b *block) {
			b.limits(&m.Limits)
			b.d.warn(b.at, "limits of a model are not enforced yet", "Give the account limits, or the keys a daily_limit.")
		}),
		"price": once(func(b *block) { m.Price = b.price() }),
	})
	p.Models = append(p.Models, m)
}

// price reads what a model costs, in place of what the table says.
func (b *block) price() *host.Price {
	p := &host.Price{}
	b.decode(attrs{
		"input":        rate(&p.Input),
		"cached_input": rate(&p.CachedInput),
		"cache_write":  rate(&p.CacheWrite),
		"audio_input":  rate(&p.AudioInput),
		"output":       rate(&p.Output),
		"reasoning":    rate(&p.Reasoning),
	}, nil)
	if b.body.Attributes["input"] == nil {
		b.d.fail(b.at, b.where()+" has no input", "A price names input and, unless the model only embeds, output; both are 0 when it is free.")
	}
	return p
}

// mostUSD for a million tokens is a slip of the decimal point.
const mostUSD = 1_000_000

func rate(to **float64) func(*attribute) {
	return func(a *attribute) {
		*to = new(float64)
		real(*to, 0, mostUSD, "It is in US dollars per million tokens.")(a)
	}
}

func modelID(to *string) func(*attribute) {
	return func(a *attribute) {
		text(to)(a)
		if len(*to) > 200 || strings.ContainsFunc(*to, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }) {
			a.failf("Copy it from the provider's list of models.", "id is too long or holds spaces or control characters")
		}
	}
}

// oneOfEach checks the elements of a list against a closed list.
func oneOfEach(what string, known func() []string) func(string, *attribute, int) {
	return func(s string, a *attribute, i int) {
		for _, k := range known() {
			if s == k {
				return
			}
		}
		a.d.failf(a.item(i), didYouMean(s, known(), what), "unknown %s %s", what, quote(s))
	}
}
