package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves these metrics, and those of the Go runtime and the process, from a registry of its own.
func (m *Metrics) Handler() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{
		Registry: r, EnableOpenMetrics: true, MaxRequestsInFlight: 8, Timeout: scrapeTimeout,
	})
}

// Prometheus gives up after 10 s by default.
const scrapeTimeout = 10 * time.Second
