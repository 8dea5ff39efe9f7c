// Package telemetry tells OpenTelemetry of a host's work, by the GenAI semantic conventions.
//
//	t, err := telemetry.New(tracerProvider, meterProvider)
//	h, err := host.New(ctx, config, host.WithObserver(t))
//
// Each request becomes a span, a child of the span its caller's context holds, with a client span beneath it for
// each call of a provider. The gen_ai.client metrics are of calls of providers, the gen_ai.server metrics of
// requests as the host's callers see them; metrics named aio are what the conventions have no name for.
// Spans are made when a request has ended, with the times at which things happened.
//
// Prompts, replies and the messages of errors, which may quote them, are never recorded, and there is no switch
// to change that. Keys appear by their labels.
//
// Setup makes a Telemetry that exports over OTLP as the standard OTEL_ variables say. Nothing in this package
// reads or sets OpenTelemetry's global providers.
package telemetry
