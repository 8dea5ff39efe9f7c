package telemetry

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"

	"github.com/aio-llm/aio/host"
)

// scope is the name of what measures, as OpenTelemetry wants it: the package that does.
const scope = "github.com/aio-llm/aio/host/telemetry"

// Telemetry is a host.ContextObserver. Make it with New or Setup. It is safe for concurrent use.
type Telemetry struct {
	tracer   trace.Tracer
	measures measures
	exporters
}

var _ host.ContextObserver = (*Telemetry)(nil)

// New returns telemetry that makes spans with traces and measures with meters; either may be nil for none.
func New(traces trace.TracerProvider, meters metric.MeterProvider) (*Telemetry, error) {
	if traces == nil {
		traces = tracenoop.NewTracerProvider()
	}
	if meters == nil {
		meters = metricnoop.NewMeterProvider()
	}
	t := &Telemetry{tracer: traces.Tracer(scope, trace.WithInstrumentationVersion(host.Version), trace.WithSchemaURL(semconv.SchemaURL))}
	var err error
	t.measures, err = newMeasures(meters.Meter(scope, metric.WithInstrumentationVersion(host.Version), metric.WithSchemaURL(semconv.SchemaURL)))
	if err != nil {
		return nil, fmt.Errorf("telemetry: %w", err)
	}
	return t, nil
}

// Observe implements host.Observer, for events that come without a context.
func (t *Telemetry) Observe(e host.Event) { t.ObserveContext(context.Background(), e) }

// ObserveContext implements host.ContextObserver.
func (t *Telemetry) ObserveContext(ctx context.Context, e host.Event) {
	switch e := e.(type) {
	case host.RequestEnded:
		// The span, and what is measured within it, outlive the request.
		ctx = t.span(context.WithoutCancel(ctx), &e)
		t.measures.request(ctx, &e)
	case host.KeyChanged:
		t.measures.keyChanged(ctx, e)
	case host.PluginChanged:
		t.measures.pluginChanged(ctx, e)
	}
}
