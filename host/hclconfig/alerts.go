package hclconfig

import (
	"strings"
	"time"

	"github.com/aio-llm/aio/host/alerts"
)

func (b *block) alerts(c *alerts.Config) {
	b.decode(attrs{
		"error_rate":   share(&c.ErrorRate),
		"key_use":      share(&c.KeyUse),
		"slow":         duration(&c.Slow, maxWait),
		"slow_share":   real(&c.SlowShare, 0.001, 0.999, ""),
		"down_for":     duration(&c.DownFor, maxWait),
		"window":       duration(&c.Window, maxWait),
		"min_requests": whole(&c.MinRequests, 1, maxCount, ""),
		"every":        duration(&c.Every, time.Hour),
	}, blocks{
		"webhook": once(func(b *block) { b.webhook(&c.Webhook) }),
	})
	if err := c.Validate(); err != nil {
		b.d.fail(b.at, strings.ReplaceAll(err.Error(), "\n", "; "), "")
	}
}

// share reads a part of the whole, of which -1 means that it never matters.
func share(to *float64) func(*attribute) {
	return func(a *attribute) {
		n := 1.0
		if real(&n, -1, 1, "")(a); n == 0 || n < 0 && n != -1 {
			a.failf("Use -1 for never, or leave it out for the default.", "%s is %g: it is a share above 0, up to 1", a.name, n)
			return
		}
		*to = n
	}
}

func (b *block) webhook(w *alerts.Webhook) {
	given := map[string]bool{}
	b.decode(attrs{
		// Many services put a token into the address.
		"url": func(a *attribute) {
			given["url"] = true
			hideLiterals(a.d.src, a.Expr, true)
			text(&w.URL)(a)
			a.d.secret(w.URL)
		},
		"secret":  func(a *attribute) { given["secret"] = true; secretText(&w.Secret, nil, checkKey)(a) },
		"timeout": duration(&w.Timeout, 10*time.Minute),
		"tries":   whole(&w.Tries, 1, 100, ""),
	}, nil)
	for _, name := range []string{"url", "secret"} {
		if !given[name] {
			b.d.failf(b.at, "Add: "+name+` = env("NAME")`, "%s has no %s", b.where(), name)
		}
	}
}
