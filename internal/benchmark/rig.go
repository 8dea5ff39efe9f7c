package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/benchmark/child"
	"github.com/aio-llm/aio/internal/benchmark/upstream"
	"github.com/aio-llm/aio/sdk"
)

// rig is everything that takes part: the upstream, the built plugin, a host that runs it, and the client it
// is held against.
type rig struct {
	dir      string
	upstream *child.Process
	host     *host.Host
	pid      int
	client   *openai.Client
	requests requests
	// servers take part where HTTP is served.
	servers []server
}

// What copies of this executable are.
const (
	upstreamRole = "upstream"
	proxyRole    = "proxy"
)

const (
	module   = "github.com/aio-llm/aio"
	provider = "groq"
	apiKey   = "gsk_benchmark_0123456789abcdef"
)

func newRig(ctx context.Context, profiled bool) (*rig, error) {
	r := &rig{}
	if err := r.open(ctx, profiled); err != nil {
		_ = r.close(ctx) // the error that matters is the first
		return nil, err
	}
	return r, nil
}

func (r *rig) open(ctx context.Context, profiled bool) (err error) {
	if r.dir, err = os.MkdirTemp("", "aio-benchmark-"); err != nil {
		return err
	}
	if err := buildPlugin(ctx, r.dir, profiled); err != nil {
		return err
	}
	if r.upstream, err = child.Start(ctx, upstreamRole); err != nil {
		return err
	}
	if r.host, err = r.newHost(ctx, 1); err != nil {
		return err
	}
	if err := r.host.Start(ctx); err != nil {
		return err
	}
	r.pid = r.host.Status().Providers[0].Plugin.Pid
	r.client = r.newClient()
	r.requests, err = newRequests()
	return err
}

// buildPlugin builds the plugin as it is shipped, or with a profiler in it.
func buildPlugin(ctx context.Context, dir string, profiled bool) error {
	flags, main := "-s -w", module+"/plugins/"+provider+"/cmd/aio-provider-"+provider
	if profiled {
		to, err := filepath.Abs(profilePlugin + ".pprof")
		if err != nil {
			return err
		}
		flags, main = "-X main.profileTo="+to, module+"/internal/benchmark/profiled"
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", flags, "-o", filepath.Join(dir, "aio-provider-"+provider), main)
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the plugin: %w\n%s", err, out)
	}
	return nil
}

// newHost returns a host with n providers that share one plugin binary.
func (r *rig) newHost(ctx context.Context, n int) (*host.Host, error) {
	settings, err := json.Marshal(map[string]string{"base_url": r.baseURL()})
	if err != nil {
		return nil, err
	}
	config := host.Config{Plugins: host.Plugins{Dir: r.dir, AllowRoot: true}}
	for i := range n {
		p := host.Provider{
			Name: provider, Plugin: provider, Settings: settings,
			Keys: []host.Key{{Label: "main", Value: sdk.NewSecret(apiKey)}},
		}
		if i > 0 {
			p.Name = fmt.Sprintf("%s-%d", provider, i)
		}
		for _, model := range upstream.Models() {
			p.Models = append(p.Models, host.Model{Name: model})
		}
		config.Providers = append(config.Providers, p)
	}
	return host.New(ctx, config)
}

// newClient is go-openai with the one setting that its users need under load: its default keeps two idle
// connections a host and dials anew for most requests.
func (r *rig) newClient() *openai.Client {
	config := openai.DefaultConfig(apiKey)
	config.BaseURL = r.baseURL()
	config.HTTPClient = &http.Client{Transport: &http.Transport{MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024}}
	return openai.NewClientWithConfig(config)
}

func (r *rig) baseURL() string { return "http://" + r.upstream.Address + "/v1" }

func (r *rig) pluginPid() []int { return []int{r.pid} }

func (r *rig) close(ctx context.Context) error {
	// An interrupt is no reason to leave processes behind.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	r.stopServers()
	var err error
	if r.host != nil {
		err = r.host.Close(ctx)
	}
	if r.upstream != nil {
		r.upstream.Stop()
	}
	if removed := os.RemoveAll(r.dir); err == nil {
		err = removed
	}
	return err
}

// start takes the time a host with n providers takes to have them ready.
func (r *rig) start(n int) operation {
	return func(ctx context.Context) (int, time.Duration, error) {
		h, err := r.newHost(ctx, n)
		if err != nil {
			return 0, 0, err
		}
		began := time.Now()
		err = h.Start(ctx)
		took := time.Since(began)
		if closed := h.Close(ctx); err == nil {
			err = closed
		}
		return n, took, err
	}
}
