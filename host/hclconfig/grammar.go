package hclconfig

import (
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/aio-llm/aio/host"
)

// Logging is how the command logs.
type Logging struct {
	// Level is error, warn, info or debug; empty is info. Reading the variable LOG_LEVEL, which goes first, is
	// the command's part.
	Level string
	// Format is auto (coloured text on a terminal, JSON otherwise), text or json; empty means auto.
	Format string
	// NoConsole turns the log on stderr off.
	NoConsole bool
	// File gets everything, ErrorsFile errors only; empty is none.
	File, ErrorsFile string
	// MaxSize is when a file is rotated, in megabytes (0 means 100), MaxFiles how many old ones are kept
	// (0 means 5).
	MaxSize, MaxFiles int
}

// file is the grammar of the whole file.
func (d *decoder) file(body *hclsyntax.Body, f *File) {
	c := &f.Config
	c.Plugins.Dir = d.resolve("bin/plugins")
	root := &block{d: d, body: body}
	root.decode(attrs{
		"auto":          boolean(&c.Auto),
		"disable_after": disableAfter(&c.DisableAfter),
	}, blocks{
		"plugins":  once(func(b *block) { b.plugins(f) }),
		"account":  named("name", func(b *block) { b.account(c) }),
		"provider": named("name", func(b *block) { b.provider(f) }),
		"route":    named("name", func(b *block) { b.route(c) }),
		"retry":    once(func(b *block) { b.retry(&c.Retry, &c.Budget) }),
		"timeouts": once(func(b *block) { b.timeouts(&c.Timeouts) }),
		"logging":  once(func(b *block) { b.logging(&f.Logging) }),
		"state":    once(func(b *block) { b.keep(&f.State) }),
		"gateway":  once(func(b *block) { b.gateway(&f.Gateway) }),
		"alerts":   once(func(b *block) { b.alerts(&f.Alerts) }),
	})
	d.later(func() { d.shared(c) })
}

// keep stores a block that another part of the program reads.
func (b *block) keep(to *hcl.Body) {
	b.d.hideBody(b.body)
	*to = b.body
}

func (b *block) plugins(f *File) {
	p := &f.Config.Plugins
	b.decode(attrs{
		"dir":           path(&p.Dir),
		"lock":          path(&f.Lock),
		"allow_root":    boolean(&p.AllowRoot),
		"start_timeout": duration(&p.StartTimeout, 10*time.Minute),
	}, nil)
}

func (b *block) logging(l *Logging) {
	b.decode(attrs{
		"level":       oneOf(&l.Level, "error", "warn", "info", "debug"),
		"format":      oneOf(&l.Format, "auto", "text", "json"),
		"console":     inactive(&l.NoConsole),
		"file":        path(&l.File),
		"errors_file": path(&l.ErrorsFile),
		"max_size":    whole(&l.MaxSize, 1, 10_000, "It is in megabytes."),
		"max_files":   whole(&l.MaxFiles, 1, 1000, ""),
	}, nil)
	if l.File != "" && l.File == l.ErrorsFile {
		b.d.fail(b.at, "file and errors_file are the same file", "Give each its own, or leave one out.")
	}
}

// disableAfter reads after how many authentication errors a key is disabled. Zero would mean the default,
// which nobody expects.
func disableAfter(to *int) func(*attribute) {
	return func(a *attribute) {
		n := 1
		whole(&n, -1, 1000, "Use -1 for never.")(a)
		if n == 0 {
			a.failf("Use -1 for never, or leave it out for 3.", "disable_after is 0")
		}
		*to = n
	}
}

// The bounds of numbers are where a value stops making sense, not where an upstream's limits end.
const (
	maxPriority = 1_000_000
	maxCount    = 1_000_000_000_000
	maxWait     = 24 * time.Hour
)

const leaveOut = "Leave it out for no limit; active = false takes it out of service."

func (b *block) limits(to *host.Limits) {
	b.decode(attrs{
		"requests_per_minute": whole(&to.RequestsPerMinute, 1, maxCount, leaveOut),
		"requests_per_day":    whole(&to.RequestsPerDay, 1, maxCount, leaveOut),
		"tokens_per_minute":   whole(&to.TokensPerMinute, 1, maxCount, leaveOut),
		"tokens_per_day":      whole(&to.TokensPerDay, 1, maxCount, leaveOut),
	}, nil)
	if to.TokensPerMinute > 0 || to.TokensPerDay > 0 {
		b.d.warn(b.at, "limits of tokens are not enforced yet", "Limits of requests are.")
	}
}

// retry reads a retry block; budget is nil where none can be set.
func (b *block) retry(to *host.Retry, budget *host.Budget) {
	var blocked bool
	as := attrs{
		"max_tries":    whole(&to.MaxTries, 1, 100, "1 tries once and never again."),
		"delay":        duration(&to.Delay, time.Hour),
		"multiplier":   real(&to.Multiplier, 1, 100, ""),
		"max_delay":    duration(&to.MaxDelay, time.Hour),
		"on_ambiguous": oneOf(&to.OnAmbiguous, host.AmbiguousFallback, host.AmbiguousError),
		"fallback_on_blocked": func(a *attribute) {
			boolean(&blocked)(a)
			to.FallbackOnBlocked = &blocked
		},
	}
	if budget != nil {
		as["budget_ratio"] = real(&budget.Ratio, 0.001, 1, "")
		as["budget_per_second"] = real(&budget.PerSecond, 0.001, 1e6, "")
	}
	b.decode(as, nil)
	if to.Delay > 0 && to.MaxDelay > 0 && to.Delay > to.MaxDelay {
		b.d.failf(b.at, "Raise max_delay or lower delay.", "delay (%s) is more than max_delay (%s) in %s", to.Delay, to.MaxDelay, b.where())
	}
}

func (b *block) timeouts(to *host.Timeouts) {
	b.decode(attrs{
		"connect":     duration(&to.Connect, maxWait),
		"first_token": duration(&to.FirstToken, maxWait),
		"unary":       duration(&to.Unary, maxWait),
		"stall":       duration(&to.Stall, maxWait),
		"total":       duration(&to.Total, maxWait),
	}, nil)
	if to.Total > 0 && b.parent.kind == "provider" {
		b.d.warn(b.at, "total has no effect in "+b.where(), "It bounds a whole request, which may use several providers: set it in the file or in a route.")
	}
	for _, part := range []struct {
		name string
		is   time.Duration
	}{{"connect", to.Connect}, {"first_token", to.FirstToken}, {"unary", to.Unary}, {"stall", to.Stall}} {
		if to.Total > 0 && part.is > to.Total {
			b.d.warn(b.at, part.name+" is more than total in "+b.where(), "The whole request ends after total ("+to.Total.String()+").")
		}
	}
}
