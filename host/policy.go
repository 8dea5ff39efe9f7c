package host

import (
	"cmp"
	"time"

	"github.com/aio-llm/aio/host/internal/retry"
)

// policy is what a route, or no route, asks for; zero fields are left to the provider.
type policy struct {
	retry Retry
	// timeouts.Total is always set: it belongs to the request, not to a provider.
	timeouts Timeouts
}

func (h *Host) policyOf(name string) policy {
	r := h.routes[name]
	p := policy{retry: r.Retry, timeouts: r.Timeouts}
	p.timeouts.Total = cmp.Or(r.Timeouts.Total, h.config.Timeouts.Total, defaultTimeouts().Total)
	return p
}

func (h *Host) retryOf(p *provider, own policy) Retry {
	return mergeRetry(own.retry, p.config.Retry, h.config.Retry, defaultRetry())
}

func (h *Host) timeoutsOf(p *provider, own policy) Timeouts {
	return mergeTimeouts(own.timeouts, p.config.Timeouts, h.config.Timeouts, defaultTimeouts())
}

func defaultRetry() Retry {
	no := false
	return Retry{
		MaxTries: 3, Delay: 500 * time.Millisecond, Multiplier: 2, MaxDelay: 8 * time.Second,
		OnAmbiguous: AmbiguousFallback, FallbackOnBlocked: &no,
	}
}

func defaultTimeouts() Timeouts {
	return Timeouts{
		Connect: 10 * time.Second, FirstToken: time.Minute, Unary: 2 * time.Minute, Stall: time.Minute, Total: 10 * time.Minute,
	}
}

// mergeRetry takes each field from the first of rs that sets it.
func mergeRetry(rs ...Retry) Retry {
	var out Retry
	for _, r := range rs {
		out.MaxTries = cmp.Or(out.MaxTries, r.MaxTries)
		out.Delay = cmp.Or(out.Delay, r.Delay)
		out.Multiplier = cmp.Or(out.Multiplier, r.Multiplier)
		out.MaxDelay = cmp.Or(out.MaxDelay, r.MaxDelay)
		out.OnAmbiguous = cmp.Or(out.OnAmbiguous, r.OnAmbiguous)
		out.FallbackOnBlocked = cmp.Or(out.FallbackOnBlocked, r.FallbackOnBlocked)
	}
	return out
}

// mergeTimeouts takes each field from the first of ts that sets it.
func mergeTimeouts(ts ...Timeouts) Timeouts {
	var out Timeouts
	for _, t := range ts {
		out.Connect = cmp.Or(out.Connect, t.Connect)
		out.FirstToken = cmp.Or(out.FirstToken, t.FirstToken)
		out.Unary = cmp.Or(out.Unary, t.Unary)
		out.Stall = cmp.Or(out.Stall, t.Stall)
		out.Total = cmp.Or(out.Total, t.Total)
	}
	return out
}

func (r Retry) backoff() retry.Backoff {
	return retry.Backoff{Delay: r.Delay, Multiplier: r.Multiplier, Max: r.MaxDelay}
}
