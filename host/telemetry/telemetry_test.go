package telemetry_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/telemetry"
	"github.com/aio-llm/aio/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

// rig is telemetry that can be read back.
type rig struct {
	*telemetry.Telemetry
	spans  *tracetest.SpanRecorder
	traces *sdktrace.TracerProvider
	reader *sdkmetric.ManualReader
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	r.traces = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(r.spans))
	var err error
	if r.Telemetry, err = telemetry.New(r.traces, sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader))); err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func attributes(set []attribute.KeyValue) string {
	var parts []string
	for _, a := range set {
		parts = append(parts, fmt.Sprintf("%s=%s", a.Key, a.Value.String()))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// drawn is every span: whose child, when, what, and how it ended.
func drawn(r *rig) string {
	spans := r.spans.Ended()
	name := map[trace.SpanID]string{{}: "-"}
	for _, s := range spans {
		name[s.SpanContext().SpanID()] = s.Name()
	}
	var b strings.Builder
	for _, s := range spans {
		fmt.Fprintf(&b, "%s (%s) under %s, %v to %v, %s %s\n", s.Name(), s.SpanKind(), name[s.Parent().SpanID()],
			s.StartTime().Sub(began), s.EndTime().Sub(began), s.Status().Code, s.Status().Description)
		for _, line := range strings.Fields(strings.ReplaceAll(attributes(s.Attributes()), "[\"stop\"]", "stop")) {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	return b.String()
}

func TestSpans(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.Observe(fallback())
	r.Observe(failed(sdk.KindTimeout))
	r.Observe(failed(sdk.KindCanceled))
	r.Observe(nowhere())
	golden(t, "spans.txt", drawn(r))
}

// measured is every series: its value, or for histograms count and sum.
func measured(t *testing.T, r *rig) string {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := r.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	var lines []string
	say := func(name string, set attribute.Set, value string) {
		lines = append(lines, fmt.Sprintf("%s{%s} %s\n", name, attributes(set.ToSlice()), value))
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			name := m.Name + " " + m.Unit
			switch data := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					say(name, p.Attributes, fmt.Sprintf("%d, %.6g", p.Count, p.Sum))
				}
			case metricdata.Histogram[int64]:
				for _, p := range data.DataPoints {
					say(name, p.Attributes, fmt.Sprintf("%d, %d", p.Count, p.Sum))
				}
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					say(name, p.Attributes, fmt.Sprint(p.Value))
				}
			case metricdata.Sum[float64]:
				for _, p := range data.DataPoints {
					say(name, p.Attributes, fmt.Sprint(p.Value))
				}
			default:
				t.Errorf("%s is a %T", m.Name, data)
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func TestMeasures(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.Observe(fallback())
	r.Observe(failed(sdk.KindTimeout))
	r.Observe(nowhere())
	r.Observe(host.KeyChanged{Provider: "groq", Key: "main", State: "cooled"})
	r.Observe(host.PluginChanged{Provider: "groq", State: "backoff", Reason: "exit status 1"})
	r.Observe(host.RequestStarted{ID: "ignored"})
	golden(t, "measures.txt", measured(t, r))
}

// What callers write makes no series, and it, prompts and messages are in no span but as the model asked for.
func TestCallersWords(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 100 {
		e := failed(sdk.KindServerError)
		e.Trail.Attempts[0].Model = fmt.Sprintf("of-the-caller-%d", i)
		r.Observe(e)
		r.Observe(nowhere())
	}
	text := measured(t, r)
	if strings.Contains(text, "of-the-caller") {
		t.Error(text)
	}
	if n := strings.Count(text, "\n"); n != 4 {
		t.Errorf("%d series, want 4:\n%s", n, text)
	}
	r.Observe(fallback())
	if strings.Contains(drawn(r), "the prompt") {
		t.Error("a span quotes the prompt")
	}
}

// The span of the caller is the parent, even when the caller's context is over.
func TestTheCallersSpanIsTheParent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	ctx, caller := r.traces.Tracer("test").Start(ctx, "caller")
	cancel()
	r.ObserveContext(ctx, fallback())
	caller.End()
	spans := r.spans.Ended()
	if len(spans) != 4 {
		t.Fatalf("%d spans", len(spans))
	}
	request := spans[2]
	if request.Parent().SpanID() != caller.SpanContext().SpanID() || spans[0].Parent().SpanID() != request.SpanContext().SpanID() {
		t.Error("the spans are not the caller's children")
	}
	if !strings.Contains(measured(t, r), "gen_ai.server.request.duration") {
		t.Error("a context that is over is not measured")
	}
}

// A trace that is not sampled costs no attributes and leaves no span.
func TestSampling(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	traces := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans), sdktrace.WithSampler(sdktrace.NeverSample()))
	tel, err := telemetry.New(traces, nil)
	if err != nil {
		t.Fatal(err)
	}
	tel.Observe(fallback())
	if n := len(spans.Ended()); n != 0 {
		t.Errorf("%d spans", n)
	}
}

func TestWithoutProviders(t *testing.T) {
	t.Parallel()
	tel, err := telemetry.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	tel.Observe(fallback())
	if tel.Active() {
		t.Error("active without providers of its own")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := tel.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func BenchmarkObserve(b *testing.B) {
	reader := sdkmetric.NewManualReader()
	tel, err := telemetry.New(nil, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	if err != nil {
		b.Fatal(err)
	}
	var e host.Event = fallback()
	b.ReportAllocs()
	for b.Loop() {
		tel.Observe(e)
	}
}
