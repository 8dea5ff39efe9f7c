package host

import (
	"context"
	"errors"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

// attempt is one call of one target with one key.
type attempt struct {
	job      *job
	provider *provider
	target   route.Target
	plugin   plugin
	lease    *keyring.Lease
	// position is the target's place in the plan.
	position int
	call     *sdk.Call
	started  time.Time
	// share is this call's part of the request's remaining time.
	share time.Duration
	// chunks counts those of a stream that the caller got.
	chunks int64
	record Attempt
}

// grace is what the host gives a plugin beyond the deadlines the plugin itself enforces, before it takes the
// plugin for frozen.
const grace = 5 * time.Second

func (a *attempt) deadlines(t Timeouts) sdk.Deadlines {
	d := sdk.Deadlines{Connect: t.Connect, FirstToken: t.Unary, Stall: t.Stall}
	if a.job.request.stream {
		d.FirstToken = t.FirstToken
	}
	d.FirstToken = min(d.FirstToken, a.share)
	return d
}

// clientCall is a method of the plugin's client.
type clientCall[T any] func(*sdk.Client, context.Context, *sdk.Call) (T, error)

// answer makes a call that is answered in one piece, with a backstop for a plugin that ignores its deadline.
func answer[T any](a *attempt, call clientCall[T]) (T, error) {
	ctx, cancel := context.WithCancelCause(a.job.ctx)
	backstop := time.AfterFunc(a.call.Deadlines.FirstToken+grace, func() { cancel(errFrozen) })
	defer func() {
		backstop.Stop()
		cancel(nil)
	}()
	out, err := call(a.plugin.Client, ctx, a.call)
	if err != nil {
		return out, a.classify(ctx, err)
	}
	return out, nil
}

var errFrozen = &sdk.Error{Kind: sdk.KindPluginDown, Message: "the plugin did not keep its deadline"}

// classify tells the end of the request from the end of the call.
func (a *attempt) classify(ctx context.Context, err error) error {
	e := sdk.AsError(err)
	if errors.Is(context.Cause(ctx), errFrozen) {
		e = errFrozen
	}
	if e.Kind == sdk.KindPluginDown {
		a.provider.upstream.suspect()
	}
	return e
}

// succeed settles a call that was answered.
func (a *attempt) succeed(info sdk.ReplyInfo) {
	a.record.Duration = time.Since(a.started)
	a.lease.Settle(keyring.Outcome{Success: true, Tokens: tokensOf(info.Usage)})
	j := a.job
	j.info, j.estimated = info, false
	a.answers(&j.trail)
	j.trail.ServedModel, j.trail.Dropped = info.Model, info.Dropped
	if info.Model != a.target.ID { // what an upstream makes up could be the key
		j.trail.ServedModel = j.host.redactor.String(info.Model)
	}
	j.trail.Cost = j.host.prices.cost(a.target, &info, j.trail.Started, j.request.needs.Features)
	a.log()
}

// answers puts into t what answers.
func (a *attempt) answers(t *Trail) {
	t.Provider, t.Model, t.Key = a.target.Provider, a.target.Model, a.lease.Label()
	if a.position > 0 {
		first := a.job.plan.Targets[0]
		t.AutoFallback = &AutoFallback{
			OriginalProvider: first.Provider, OriginalModel: first.Model,
			FinalProvider: a.target.Provider, FinalModel: a.target.Model, FallbackCount: a.position,
		}
	}
}

// fail settles a call that was not.
func (a *attempt) fail(err *sdk.Error, v verdict, step next) {
	a.record.Duration = time.Since(a.started)
	a.record.Kind, a.record.Status, a.record.RetryAfter = err.Kind, err.Status, err.RetryAfter
	a.record.Message, a.record.Certainty = a.job.host.redactor.String(err.Message), err.Certainty.String()
	a.record.Next = step.String()
	usage := a.used(err)
	a.lease.Settle(outcomeOf(err, v.key, usage))
	a.log()
}

func (a *attempt) log() {
	a.job.trail.Attempts = append(a.job.trail.Attempts, a.record)
	if h := a.job.host; h.observed() {
		h.observe(a.job.ctx, AttemptEnded{RequestID: a.job.request.id, Attempt: a.record})
	}
}

// used is what a failed call used: as the upstream told, else, of one that was cut off at work, a guess that
// errs on the low side. A chunk is about a token.
func (a *attempt) used(err *sdk.Error) *sdk.Usage {
	j := a.job
	j.info.Usage, j.estimated = err.Usage, false
	if err.Usage != nil || !cutOff(err) {
		return err.Usage
	}
	j.estimated = true
	j.info.Usage = &sdk.Usage{PromptTokens: j.request.prompt, CompletionTokens: a.chunks, TotalTokens: j.request.prompt + a.chunks}
	return j.info.Usage
}

// cutOff tells calls that an upstream may have been answering when they ended.
func cutOff(err *sdk.Error) bool {
	switch err.Kind {
	case sdk.KindCanceled, sdk.KindTimeout, sdk.KindBrokenStream, sdk.KindPluginDown:
		return err.Certainty != sdk.NotSent
	default:
		return false
	}
}

func outcomeOf(err *sdk.Error, k keyEffect, used *sdk.Usage) keyring.Outcome {
	o := keyring.Outcome{Refund: k.refund, AuthError: k.authError, Canceled: k.canceled, Kind: err.Kind, Tokens: tokensOf(used)}
	if k.rest.scope != sdk.ScopeNone {
		o.Cool = &keyring.Cooldown{Scope: k.rest.scope, For: k.rest.For, Daily: k.rest.daily, Doubling: k.rest.doubling, Why: err.Kind}
	}
	return o
}

func tokensOf(u *sdk.Usage) int64 {
	if u == nil {
		return 0
	}
	return max(u.TotalTokens, u.PromptTokens+u.CompletionTokens)
}
