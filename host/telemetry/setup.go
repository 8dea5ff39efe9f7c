package telemetry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/go-hclog"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/aio-llm/aio/host"
)

// exporters are what Setup started; the zero value is nothing.
type exporters struct {
	traces  *sdktrace.TracerProvider
	metrics *sdkmetric.MeterProvider
	// abort ends what Shutdown could not wait for.
	abort context.CancelFunc
}

// Setup returns telemetry that exports over OTLP/gRPC as OpenTelemetry's environment variables say: traces if
// OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, metrics likewise, neither with
// OTEL_SDK_DISABLED=true. The exporters take headers, certificates, timeouts, sampling and batching from the
// variables of their specification. With no endpoint the telemetry is not Active. What cannot be exported is
// logged to log and forgotten: memory stays bounded and no request waits.
//
// Shut the telemetry down.
func Setup(ctx context.Context, log hclog.Logger) (*Telemetry, error) {
	withTraces, err := enabled("TRACES")
	if err != nil {
		return nil, err
	}
	withMetrics, err := enabled("METRICS")
	if err != nil {
		return nil, err
	}
	var e exporters
	if withTraces || withMetrics {
		if e, err = export(ctx, withTraces, withMetrics, log); err != nil {
			return nil, err
		}
	}
	var traces trace.TracerProvider // a nil pointer in it would not be nil
	if e.traces != nil {
		traces = e.traces
	}
	var meters metric.MeterProvider
	if e.metrics != nil {
		meters = e.metrics
	}
	t, err := New(traces, meters)
	if err != nil {
		return nil, errors.Join(err, e.Shutdown(ctx))
	}
	t.exporters = e
	return t, nil
}

// Active reports whether anything is exported. What is not Active need not be attached to a host.
func (e *exporters) Active() bool { return e.traces != nil || e.metrics != nil }

// Shutdown exports what is left and stops; what is not exported when ctx ends is dropped. Telemetry made by New
// has nothing to shut down.
func (e *exporters) Shutdown(ctx context.Context) error {
	if e.abort == nil {
		return nil
	}
	defer e.abort()
	// Given a context that ends, the SDK returns and leaves its exporters running.
	done := make(chan error, 1)
	go func() { done <- e.stop(context.WithoutCancel(ctx)) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		e.abort()
		return errors.Join(fmt.Errorf("stop telemetry: what was left is dropped: %w", context.Cause(ctx)), <-done)
	}
}

func (e *exporters) stop(ctx context.Context) error {
	var errs []error
	if e.traces != nil {
		errs = append(errs, e.traces.Shutdown(ctx))
	}
	if e.metrics != nil {
		errs = append(errs, e.metrics.Shutdown(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stop telemetry: %w", err)
	}
	return nil
}

// enabled reports whether the variables ask for a signal, TRACES or METRICS.
func enabled(signal string) (bool, error) {
	either := func(name string) (variable, value string) {
		variable = "OTEL_EXPORTER_OTLP_" + signal + "_" + name
		if value = os.Getenv(variable); value == "" {
			variable = "OTEL_EXPORTER_OTLP_" + name
			value = os.Getenv(variable)
		}
		return variable, value
	}
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	if _, endpoint := either("ENDPOINT"); endpoint == "" {
		return false, nil
	}
	switch name := "OTEL_" + signal + "_EXPORTER"; cmp.Or(os.Getenv(name), "otlp") {
	case "otlp":
	case "none":
		return false, nil
	default:
		return false, fmt.Errorf("%s is %q: use otlp or none", name, os.Getenv(name))
	}
	if variable, protocol := either("PROTOCOL"); protocol != "" && protocol != "grpc" {
		return false, fmt.Errorf("%s is %q: only grpc is spoken, to port 4317 of a collector as a rule", variable, protocol)
	}
	return true, nil
}

func export(ctx context.Context, withTraces, withMetrics bool, log hclog.Logger) (exporters, error) {
	life, abort := context.WithCancel(context.WithoutCancel(ctx))
	e := exporters{abort: abort}
	about, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName("aio"), semconv.ServiceVersion(host.Version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return e, errors.Join(fmt.Errorf("telemetry: OTEL_RESOURCE_ATTRIBUTES: %w", err), e.Shutdown(ctx))
	}
	if withTraces {
		to, err := otlptracegrpc.New(ctx)
		if err != nil {
			return e, errors.Join(fmt.Errorf("telemetry: export traces: %w", err), e.Shutdown(ctx))
		}
		e.traces = sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(&loggedSpans{SpanExporter: to, failures: failures{life: life, log: log, what: "traces"}}))
	}
	if withMetrics {
		to, err := otlpmetricgrpc.New(ctx)
		if err != nil {
			return e, errors.Join(fmt.Errorf("telemetry: export metrics: %w", err), e.Shutdown(ctx))
		}
		reader := sdkmetric.NewPeriodicReader(&loggedMetrics{Exporter: to, failures: failures{life: life, log: log, what: "metrics"}})
		e.metrics = sdkmetric.NewMeterProvider(sdkmetric.WithResource(about), sdkmetric.WithReader(reader))
	}
	return e, nil
}
