package host

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/host/internal/redact"
	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

// Version is this release's.
const Version = "0.1.0"

// Host routes requests over the providers of one Config. Any number of hosts may live in one process. Its
// methods are safe for concurrent use.
type Host struct {
	*teller
	*estate

	config    Config
	prices    *priceList
	catalog   *route.Catalog
	routes    map[string]Route
	providers map[string]*provider
	live      live

	stop     context.CancelFunc
	tasks    sync.WaitGroup
	closing  sync.Once
	closeErr error
}

// Option injects a dependency into New.
type Option func(*Host)

// WithLogger sends the host's log, and its plugins', to log. Without it nothing is logged.
func WithLogger(log hclog.Logger) Option { return func(h *Host) { h.log = log } }

// WithObserver adds an observer of what happens. Observers are called in the order they were added.
func WithObserver(o Observer) Option {
	return func(h *Host) { h.observers = append(h.observers, o) }
}

// New returns a host for config. Everything in config is checked; nothing is started yet: a plugin starts
// when the first request, or Start, needs it. ctx bounds New only. Close the host.
func New(ctx context.Context, config Config, opts ...Option) (*Host, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	h := &Host{
		config: config, routes: map[string]Route{}, providers: map[string]*provider{},
		teller: &teller{log: hclog.NewNullLogger()}, estate: newEstate(),
	}
	for _, opt := range opts {
		opt(h)
	}
	h.redactor.Learn(config.secrets()...)
	h.log = redact.Logger(h.log, h.redactor)
	h.live.requests = map[string]*job{}
	h.background, h.stop = context.WithCancel(context.WithoutCancel(ctx))
	for _, r := range config.Routes {
		h.routes[r.Name] = r
	}
	var err error
	if h.prices, err = newPriceList(config); err != nil {
		return nil, err
	}
	if h.catalog, err = catalogOf(config, h.prices); err != nil {
		return nil, &Error{Kind: sdk.KindNoTarget, Message: err.Error(), Cause: err}
	}
	for _, p := range config.Providers {
		made, err := h.newProvider(p)
		if err != nil {
			_ = h.Close(ctx) // nothing has started
			return nil, fmt.Errorf("provider %s: %w", p.Name, err)
		}
		h.providers[p.Name] = made
	}
	return h, nil
}

// Config returns what the host was made from. It is shared: do not change it.
func (h *Host) Config() Config { return h.config }

// Start starts the plugins of the named providers, or of all active ones, side by side, and waits until each
// is ready or has failed. Requests start what they need by themselves; Start only saves the first ones the
// wait, and tells early what does not work.
func (h *Host) Start(ctx context.Context, providers ...string) error {
	if len(providers) == 0 {
		for _, p := range h.config.Providers {
			if !p.Disabled {
				providers = append(providers, p.Name)
			}
		}
	}
	var mu sync.Mutex
	var failed []error
	var group errgroup.Group
	for _, name := range providers {
		p, err := h.provider(name)
		if err != nil {
			return err
		}
		group.Go(func() error {
			if _, err := p.upstream.get(ctx, false); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, fmt.Errorf("provider %s: %w", name, err))
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in failed: one must not hide the others
	return joinErrors(failed)
}

// Close cancels every request, stops the plugins that no other host uses (see WithStateOf) and waits for them
// until ctx ends; what still runs then is killed. Calling it again returns the first result.
func (h *Host) Close(ctx context.Context) error {
	h.closing.Do(func() {
		h.live.close()
		h.stop()
		var group errgroup.Group
		for _, p := range h.providers {
			group.Go(func() error { return h.release(ctx, p) })
		}
		h.closeErr = group.Wait()
		h.tasks.Wait()
	})
	return h.closeErr
}

func (h *Host) provider(name string) (*provider, error) {
	if p, ok := h.providers[name]; ok {
		return p, nil
	}
	known := make([]string, 0, len(h.config.Providers))
	for _, p := range h.config.Providers {
		known = append(known, p.Name)
	}
	return nil, &Error{Kind: sdk.KindNoTarget, Param: "provider", Message: fmt.Sprintf("unknown provider %q; configured are %v", name, known)}
}

func catalogOf(config Config, list *priceList) (*route.Catalog, error) {
	providers := make([]route.Provider, 0, len(config.Providers))
	for _, p := range config.Providers {
		rp := route.Provider{Name: p.Name, Priority: p.Priority, Disabled: p.Disabled, AnyModel: p.AnyModel}
		for _, m := range p.Models {
			rp.Models = append(rp.Models, route.Model{
				Name: m.Name, ID: m.ID, Priority: m.Priority, Disabled: m.Disabled, Context: list.context(p.Name, m), Features: m.Features,
			})
		}
		providers = append(providers, rp)
	}
	aliases := make([]route.Alias, 0, len(config.Routes))
	for _, r := range config.Routes {
		aliases = append(aliases, route.Alias{Name: r.Name, Targets: r.Targets})
	}
	return route.New(providers, aliases)
}

// A plugin that has not answered Describe and Configure by then never will.
const pluginStartTimeout = 5 * time.Second
