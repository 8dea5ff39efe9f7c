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
	// What upstream and ring are shares of.
	upstreams *shared[upstream]
	rings     *shared[*keyring.Ring]
	// listed are the upstream's models as last seen; nil before.
	listed atomic.Pointer[[]string]
}

func (h *Host) newProvider(c Provider) (*provider, error) {
	p := &provider{config: c}
	var err error
	if p.rings, err = h.rings.get(c.Name, h.ringSource(c), func(before **keyring.Ring) (*keyring.Ring, error) {
		return h.newRing(c, before)
	}); err != nil {
		return nil, err
	}
	p.ring = p.rings.is
	p.budget = retry.NewBudget(h.config.Budget.Ratio, h.config.Budget.PerSecond, nil)
	if p.upstreams, err = h.upstreams.get(c.Name, h.upstreamSource(c), func(*upstream) (upstream, error) {
		return h.newUpstream(p)
	}); err != nil {
		h.rings.release(c.Name, p.rings)
		return nil, err
	}
	p.upstream = p.upstreams.is
	return p, nil
}

// release ends what this host alone uses of a provider.
func (h *Host) release(ctx context.Context, p *provider) error {
	var errs []error
	if h.upstreams.release(p.config.Name, p.upstreams) {
		errs = append(errs, p.upstream.close(ctx))
	}
	if h.rings.release(p.config.Name, p.rings) {
		errs = append(errs, p.ring.Close(ctx))
		for _, other := range h.rings.of(p.config.Name) { // units given back are no longer held by another
			errs = append(errs, other.Refresh(ctx))
		}
	}
	return joinErrors(errs)
}

func (h *Host) newUpstream(p *provider) (upstream, error) {
	switch c := p.config; {
	case c.Disabled:
		return offUpstream{name: c.Name}, nil
	case c.Local != nil:
		return &localUpstream{plugin: *c.Local, settings: c.Settings, explain: p.explainSettings, log: h.log.Named(c.Name)}, nil
	default:
		return h.newProcessUpstream(p)
	}
}

// upstreamSource is all that a provider's upstream is made from.
func (h *Host) upstreamSource(c Provider) any {
	return struct {
		disabled bool
		plugin   string
		plugins  Plugins
		proxy    sdk.Secret
		settings string
		local    *sdk.Plugin
	}{c.Disabled, cmp.Or(c.Plugin, c.Name), h.config.Plugins, c.Proxy, string(c.Settings), c.Local}
}

// ringSource is all that a provider's ring of keys is made from.
func (h *Host) ringSource(c Provider) any {
	return struct {
		keys         []Key
		accounts     []Account
		disableAfter int
	}{c.Keys, h.config.Accounts, h.config.DisableAfter}
}

// newRing makes a ring that goes on where the one before was, as far as their keys are the same.
func (h *Host) newRing(c Provider, before **keyring.Ring) (*keyring.Ring, error) {
	config, err := h.ringConfig(c)
	if err != nil {
		return nil, err
	}
	if before != nil {
		config.After = *before
	}
	return keyring.New(config)
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
	return &placedError{joinErrors(placed), refused}
}

// placedError tells refused settings by their places in the file.
type placedError struct {
	error
	refused *sdk.SettingsError
}

func (e *placedError) Unwrap() error { return e.error }

// As lets a caller see that it is settings that were refused.
func (e *placedError) As(target any) bool {
	t, ok := target.(**sdk.SettingsError)
	if ok {
		*t = e.refused
	}
	return ok
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
