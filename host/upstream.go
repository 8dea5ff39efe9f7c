package host

import (
	"context"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/sdk"
)

// upstream is where a provider's plugin runs. Errors of get are *sdk.Error with NotSent, or say why a plugin
// does not start.
type upstream interface {
	// get returns the plugin, started and configured; it waits for that under ctx. An impatient caller, who
	// has somewhere else to go, does not wait for a plugin that failed before.
	get(ctx context.Context, impatient bool) (plugin, error)
	// suspect reports that a call failed as if the plugin had gone.
	suspect()
	status() PluginStatus
	close(ctx context.Context) error
}

// plugin is a running, configured plugin.
type plugin struct {
	*sdk.Client
	capabilities []sdk.Capability
}

// Can reports whether the plugin announced the capability.
func (p plugin) Can(c sdk.Capability) bool {
	return sdk.Description{Capabilities: p.capabilities}.Can(c)
}

// localUpstream runs a plugin inside this process.
type localUpstream struct {
	plugin   sdk.Plugin
	settings sdk.Settings
	explain  func(error) error
	log      hclog.Logger

	mu      sync.Mutex
	local   *sdk.Local
	ready   plugin
	err     error
	started bool
}

func (l *localUpstream) get(ctx context.Context, _ bool) (plugin, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.started {
		// The start belongs to everyone who waits, not to the first caller.
		l.ready, l.err = l.start(context.WithoutCancel(ctx))
		l.started = true
	}
	return l.ready, l.err
}

func (l *localUpstream) start(ctx context.Context) (plugin, error) {
	settings, refused := l.plugin.Settings.Check(l.settings)
	if refused != nil {
		return plugin{}, l.explain(refused)
	}
	local, err := sdk.NewLocal(l.plugin, l.log)
	if err != nil {
		return plugin{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, pluginStartTimeout)
	defer cancel()
	can, err := local.Configure(ctx, settings)
	if err != nil {
		_ = local.Close() // the error that matters is the first
		return plugin{}, l.explain(err)
	}
	l.local = local
	return plugin{Client: local.Client, capabilities: can}, nil
}

func (l *localUpstream) suspect() {}

func (l *localUpstream) status() PluginStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := PluginStatus{State: "idle", Version: l.plugin.Version, InProcess: true, Protocol: sdk.ProtocolVersion, Capabilities: l.ready.capabilities}
	switch {
	case l.err != nil:
		s.State, s.LastError = "disabled", l.err.Error()
	case l.local != nil:
		s.State = "ready"
	}
	return s
}

func (l *localUpstream) close(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.started, l.err, l.ready = true, ErrClosed, plugin{}
	if l.local == nil {
		return nil
	}
	local := l.local
	l.local = nil
	return local.Close()
}
