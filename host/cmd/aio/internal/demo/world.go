package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk/simulator"
)

//go:embed demo.hcl
var configuration []byte

// answer is what the fake OpenRouter model says.
const answer = "Every word of this left the upstream by itself, crossed a plugin process and reached you before the next one was written."

// world is all that runs: the fake upstream, the host and its plugins.
type world struct {
	sim    *simulator.Simulator
	server *simulator.Server
	host   *host.Host
	dir    string
	// pids are all plugin processes there ever were, by provider.
	mu   sync.Mutex
	pids map[int]string
}

func build(ctx context.Context, o Options) (w *world, err error) {
	gap := o.TokenGap
	if gap == 0 {
		gap = 40 * time.Millisecond
	}
	w = &world{pids: map[int]string{}}
	w.sim = simulator.New(simulator.Options{
		Keys: []simulator.Key{
			{Label: "groq one", Value: "gsk_demo_one", Dialect: simulator.Groq},
			{Label: "groq two", Value: "gsk_demo_two", Dialect: simulator.Groq},
			{Label: "openrouter main", Value: "sk-or-demo-main", Dialect: simulator.OpenRouter},
		},
		Models:   []simulator.Model{{ID: "meta-llama/llama-3.3-70b-instruct:free", Dialect: simulator.OpenRouter, Reply: answer}},
		TokenGap: gap,
	})
	if w.server, err = w.sim.Start("127.0.0.1:0"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close(ctx))
		}
	}()
	if w.dir, err = os.MkdirTemp("", "aio-demo-"); err != nil {
		return w, err
	}
	file, err := w.load(o.Plugins)
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

// load reads the demo's configuration as any other, with variables of its own.
func (w *world) load(plugins string) (*hclconfig.File, error) {
	dir, err := filepath.Abs(plugins)
	if err != nil {
		return nil, err
	}
	vars := map[string]string{
		"DEMO_PLUGINS": dir, "DEMO_GROQ_URL": w.server.BaseURL(simulator.Groq), "DEMO_OPENROUTER_URL": w.server.BaseURL(simulator.OpenRouter),
		"DEMO_GROQ_KEY": "gsk_demo_one", "DEMO_GROQ_KEY_2": "gsk_demo_two", "DEMO_OPENROUTER_KEY": "sk-or-demo-main",
	}
	path := filepath.Join(w.dir, "config.hcl")
	if err := os.WriteFile(path, configuration, 0o600); err != nil {
		return nil, err
	}
	return hclconfig.Load(path, hclconfig.Options{Getenv: func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}})
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
	if w.server != nil {
		errs = append(errs, w.server.Close())
	}
	if w.dir != "" {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}
