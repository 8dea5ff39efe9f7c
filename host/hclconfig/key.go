package hclconfig

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// owner is the first key with some value.
type owner struct{ provider, label, account string }

// key reads a key of p; labels are those of the keys of p so far, by value.
func (b *block) key(f *File, p *host.Provider, labels map[sdk.Secret]string) {
	b.checkLabel(64)
	k := host.Key{Label: b.label}
	at, missing, given := b.labelAt, unsetError{}, false
	b.decode(attrs{
		"value": func(a *attribute) {
			given, at = true, a.Expr.Range()
			secretText(&k.Value, &missing, checkKey)(a)
		},
		"account":     func(a *attribute) { text(&k.Account)(a); a.checkAccount(&f.Config, k.Account) },
		"priority":    whole(&k.Priority, -maxPriority, maxPriority, ""),
		"active":      inactive(&k.Disabled),
		"daily_limit": whole(&k.DailyLimit, 1, maxCount, leaveOut),
	}, blocks{
		"limits": once(func(b *block) { b.limits(&k.Limits) }),
	})
	if !given {
		b.d.failf(b.labelAt, "Add: value = env(\"NAME\")", "%s has no value", b.where())
	}
	if missing.variable != "" {
		k.Missing = missing.Error()
		f.Unset = append(f.Unset, UnsetKey{p.Name, k.Label, missing.variable})
	}
	if !k.Value.IsZero() {
		if before, again := labels[k.Value]; again {
			b.d.failf(at, "Remove one of them: a key counts once, however often it is written.",
				"keys %s and %s of provider %s have the same value", quote(before), quote(k.Label), quote(p.Name))
		}
		labels[k.Value] = k.Label
		b.sharedKey(owner{p.Name, k.Label, k.Account}, k.Value, at)
	}
	p.Keys = append(p.Keys, k)
}

// checkKey reports what cannot be sent in a header, and keys written into the file.
func checkKey(a *attribute, value string, literal bool) {
	if strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) || r == ' ' }) {
		a.failf("Copy it again; it is one line of letters, digits and punctuation.",
			"the value of %s holds a space, a line break or another character no key has", a.where)
		return
	}
	if literal {
		a.d.warn(a.Expr.Range(), "the value of "+a.where+" is written into the file",
			"Whoever reads the file has the key. Write value = env(\"NAME\") or value = file(\"path\") instead.")
	}
}

func (a *attribute) checkAccount(c *host.Config, name string) {
	if name == "" {
		return
	}
	a.d.later(func() {
		var known []string
		for _, account := range c.Accounts {
			if account.Name == name {
				return
			}
			known = append(known, account.Name)
		}
		detail := didYouMean(name, known, "account")
		if sdk.ValidName(name) && nearest(name, known) == "" {
			detail = fmt.Sprintf("Add: account \"%s\" { }", name)
		}
		a.failf(detail, "unknown account %s", quote(name))
	})
}

// sharedKey warns when another provider has the same key and nothing says that they share its limits.
func (b *block) sharedKey(this owner, value sdk.Secret, at hcl.Range) {
	first, again := b.d.owners[value]
	if !again {
		b.d.owners[value] = this
		return
	}
	if first.provider != this.provider && (this.account == "" || this.account != first.account) {
		b.d.warn(at, fmt.Sprintf("key %s of provider %s has the same value as key %s of provider %s",
			quote(this.label), quote(this.provider), quote(first.label), quote(first.provider)),
			"Give both the same account, so that their limits are counted together.")
	}
}
