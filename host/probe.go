package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

// Probe makes single calls of one provider with one key, for finding out what is wrong: past routing, and
// without retries. Errors of its methods are *sdk.Error, or *Error where this host itself holds the key back.
type Probe struct {
	host     *Host
	provider *provider
	key      Key
}

// Probe returns a probe with the key of that label; a provider without keys has the label "".
func (h *Host) Probe(provider, label string) (*Probe, error) {
	p, err := h.provider(provider)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.config.Keys, func(k Key) bool { return k.Label == label })
	switch {
	case i >= 0:
		return &Probe{host: h, provider: p, key: p.config.Keys[i]}, nil
	case label == "" && len(p.config.Keys) == 0:
		return &Probe{host: h, provider: p}, nil
	default:
		return nil, &Error{Kind: sdk.KindNoTarget, Param: "key", Message: fmt.Sprintf("provider %s has no key %q", provider, label)}
	}
}

// Validate checks the key with the cheapest call the provider has, and returns a line about its account if
// the provider tells one. It teaches the host nothing about the key.
func (p *Probe) Validate(ctx context.Context) (string, error) {
	note, err := p.host.ValidateKey(ctx, p.provider.config.Name, p.key.Value)
	return p.host.redactor.String(note), p.redact(err)
}

// Models asks the upstream for its models. It teaches the host nothing about the key.
func (p *Probe) Models(ctx context.Context) ([]sdk.Model, error) {
	plugin, err := p.provider.upstream.get(ctx, false)
	if err != nil {
		return nil, p.redact(err)
	}
	models, err := plugin.ListModels(ctx, p.host.sideCall(p.provider, p.key.Value))
	if err != nil {
		return nil, p.redact(err)
	}
	p.provider.remember(models)
	return models, nil
}

// Chat answers an OpenAI-shaped request with the model of that upstream id. It counts against the key's
// limits as any request does, and what it says about the key holds for the requests after it.
func (p *Probe) Chat(ctx context.Context, model string, body []byte) (*sdk.Reply, error) {
	plugin, err := p.provider.upstream.get(ctx, false)
	if err != nil {
		return nil, p.redact(err)
	}
	others := map[string]bool{}
	for _, k := range p.provider.config.Keys {
		others[k.Label] = k.Label != p.key.Label
	}
	lease, err := p.provider.ring.Acquire(ctx, keyring.Want{Model: model, Skip: others})
	if err != nil {
		return nil, p.heldBack(err)
	}
	call := p.host.sideCall(p.provider, lease.Key())
	call.AttemptID, call.Model, call.Body = lease.AttemptID(), model, body
	reply, err := plugin.Chat(ctx, call)
	if err != nil {
		failed := sdk.AsError(err)
		lease.Settle(outcomeOf(failed, blameKey(failed), failed.Usage))
		return nil, p.redact(err)
	}
	lease.Settle(keyring.Outcome{Success: true, Tokens: tokensOf(reply.Info.Usage)})
	return reply, nil
}

// heldBack says why this host does not let the key call now.
func (p *Probe) heldBack(err error) error {
	var none *keyring.UnavailableError
	if !errors.As(err, &none) {
		return p.redact(err)
	}
	e := &Error{Kind: sdk.KindKeysExhausted, Message: "this host does not use the key now", Cause: err}
	for _, r := range none.Reasons {
		if r.Label != p.key.Label {
			continue
		}
		e.Message = "the key is " + string(r.State) + " here"
		if !r.Until.IsZero() {
			e.RetryAfter = max(time.Until(r.Until), time.Millisecond)
		}
	}
	return e
}

func (p *Probe) redact(err error) error {
	return p.host.cleanSide(p.key.Value, err)
}
