package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// span records a request that has ended and returns ctx with its span.
func (t *Telemetry) span(ctx context.Context, e *host.RequestEnded) context.Context {
	trail := &e.Trail
	ctx, span := t.tracer.Start(ctx, name(e.Operation, model(trail)), trace.WithTimestamp(trail.Started), trace.WithSpanKind(trace.SpanKindInternal))
	if span.IsRecording() {
		span.SetAttributes(requestAttributes(e)...)
		fault(span, e.Kind)
		for i := range trail.Attempts {
			t.call(ctx, e, i)
		}
	}
	span.End(trace.WithTimestamp(trail.Started.Add(trail.Duration)))
	return ctx
}

// call records one call of a provider.
func (t *Telemetry) call(ctx context.Context, e *host.RequestEnded, i int) {
	a := &e.Trail.Attempts[i]
	_, span := t.tracer.Start(ctx, name(e.Operation, a.Model), trace.WithTimestamp(a.Started), trace.WithSpanKind(trace.SpanKindClient))
	attrs := []attribute.KeyValue{
		semconv.GenAIOperationNameKey.String(e.Operation), semconv.GenAIProviderNameKey.String(provider(a.Provider)),
		semconv.GenAIRequestModel(clip(a.Model)), semconv.GenAIRequestStream(e.Stream), attrKey.String(a.Key), attrAttempt.Int(i + 1),
	}
	if a.FirstToken > 0 {
		attrs = append(attrs, semconv.GenAIResponseTimeToFirstChunk(a.FirstToken.Seconds()))
	}
	if a.Waited > 0 {
		attrs = append(attrs, attrWaited.Float64(a.Waited.Seconds()))
	}
	if a.Status > 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(a.Status))
	}
	if a.Next != "" {
		attrs = append(attrs, attrNext.String(a.Next))
	}
	if a.Kind == "" {
		attrs = append(attrs, answered(e)...)
	}
	span.SetAttributes(attrs...)
	fault(span, a.Kind)
	span.End(trace.WithTimestamp(a.Started.Add(a.Duration)))
}

// fault marks what failed by its kind. A message may quote the prompt and stays out.
func fault(span trace.Span, k sdk.Kind) {
	if k == "" {
		return
	}
	span.SetAttributes(semconv.ErrorTypeKey.String(string(k)))
	if k != sdk.KindCanceled { // the caller's wish is no error
		span.SetStatus(codes.Error, string(k))
	}
}

func name(operation, model string) string {
	if model == "" {
		return operation
	}
	return operation + " " + clip(model)
}

// model is what answered, or was called last; a name that nothing serves does not make a span's name.
func model(t *host.Trail) string {
	if t.Model != "" {
		return t.Model
	}
	if n := len(t.Attempts); n > 0 {
		return t.Attempts[n-1].Model
	}
	return ""
}
