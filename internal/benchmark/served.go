package main

import (
	"time"

	"github.com/aio-llm/aio/internal/benchmark/upstream"
)

// The loads on what serves HTTP, by name.
const (
	servedUnary1      = "served unary, 1 caller"
	servedUnary64     = "served unary, 64 callers"
	servedPaced16     = "16 served paced streams"
	servedPaced32     = "32 served paced streams"
	servedPaced64     = "64 served paced streams"
	servedSaturated16 = "16 served saturated streams"
	servedSaturated64 = "64 served saturated streams"
	servedSteady500   = "500 served steady streams"
	servedRate500     = "served 500 a second, 50 ms each"
)

// The sides of those: our gateway, Go's do-nothing proxy, nginx.
const (
	gatewayVariant = "gateway"
	proxyVariant   = "proxy"
	nginxVariant   = "nginx"
)

func (r *rig) servedCells(length time.Duration) []cell {
	unary := func(model string) []variant {
		return r.sides(func(e *endpoint) operation { return e.unary(r.requests.body[model]) })
	}
	streams := func(model string) []variant {
		return r.sides(func(e *endpoint) operation { return e.stream(r.requests.body[model], upstream.Chunks(model)) })
	}
	// A stream of these takes half a second, and a ninety-ninth percentile wants many.
	steady, rated := max(2*length, 4*time.Second), max(2*length, 2*time.Second)
	if length < shortest {
		steady, rated = length, length
	}
	return []cell{
		{name: servedUnary1, callers: 1, length: length, variants: unary(upstream.Unary)},
		{name: servedUnary64, callers: 64, length: length, variants: unary(upstream.Unary)},
		{name: servedPaced16, callers: 16, length: length, variants: streams(upstream.Paced)},
		{name: servedPaced32, callers: 32, length: length, variants: streams(upstream.Paced)},
		{name: servedPaced64, callers: 64, length: length, variants: streams(upstream.Paced)},
		{name: servedSaturated16, callers: 16, length: length, variants: streams(upstream.Saturated)},
		{name: servedSaturated64, callers: 64, length: length, variants: streams(upstream.Saturated)},
		{name: servedSteady500, callers: 500, length: steady, ramp: 500 * time.Millisecond, variants: streams(upstream.Steady)},
		{name: servedRate500, callers: 100, length: rated, rate: 500, variants: unary(upstream.Slow)},
	}
}

// shortest is a length below which nothing is a measurement.
const shortest = 500 * time.Millisecond

// sides are the same operation on each endpoint that takes part.
func (r *rig) sides(do func(*endpoint) operation) []variant {
	var out []variant
	for _, s := range r.servers {
		out = append(out, variant{name: s.name, remote: true, pids: s.pids, do: do(s.endpoint)})
	}
	return out
}
