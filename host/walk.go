package host

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/host/internal/retry"
	"github.com/aio-llm/aio/sdk"
)

// walk goes through a plan's targets one call at a time. Its two steps alternate: next picks the target, its
// plugin and a key; failed takes in what became of the call and moves on.
type walk struct {
	job *job
	// at is the target now tried, called whether it got a call, retries the repeated calls to it, tried the labels of its keys that must
	// not be used again for this request.
	at      int
	called  bool
	retries int
	tried   map[string]bool
	wait    time.Duration
	calls   int
	// failures are the errors of all calls, unserved the reasons of targets that got none.
	failures []*sdk.Error
	unserved []error
	stopped  *sdk.Error
}

// maxRotations bounds the keys one request tries at one target: enough to find the one good key among many
// dead ones, not enough to make a thousand-key mistake a flood.
const maxRotations = 64

// run makes calls until one succeeds or the walk is over.
func run[T any](j *job, do func(*attempt) (T, error)) (*attempt, T, error) {
	var none T
	w := walk{job: j}
	for {
		a, err := w.next()
		if err != nil {
			return nil, none, err
		}
		out, err := do(a)
		if err == nil {
			return a, out, nil
		}
		w.failed(a, sdk.AsError(err))
	}
}

// next returns the call to make, or the error to end with.
func (w *walk) next() (*attempt, error) {
	for w.stopped == nil && w.at < len(w.job.plan.Targets) {
		if err := w.sleep(); err != nil {
			return nil, err
		}
		a, err := w.prepare()
		if err == nil {
			return a, nil
		}
		if ended := w.job.ended(); ended != nil {
			return nil, ended
		}
		if !w.called { // else the calls themselves say why this target did not answer
			w.job.trail.skip(w.job.plan.Targets[w.at].String(), err.Error())
			w.unserved = append(w.unserved, err)
		}
		w.advance()
	}
	return nil, w.verdict()
}

// prepare gets everything one call of the current target needs.
func (w *walk) prepare() (*attempt, error) {
	j := w.job
	target := j.plan.Targets[w.at]
	p := j.host.providers[target.Provider]
	plugin, err := p.upstream.get(j.ctx, w.at+1 < len(j.plan.Targets))
	if err != nil {
		return nil, err
	}
	if c := j.request.capability; c != "" && !plugin.Can(c) {
		return nil, &sdk.Error{Kind: sdk.KindUnsupported, Certainty: sdk.NotSent, Message: fmt.Sprintf("provider %s has no %s", p.config.Name, c)}
	}
	lease, err := p.ring.Acquire(j.ctx, keyring.Want{Model: target.ID, Skip: w.tried})
	if err != nil {
		return nil, err
	}
	if !w.called {
		p.budget.OnRequest()
	}
	w.calls, w.called = w.calls+1, true
	now := time.Now()
	a := &attempt{
		job: j, provider: p, target: target, plugin: plugin, lease: lease, position: w.at, started: now,
		share: retry.Split(j.deadline, now, len(j.plan.Targets)-w.at),
		record: Attempt{
			Provider: target.Provider, Model: target.Model, Unlisted: target.Unlisted, Key: lease.Label(), Started: now, Waited: w.wait,
		},
	}
	a.call = &sdk.Call{
		RequestID: j.request.id, AttemptID: j.attemptID(w.calls), Model: target.ID, Key: lease.Key(), Body: j.request.body,
		Deadlines: a.deadlines(j.host.timeoutsOf(p, j.policy)),
	}
	w.wait = 0
	return a, nil
}

// failed settles a failed call and decides what follows.
func (w *walk) failed(a *attempt, err *sdk.Error) {
	if ended := w.job.ended(); ended != nil {
		told := *ended
		told.Certainty = err.Certainty
		err = &told
	}
	policy := w.job.host.retryOf(a.provider, w.job.policy)
	v := decide(situation{
		err: err, otherTarget: w.at+1 < len(w.job.plan.Targets),
		retries: w.retries, policy: policy,
	})
	step := v.next
	if step == nextKey {
		if w.tried == nil {
			w.tried = map[string]bool{}
		}
		w.tried[a.lease.Label()] = true
		if len(w.tried) >= maxRotations || a.lease.Label() == "" {
			step = nextTarget
		}
	}
	if step == sameTarget {
		step = w.plot(a.provider, err, v, policy)
	}
	a.fail(err, v, step)
	w.failures = append(w.failures, err)
	switch step {
	case stop:
		w.stopped = err
	case nextTarget:
		w.advance()
	case sameTarget, nextKey:
	}
}

// plot decides whether the same target may be tried again, and when.
func (w *walk) plot(p *provider, err *sdk.Error, v verdict, policy Retry) next {
	w.retries++
	if !p.budget.Withdraw() {
		return stop
	}
	if v.backoff {
		w.wait = max(policy.backoff().Wait(w.retries, rand.Float64()), err.RetryAfter)
		if time.Until(w.job.deadline) <= w.wait {
			return stop // the wait would only end in a timeout: tell what happened instead
		}
	}
	return sameTarget
}

func (w *walk) sleep() error {
	if w.wait <= 0 {
		if ended := w.job.ended(); ended != nil {
			return ended
		}
		return nil
	}
	if retry.Sleep(w.job.ctx, w.wait) == nil {
		return nil
	}
	if ended := w.job.ended(); ended != nil {
		return ended
	}
	return errTotal // Sleep does not begin what the deadline would cut
}

func (w *walk) advance() {
	w.at++
	w.called, w.retries, w.tried, w.wait = false, 0, nil, 0
}

// verdict is the error the walk ends with: what stopped it, else what failed first, since later targets are
// substitutes and often less able.
func (w *walk) verdict() error {
	switch {
	case w.stopped != nil:
		return w.withSoonest(w.stopped)
	case len(w.failures) > 0:
		return w.withSoonest(w.deciding())
	case len(w.unserved) > 0:
		return w.nothingServed()
	case len(w.job.plan.Dropped) > 0:
		return w.allDropped()
	default:
		return &Error{Kind: sdk.KindNoTarget, Param: "model", Message: fmt.Sprintf("%q has no active target", w.job.plan.Requested)}
	}
}

// deciding prefers the first failure that says something about the request or the upstream; key trouble only
// counts when there was nothing else.
func (w *walk) deciding() *sdk.Error {
	for _, f := range w.failures {
		if f.Kind.Category() != sdk.CategoryAuth {
			return f
		}
	}
	return w.failures[0]
}

// withSoonest tells a rate-limited caller when the first key will be free again.
func (w *walk) withSoonest(e *sdk.Error) error {
	if e.Kind != sdk.KindRateMinute && e.Kind != sdk.KindRateDay {
		return e
	}
	soonest := time.Time{}
	for _, t := range w.job.plan.Targets {
		at := w.job.host.providers[t.Provider].ring.Outlook(t.ID).Soonest
		if !at.IsZero() && (soonest.IsZero() || at.Before(soonest)) {
			soonest = at
		}
	}
	told := *e
	if !soonest.IsZero() {
		told.RetryAfter = max(time.Until(soonest), time.Millisecond)
	}
	return &told
}

// nothingServed explains that no target could even be called.
func (w *walk) nothingServed() error {
	first := w.unserved[0]
	var soonest time.Time
	var texts []string
	keys := true
	for _, err := range w.unserved {
		var none *keyring.UnavailableError
		if !errors.As(err, &none) {
			keys = false
			continue
		}
		if !none.Soonest.IsZero() && (soonest.IsZero() || none.Soonest.Before(soonest)) {
			soonest = none.Soonest
		}
		if text := none.Error(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if !keys {
		e := sdk.AsError(firstOther(w.unserved))
		if e.Kind == sdk.KindUnknown {
			e = &sdk.Error{Kind: sdk.KindPluginDown, Message: e.Message, Certainty: sdk.NotSent, Cause: first}
		}
		return e
	}
	e := &Error{Kind: sdk.KindKeysExhausted, Message: strings.Join(texts, "; "), Cause: first}
	if !soonest.IsZero() {
		e.RetryAfter = max(time.Until(soonest), time.Millisecond)
	}
	return e
}

func firstOther(errs []error) error {
	for _, err := range errs {
		var none *keyring.UnavailableError
		if !errors.As(err, &none) {
			return err
		}
	}
	return errs[0]
}

func (w *walk) allDropped() error {
	texts := make([]string, 0, len(w.job.plan.Dropped))
	for _, d := range w.job.plan.Dropped {
		texts = append(texts, d.Target.String()+": "+d.Reason)
	}
	return &Error{Kind: sdk.KindUnsupported, Message: "no target can serve this request: " + strings.Join(texts, "; ")}
}
