package host

import (
	"cmp"
	"errors"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

// Plan is what would be tried for a request, without calling anybody.
type Plan struct {
	Requested string       `json:"requested"`
	Mode      string       `json:"mode"` // auto, route or direct
	Targets   []PlanTarget `json:"targets"`
	// Dropped are the targets left out, with the reason.
	Dropped  []Skip   `json:"dropped,omitempty"`
	Timeouts Timeouts `json:"timeouts"`
}

// PlanTarget is one target of a Plan, in the order they are tried.
type PlanTarget struct {
	Provider string `json:"provider"`
	Model    string `json:"model"`
	ID       string `json:"id"`
	// Keys are the usable ones, in the order they would be tried now; KeysHeld those that would be passed over.
	Keys     []string  `json:"keys"`
	KeysHeld []HeldKey `json:"keys_held,omitempty"`
	Retry    Retry     `json:"retry"`
}

// HeldKey is a key that is not used now.
type HeldKey struct {
	Key    string    `json:"key"`
	State  string    `json:"state"`
	Reason string    `json:"reason,omitempty"`
	Until  time.Time `json:"until,omitzero"`
}

func held(o keyring.Outlook) []HeldKey {
	out := make([]HeldKey, 0, len(o.Held))
	for _, r := range o.Held {
		out = append(out, HeldKey{Key: r.Label, State: string(r.State), Reason: cmp.Or(r.Detail, string(r.Why)), Until: r.Until})
	}
	return out
}

// Explain plans req as Chat would, and returns the plan instead of carrying it out.
func (h *Host) Explain(req *sdk.ChatRequest, opts ...CallOption) (Plan, error) {
	var o callOptions
	for _, opt := range opts {
		opt(&o)
	}
	body, err := encodeChat(req)
	if err != nil {
		return Plan{}, err
	}
	r, err := inspectChat(body)
	if err != nil {
		return Plan{}, err
	}
	name, err := h.requested(r.model, o.route)
	if err != nil {
		return Plan{}, err
	}
	planned, err := h.catalog.Plan(name, r.needs)
	var unknown *route.UnknownError
	if errors.As(err, &unknown) {
		return Plan{}, &Error{Kind: sdk.KindNoTarget, Param: "model", Message: unknown.Error(), Cause: err}
	}
	if err != nil {
		return Plan{}, err
	}
	own := h.policyOf(name)
	out := Plan{Requested: name, Mode: string(planned.Mode), Targets: []PlanTarget{}, Timeouts: mergeTimeouts(own.timeouts, h.config.Timeouts, defaultTimeouts())}
	for _, t := range planned.Targets {
		p := h.providers[t.Provider]
		outlook := p.ring.Outlook(t.ID)
		out.Targets = append(out.Targets, PlanTarget{
			Provider: t.Provider, Model: t.Model, ID: t.ID, Keys: outlook.Ready, KeysHeld: held(outlook), Retry: h.retryOf(p, own),
		})
	}
	for _, d := range planned.Dropped {
		out.Dropped = append(out.Dropped, Skip{Target: d.Target.String(), Reason: d.Reason})
	}
	return out, nil
}
