// Package metrics shows a host's work to Prometheus.
//
//	m := metrics.New()
//	h, err := host.New(ctx, config, host.WithObserver(m))
//	m.Watch(h.Status)
//	mux.Handle("/metrics", m.Handler())
//
// Counters and histograms come from the events of requests, gauges from the status the host has when it is
// scraped. A program with a registry of its own registers the Metrics there; nothing is registered globally.
//
// Label values are names of the configuration and closed lists, so there are no more series than the
// configuration allows: a model that only the caller named counts as "other". Keys appear by their labels.
package metrics
