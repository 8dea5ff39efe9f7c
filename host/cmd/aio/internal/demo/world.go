package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
)

// world is all that runs: the fake upstream, the host and its plugins.
type world struct {
	*Fake
	host *host.Host
	// pids are all plugin processes there ever were, by provider.
	mu   sync.Mutex
	pids map[int]string
}

func build(ctx context.Context, o Options) (w *world, err error) {
	w = &world{pids: map[int]string{}}
	if w.Fake, err = newFake(o.Plugins, cmp.Or(o.TokenGap, defaultGap), configuration); err != nil {
		return w, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close(ctx))
		}
	}()
	file, err := w.Load()
	if err != nil {
		return w, err
	}
	log := o.Log
	if log == nil {
		log = hclog.NewNullLogger()
	}
	file.Config.Plugins.AllowRoot = true // the plugins come from here, and only reach the fake upstream
	w.host, err = host.New(ctx, file.Config, host.WithLogger(log), host.WithObserver(host.ObserverFunc(w.observe)))
	return w, err
}

// observe remembers every process, also one that was replaced.
func (w *world) observe(e host.Event) {
	if p, ok := e.(host.PluginChanged); ok && p.Pid != 0 {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.pids[p.Pid] = p.Provider
	}
}

// pid is the process of a provider's plugin; 0 when none runs.
func (w *world) pid(provider string) int {
	for _, p := range w.host.Status().Providers {
		if p.Name == provider {
			return p.Plugin.Pid
		}
	}
	return 0
}

// close ends everything, also after ctx.
func (w *world) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var errs []error
	if w.host != nil {
		errs = append(errs, w.host.Close(ctx))
	}
	errs = append(errs, w.Fake.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}
