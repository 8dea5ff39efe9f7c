package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/host/internal/retry"
	"github.com/aio-llm/aio/sdk"
)

// provider is one provider block at work.
type provider struct {
	config   Provider
	upstream upstream
	ring     *keyring.Ring
	budget   *retry.Budget
	// listed are the upstream's models as last seen; nil before.
	listed atomic.Pointer[[]string]
}

func (h *Host) newProvider(c Provider) (*provider, error) {
	p := &provider{config: c}
	keys, err := h.ringConfig(c)
	if err != nil {
		return nil, err
	}
	if p.ring, err = keyring.New(keys); err != nil {
		return nil, err
	}
	p.budget = retry.NewBudget(h.config.Budget.Ratio, h.config.Budget.PerSecond, nil)
	switch {
	case c.Disabled:
		p.upstream = offUpstream{name: c.Name}
	case c.Local != nil:
		p.upstream = &localUpstream{plugin: *c.Local, settings: c.Settings, explain: p.explainSettings, log: h.log.Named(c.Name)}
	default:
		p.upstream = h.newProcessUpstream(p)
	}
	return p, nil
}

func (h *Host) ringConfig(c Provider) (keyring.Config, error) {
	rc := keyring.Config{
		Provider: c.Name, Accounts: map[string]keyring.Account{}, DisableAfter: h.config.DisableAfter, Store: h.store,
		OnEvent: h.keyChanged,
	}
	for _, a := range h.config.Accounts {
		reset, err := keyring.ParseReset(a.Reset.TZ, a.Reset.At)
		if err != nil {
			return rc, fmt.Errorf("account %s: %w", a.Name, err)
		}
		rc.Accounts[a.Name] = keyring.Account{
			RequestsPerMinute: a.Limits.RequestsPerMinute, RequestsPerDay: a.Limits.RequestsPerDay, Reset: reset,
		}
	}
	for _, k := range c.Keys {
		rc.Keys = append(rc.Keys, keyring.Key{
			Label: k.Label, Value: k.Value, Missing: k.Missing, Account: k.Account, Priority: k.Priority, Disabled: k.Disabled,
			DailyLimit: smallest(k.DailyLimit, k.Limits.RequestsPerDay), RequestsPerMinute: k.Limits.RequestsPerMinute,
		})
	}
	return rc, nil
}

// smallest is the tighter of two limits, where 0 is none.
func smallest(a, b int64) int64 {
	if a > 0 && b > 0 {
		return min(a, b)
	}
	return max(a, b)
}

func (h *Host) keyChanged(e keyring.Event) {
	h.observe(h.background, KeyChanged{Provider: e.Provider, Key: e.Label, State: string(e.Type), Reason: cmp.Or(e.Detail, string(e.Why)), Until: e.Until})
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
		h.log.Warn("key state", append(fields, "detail", e.Detail)...)
	default:
		h.log.Info("key state", fields...)
	}
}

// explainSettings turns what is wrong with a provider's settings into errors that point at their place.
func (p *provider) explainSettings(err error) error {
	var refused *sdk.SettingsError
	if !errors.As(err, &refused) || p.config.SettingsError == nil {
		return err
	}
	var placed []error
	for _, problem := range refused.Problems {
		placed = append(placed, p.config.SettingsError(problem))
	}
	return joinErrors(placed)
}

func (p *provider) keys() []KeyStatus {
	stats := p.ring.Stats()
	out := make([]KeyStatus, 0, len(stats))
	for _, k := range stats {
		s := KeyStatus{
			Label: k.Label, Account: k.Account, Fingerprint: k.Fingerprint, Priority: k.Priority, State: string(k.State),
			Until: k.Until, Reason: cmp.Or(k.Reason, string(k.Why)), UsedToday: k.UsedToday, DailyLimit: k.DailyLimit, DayEnds: k.DayEnds,
			Total: k.Total, Errors: k.Errors, Tokens: k.Tokens, ConsecutiveAuthErrors: k.ConsecutiveAuthErrors,
			LastErrorKind: k.LastErrorKind, LastUsed: k.LastUsed,
		}
		for _, m := range k.Models {
			s.ModelsResting = append(s.ModelsResting, ModelRest{Model: m.Model, Until: m.Until, Kind: m.Why})
		}
		out = append(out, s)
	}
	return out
}

// offUpstream is a provider taken out of service.
type offUpstream struct{ name string }

func (o offUpstream) get(context.Context, bool) (plugin, error) {
	return plugin{}, &sdk.Error{Kind: sdk.KindUnsupported, Certainty: sdk.NotSent, Message: "provider " + o.name + " is not active"}
}
func (offUpstream) suspect()                    {}
func (offUpstream) status() PluginStatus        { return PluginStatus{State: "disabled"} }
func (offUpstream) close(context.Context) error { return nil }
