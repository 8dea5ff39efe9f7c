package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

// Status is everything there is to see of a host. It holds no secret.
type Status struct {
	Version   string           `json:"version"`
	Providers []ProviderStatus `json:"providers"`
	Routes    []string         `json:"routes"`
	Active    []ActiveRequest  `json:"active"`
	Totals    Totals           `json:"totals"`
}

// ProviderStatus is one provider's part of Status.
type ProviderStatus struct {
	Name     string       `json:"name"`
	Priority int          `json:"priority"`
	Active   bool         `json:"active"`
	Plugin   PluginStatus `json:"plugin"`
	Keys     []KeyStatus  `json:"keys"`
	Models   []string     `json:"models"`
}

// PluginStatus is the state of a provider's plugin.
type PluginStatus struct {
	Name string `json:"name"`
	// State is starting, ready, draining, backoff, disabled, or idle before the first use.
	State   string    `json:"state"`
	Since   time.Time `json:"since,omitzero"`
	Version string    `json:"version,omitempty"`
	// Protocol is the contract version spoken; 0 before the first start.
	Protocol     int              `json:"protocol,omitempty"`
	Pid          int              `json:"pid,omitempty"`
	Restarts     int              `json:"restarts,omitempty"`
	LastError    string           `json:"last_error,omitempty"`
	NextTry      time.Time        `json:"next_try,omitzero"`
	Capabilities []sdk.Capability `json:"capabilities,omitempty"`
	InProcess    bool             `json:"in_process,omitempty"`
}

// KeyStatus is the state of one key.
type KeyStatus struct {
	Label string `json:"label"`
	// Account is empty when the key is an account of its own.
	Account     string `json:"account,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Priority    int    `json:"priority"`
	// State is ready, cooling, parked, exhausted, disabled or missing.
	State  string    `json:"state"`
	Until  time.Time `json:"until,omitzero"`
	Reason string    `json:"reason,omitempty"`
	// UsedToday counts the calls of the provider's day; DailyLimit 0 is no limit.
	UsedToday  int64     `json:"used_today"`
	DailyLimit int64     `json:"daily_limit"`
	DayEnds    time.Time `json:"day_ends,omitzero"`
	// Total, Errors and Tokens count since the host began.
	Total                 int64     `json:"total"`
	Errors                int64     `json:"errors"`
	Tokens                int64     `json:"tokens"`
	ConsecutiveAuthErrors int       `json:"consecutive_auth_errors"`
	LastErrorKind         sdk.Kind  `json:"last_error_kind,omitempty"`
	LastUsed              time.Time `json:"last_used,omitzero"`
	// ModelsResting are the models for which alone the key rests.
	ModelsResting []ModelRest `json:"models_resting,omitempty"`
}

// ModelRest is a model that rests for a key.
type ModelRest struct {
	Model string    `json:"model"`
	Until time.Time `json:"until"`
	Kind  sdk.Kind  `json:"kind"`
}

// KeyStats sums up the keys of one provider.
type KeyStats struct {
	Provider string `json:"provider"`
	Total    int    `json:"total"`
	// Active keys are in use or only resting; disabled ones are switched off, by hand or by errors.
	Active      int         `json:"active"`
	Disabled    int         `json:"disabled"`
	TotalUsage  int64       `json:"total_usage"`
	TotalErrors int64       `json:"total_errors"`
	Keys        []KeyStatus `json:"keys"`
}

// Summary is the configuration in numbers.
type Summary struct {
	Providers   []string `json:"providers"`
	TotalKeys   int      `json:"total_keys"`
	TotalModels int      `json:"total_models"`
	Routes      []string `json:"routes"`
	Auto        bool     `json:"auto"`
	MaxTries    int      `json:"max_tries"`
}

// Totals count since the host began.
type Totals struct {
	Requests         int64 `json:"requests"`
	Failed           int64 `json:"failed"`
	Canceled         int64 `json:"canceled"`
	Attempts         int64 `json:"attempts"`
	Fallbacks        int64 `json:"fallbacks"`
	PromptTokens     int64 `json:"prompt_tokens"`
	CompletionTokens int64 `json:"completion_tokens"`
	// CostUSD sums up what is known; CostUnknown counts the replies whose cost is not.
	CostUSD      float64            `json:"cost_usd"`
	CostUnknown  int64              `json:"cost_unknown"`
	FailedByKind map[sdk.Kind]int64 `json:"failed_by_kind,omitempty"`
}

// ModelInfo is one configured model.
type ModelInfo struct {
	Provider string `json:"provider"`
	Name     string `json:"name"`
	ID       string `json:"id"`
	Priority int    `json:"priority"`
	Active   bool   `json:"active"`
	// Context and MaxOutput are in tokens; 0 is unknown. Features are nil when unknown.
	Context   int64    `json:"context,omitempty"`
	MaxOutput int64    `json:"max_output,omitempty"`
	Features  []string `json:"features,omitempty"`
	// Price is the one of now; nil is unknown.
	Price *Price `json:"price,omitempty"`
}

// Status returns the state of everything.
func (h *Host) Status() Status {
	s := Status{Version: Version, Active: h.Active(), Totals: h.totals.snapshot(), Routes: h.routeNames(), Providers: []ProviderStatus{}}
	for _, c := range h.config.Providers {
		p := h.providers[c.Name]
		ps := ProviderStatus{Name: c.Name, Priority: c.Priority, Active: !c.Disabled, Plugin: p.upstream.status(), Keys: p.keys()}
		ps.Plugin.Name = cmp.Or(c.Plugin, c.Name)
		for _, m := range c.Models {
			ps.Models = append(ps.Models, m.Name)
		}
		s.Providers = append(s.Providers, ps)
	}
	return s
}

// KeyStats returns the statistics of one provider's keys.
func (h *Host) KeyStats(name string) (KeyStats, error) {
	p, err := h.provider(name)
	if err != nil {
		return KeyStats{}, err
	}
	out := KeyStats{Provider: name, Keys: p.keys()}
	for _, k := range out.Keys {
		out.Total++
		if usable(k.State) {
			out.Active++
		} else {
			out.Disabled++
		}
		out.TotalUsage += k.Total
		out.TotalErrors += k.Errors
	}
	return out, nil
}

func usable(state string) bool {
	return state != string(keyring.Disabled) && state != string(keyring.Missing)
}

// ResetDailyCounters sets every key's count of today to zero. They also start anew by themselves, at each
// account's reset time.
func (h *Host) ResetDailyCounters() error {
	var errs []error
	for name, p := range h.providers {
		if err := p.ring.ResetDaily(); err != nil {
			errs = append(errs, fmt.Errorf("provider %s: %w", name, err))
		}
	}
	return joinErrors(errs)
}

// EnableKey puts a disabled or resting key back into use.
func (h *Host) EnableKey(provider, label string) error {
	p, err := h.provider(provider)
	if err != nil {
		return err
	}
	return p.ring.Enable(label)
}

// DisableKey takes a key out of use until EnableKey.
func (h *Host) DisableKey(provider, label, why string) error {
	p, err := h.provider(provider)
	if err != nil {
		return err
	}
	return p.ring.Disable(label, why)
}

// Summary returns the configuration in numbers.
func (h *Host) Summary() Summary {
	s := Summary{Routes: h.routeNames(), Auto: h.config.Auto, MaxTries: mergeRetry(h.config.Retry, defaultRetry()).MaxTries}
	for _, p := range h.config.Providers {
		s.Providers = append(s.Providers, p.Name)
		s.TotalKeys += len(p.Keys)
		s.TotalModels += len(p.Models)
	}
	return s
}

// Models lists the configured models, best first, without asking anybody.
func (h *Host) Models() []ModelInfo {
	var out []ModelInfo
	now := time.Now()
	providers := slices.Clone(h.config.Providers)
	slices.SortStableFunc(providers, func(a, b Provider) int { return cmp.Compare(b.Priority, a.Priority) })
	for _, p := range providers {
		models := slices.Clone(p.Models)
		slices.SortStableFunc(models, func(a, b Model) int { return cmp.Compare(b.Priority, a.Priority) })
		for _, m := range models {
			out = append(out, h.prices.info(p, m, now))
		}
	}
	return out
}

// UpstreamModels asks a provider's upstream for its models, with the first usable key.
func (h *Host) UpstreamModels(ctx context.Context, provider string) ([]sdk.Model, error) {
	p, err := h.provider(provider)
	if err != nil {
		return nil, err
	}
	plugin, err := p.upstream.get(ctx, false)
	if err != nil {
		return nil, err
	}
	lease, err := p.ring.Acquire(ctx, keyring.Want{})
	if err != nil {
		return nil, err
	}
	models, err := plugin.Client.ListModels(ctx, h.sideCall(p, lease.Key()))
	lease.Settle(sideOutcome(err))
	if err == nil {
		p.remember(models)
	}
	return models, h.cleanSide(sdk.Secret{}, err)
}

// ValidateKey checks a key with the cheapest call the provider has. It returns a line about the key's account
// if the provider tells one; a key that does not work is an *sdk.Error of its kind. The key need not be a
// configured one.
func (h *Host) ValidateKey(ctx context.Context, provider string, key sdk.Secret) (string, error) {
	p, err := h.provider(provider)
	if err != nil {
		return "", err
	}
	plugin, err := p.upstream.get(ctx, false)
	if err != nil {
		return "", err
	}
	note, err := plugin.Client.ValidateKey(ctx, h.sideCall(p, key))
	return h.redactor.String(key.Redact(note)), h.cleanSide(key, err)
}

// sideCall is a call beside the requests: no model, no trail.
func (h *Host) sideCall(p *provider, key sdk.Secret) *sdk.Call {
	t := h.timeoutsOf(p, policy{})
	return &sdk.Call{RequestID: newID(), Key: key, Deadlines: sdk.Deadlines{Connect: t.Connect, FirstToken: t.Unary}}
}

// sideOutcome counts nothing: listing models costs no quota at any provider known.
func sideOutcome(err error) keyring.Outcome {
	if err == nil {
		return keyring.Outcome{Success: true, Refund: true}
	}
	failed := sdk.AsError(err)
	o := outcomeOf(failed, blameKey(failed), failed.Usage)
	o.Refund = true
	return o
}

func (h *Host) routeNames() []string {
	names := make([]string, 0, len(h.config.Routes))
	for _, r := range h.config.Routes {
		names = append(names, r.Name)
	}
	return names
}

func sortActive(active []ActiveRequest) {
	slices.SortFunc(active, func(a, b ActiveRequest) int { return a.Started.Compare(b.Started) })
}

func joinErrors(errs []error) error { return errors.Join(errs...) }

// totals counts what finish tells it.
type totals struct {
	mu sync.Mutex
	t  Totals
}

func (c *totals) count(e RequestEnded) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t.Requests++
	c.t.Attempts += int64(len(e.Trail.Attempts))
	switch e.Kind {
	case "":
	case sdk.KindCanceled:
		c.t.Canceled++
	default:
		c.t.Failed++
		if c.t.FailedByKind == nil {
			c.t.FailedByKind = map[sdk.Kind]int64{}
		}
		c.t.FailedByKind[e.Kind]++
	}
	if e.Trail.AutoFallback != nil {
		c.t.Fallbacks++
	}
	if u := e.Info.Usage; u != nil {
		c.t.PromptTokens += u.PromptTokens
		c.t.CompletionTokens += u.CompletionTokens
	}
	switch {
	case e.Trail.Cost != nil:
		c.t.CostUSD += e.Trail.Cost.USD
	case e.Kind == "" && e.Operation != OperationTokens: // counting tokens costs nothing
		c.t.CostUnknown++
	}
}

func (c *totals) snapshot() Totals {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.t
	out.FailedByKind = make(map[sdk.Kind]int64, len(c.t.FailedByKind))
	for k, n := range c.t.FailedByKind {
		out.FailedByKind[k] = n
	}
	return out
}
