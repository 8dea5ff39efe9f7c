package host

import (
	"cmp"
	"context"
	"errors"

	"github.com/aio-llm/aio/host/internal/pluginproc"
	"github.com/aio-llm/aio/sdk"
)

// processUpstream is a plugin in a process of its own.
type processUpstream struct {
	name       string
	supervisor *pluginproc.Supervisor
	explain    func(error) error
	end        func() error
}

func (h *Host) newProcessUpstream(p *provider) (*processUpstream, error) {
	spawner, err := h.spawn()
	if err != nil {
		return nil, err
	}
	spec := pluginproc.Spec{
		Name:     p.config.Name,
		Binary:   pluginproc.Binary{Dir: h.config.Plugins.Dir, Plugin: cmp.Or(p.config.Plugin, p.config.Name)},
		Settings: p.config.Settings, Env: proxyEnv(p.config.Proxy), HostVersion: Version,
		StartTimeout: cmp.Or(h.config.Plugins.StartTimeout, pluginStartTimeout), Log: h.log, Redact: h.redactor.String,
	}
	return &processUpstream{
		name: p.config.Name, explain: p.explainSettings, end: h.endSpawn,
		supervisor: pluginproc.NewSupervisor(spawner, spec, h.pluginChanged),
	}, nil
}

func (u *processUpstream) get(ctx context.Context, impatient bool) (plugin, error) {
	if impatient {
		if s := u.supervisor.Status(); s.LastError != nil && s.State == pluginproc.StateStarting {
			return plugin{}, u.startError(s.LastError)
		}
	}
	process, err := u.supervisor.Get(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return plugin{}, sdk.AsError(ctx.Err())
		}
		return plugin{}, u.startError(err)
	}
	return plugin{Client: process.Client(), capabilities: process.Description().Capabilities}, nil
}

// startError keeps what callers decide on, and points at refused settings in the configuration file.
func (u *processUpstream) startError(err error) error {
	var refused *sdk.SettingsError
	if errors.As(err, &refused) {
		err = u.explain(refused)
	}
	e := &sdk.Error{Kind: sdk.KindPluginDown, Certainty: sdk.NotSent, Message: err.Error(), Cause: err}
	var resting *pluginproc.BackoffError
	if errors.As(err, &resting) {
		e.RetryAfter = resting.Wait
	}
	return e
}

func (u *processUpstream) suspect() {
	u.supervisor.Report(&sdk.Error{Kind: sdk.KindPluginDown})
}

func (u *processUpstream) status() PluginStatus {
	s := u.supervisor.Status()
	out := PluginStatus{
		State: string(s.State), Since: s.Since, Version: s.Description.Version, Pid: s.Pid, Restarts: s.Restarts,
		NextTry: s.NextTry, Protocol: s.Description.Protocol, Capabilities: s.Description.Capabilities,
	}
	if s.LastError != nil {
		out.LastError = u.startError(s.LastError).Error()
	}
	return out
}

func (u *processUpstream) close(ctx context.Context) error {
	return errors.Join(u.supervisor.Close(ctx), u.end())
}
