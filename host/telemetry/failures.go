package telemetry

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// failures ends exports with life and logs what an exporter could not do. Left to itself the SDK prints to the process's standard error.
type failures struct {
	life    context.Context //nolint:containedctx // that of the exporter, which is what this belongs to
	log     hclog.Logger
	what    string
	failing atomic.Bool
}

// note says once that exporting fails, and once that it works again.
func (f *failures) note(err error) {
	switch failed := err != nil; {
	case failed && !f.failing.Swap(true):
		f.log.Warn("telemetry cannot be exported", "what", f.what, "error", err)
	case !failed && f.failing.Swap(false):
		f.log.Info("telemetry is exported again", "what", f.what)
	}
}

// export calls do with a context that also ends with life: past Shutdown's own, the SDK lets exports run on.
func (f *failures) export(ctx context.Context, do func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(f.life, cancel)()
	f.note(do(ctx))
}

type loggedSpans struct {
	sdktrace.SpanExporter
	failures
}

// ExportSpans implements sdktrace.SpanExporter.
func (e *loggedSpans) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.export(ctx, func(ctx context.Context) error { return e.SpanExporter.ExportSpans(ctx, spans) })
	return nil
}

type loggedMetrics struct {
	sdkmetric.Exporter
	failures
}

// Export implements sdkmetric.Exporter.
func (e *loggedMetrics) Export(ctx context.Context, m *metricdata.ResourceMetrics) error {
	e.export(ctx, func(ctx context.Context) error { return e.Exporter.Export(ctx, m) })
	return nil
}
