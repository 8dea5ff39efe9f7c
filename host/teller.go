package host

import (
	"cmp"
	"context"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/host/internal/pluginproc"
)

// teller tells observers and the log what happens. Keys and plugins keep it rather than their host, which they
// may outlive.
type teller struct {
	log       hclog.Logger
	observers []Observer
	// background ends with the host's Close; what runs for the host itself hangs on it.
	background context.Context //nolint:containedctx // the host's own life, not a request's
}

// observed spares events that nobody hears of: making one costs an allocation.
func (t *teller) observed() bool { return len(t.observers) > 0 }

func (t *teller) observe(ctx context.Context, e Event) {
	for _, o := range t.observers {
		if c, ok := o.(ContextObserver); ok {
			c.ObserveContext(ctx, e)
			continue
		}
		o.Observe(e)
	}
}

func (t *teller) keyChanged(e keyring.Event) {
	t.observe(t.background, KeyChanged{Provider: e.Provider, Key: e.Label, State: string(e.Type), Reason: cmp.Or(e.Detail, string(e.Why)), Until: e.Until})
	fields := []any{"provider", e.Provider, "key", e.Label, "change", string(e.Type), "scope", string(e.Scope)}
	if e.Model != "" {
		fields = append(fields, "model", e.Model)
	}
	if e.Why != "" {
		fields = append(fields, "kind", string(e.Why))
	}
	if !e.Until.IsZero() {
		fields = append(fields, "until", e.Until)
	}
	switch e.Type {
	case keyring.EventDisabled, keyring.EventStoreFailed:
		t.log.Warn("key state", append(fields, "detail", e.Detail)...)
	default:
		t.log.Info("key state", fields...)
	}
}

func (t *teller) pluginChanged(e pluginproc.Event) {
	changed := PluginChanged{Provider: e.Provider, State: string(e.Status.State), Pid: e.Status.Pid, Stderr: e.Stderr}
	fields := []any{"provider", e.Provider, "state", changed.State}
	if e.Status.LastError != nil {
		changed.Reason = e.Status.LastError.Error()
	}
	t.observe(t.background, changed)
	switch e.Status.State {
	case pluginproc.StateBackoff:
		t.log.Warn("plugin is down", append(fields, "error", changed.Reason, "next_try", e.Status.NextTry)...)
	case pluginproc.StateReady:
		t.log.Debug("plugin is ready", append(fields, "pid", changed.Pid, "version", e.Status.Description.Version)...)
	default:
		t.log.Debug("plugin state", fields...)
	}
}
