package telemetry

import (
	"net/http"

	"go.opentelemetry.io/otel/propagation"
)

// Handler serves with next, with the trace that a request's traceparent header tells (W3C Trace Context) in its
// context: the spans of its host requests become part of that trace.
func Handler(next http.Handler) http.Handler {
	var format propagation.TraceContext
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Traceparent") != "" {
			r = r.WithContext(format.Extract(r.Context(), propagation.HeaderCarrier(r.Header)))
		}
		next.ServeHTTP(w, r)
	})
}
