package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/aio-llm/aio/host/telemetry"
)

func TestHandlerReadsTheTrace(t *testing.T) {
	t.Parallel()
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	for header, want := range map[string]string{
		"00-" + id + "-00f067aa0ba902b7-01": id,
		"":                                  trace.TraceID{}.String(),
		"00-nonsense":                       trace.TraceID{}.String(),
	} {
		var got string
		h := telemetry.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got = trace.SpanContextFromContext(r.Context()).TraceID().String()
		}))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		if header != "" {
			r.Header.Set("traceparent", header)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != want {
			t.Errorf("%q: trace %s, want %s", header, got, want)
		}
	}
}
