package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// Options say what to examine. The zero value examines every active provider without any cost.
type Options struct {
	// Providers are the names to examine, also if they are not active; none means all active ones.
	Providers []string
	// Deep sends one tiny chat with each key that is not known to be bad: only that tells whether a quota is
	// used up. Each counts as one request.
	Deep bool
	// Timeout bounds all calls of one provider together; 0 is 30 s, or 2 min with Deep.
	Timeout time.Duration
}

const (
	// atOnce bounds the providers examined side by side, keysAtOnce the keys of each.
	atOnce     = 8
	keysAtOnce = 4

	plainTimeout = 30 * time.Second
	deepTimeout  = 2 * time.Minute
)

// Examine looks at keys and models. Its error says that it could not be done at all: a provider that is not
// configured (a *host.Error), or the end of ctx. What is wrong with providers is in the report.
func Examine(ctx context.Context, h *host.Host, o Options) (*Report, error) {
	chosen, err := choose(h.Config().Providers, o.Providers)
	if err != nil {
		return nil, err
	}
	o.Timeout = cmp.Or(o.Timeout, map[bool]time.Duration{true: deepTimeout}[o.Deep], plainTimeout)
	report := &Report{Deep: o.Deep, Providers: make([]Provider, len(chosen))}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, p := range chosen {
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, o.Timeout)
			defer cancel()
			e := &examination{host: h, config: p, deep: o.Deep}
			report.Providers[i] = e.run(ctx)
			return nil
		})
	}
	_ = group.Wait() // what went wrong is in the report
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return report, nil
}

func choose(configured []host.Provider, names []string) ([]host.Provider, error) {
	for _, name := range names {
		if !slices.ContainsFunc(configured, func(p host.Provider) bool { return p.Name == name }) {
			return nil, unknown(name, configured)
		}
	}
	var out []host.Provider
	for _, p := range configured {
		if slices.Contains(names, p.Name) || len(names) == 0 && !p.Disabled {
			out = append(out, p)
		}
	}
	return out, nil
}

func unknown(name string, configured []host.Provider) error {
	var known []string
	for _, p := range configured {
		known = append(known, p.Name)
	}
	return &host.Error{Kind: sdk.KindNoTarget, Param: "provider", Message: fmt.Sprintf("unknown provider %q; configured are %v", name, known)}
}
