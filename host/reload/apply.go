package reload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// startLimit bounds the start of a new configuration's plugins, which run side by side.
const startLimit = 30 * time.Second

// Apply makes a host of config that goes on where the host of now is, starts its plugins, and replaces the host
// of now with it. commit, if not nil, is called just before, for what must change with it; its error changes
// nothing. So does every other error: a config that does not hold together, settings a plugin refuses, and a
// plugin that was ready before and does not start under config. What else does not start is applied all the
// same, tried again by itself, and returned as problems.
func (c *Current) Apply(ctx context.Context, config host.Config, commit func() error, opts ...host.Option) (problems []error, err error) {
	before := c.Host()
	next, err := host.New(ctx, config, append(opts, host.WithStateOf(before))...)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
			defer cancel()
			err = errors.Join(err, next.Close(closing))
		}
	}()
	if problems, err = start(ctx, before, next, config); err != nil {
		return nil, err
	}
	if commit != nil {
		if err = commit(); err != nil {
			return nil, err
		}
	}
	return problems, c.Replace(next)
}

// start starts next's plugins, so that no request waits for it, and tells what must not be from what may.
func start(ctx context.Context, before, next *host.Host, config host.Config) (problems []error, err error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	ready := readyProviders(before)
	type result struct {
		name string
		err  error
	}
	results := make(chan result, len(config.Providers))
	started := 0
	for _, p := range config.Providers {
		if p.Disabled {
			continue
		}
		started++
		go func() { results <- result{p.Name, next.Start(ctx, p.Name)} }()
	}
	var fatal []error
	for range started {
		r := <-results
		switch {
		case r.err == nil:
		case isRefusal(r.err):
			fatal = append(fatal, r.err)
		case ready[r.name]:
			fatal = append(fatal, fmt.Errorf("%w; it runs under the configuration before, which stays", r.err))
		default:
			problems = append(problems, r.err)
		}
	}
	return problems, errors.Join(fatal...)
}

func isRefusal(err error) bool {
	var refused *sdk.SettingsError
	return errors.As(err, &refused)
}

func readyProviders(h *host.Host) map[string]bool {
	ready := map[string]bool{}
	for _, p := range h.Status().Providers {
		ready[p.Name] = p.Plugin.State == "ready"
	}
	return ready
}
