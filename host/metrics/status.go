package metrics

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aio-llm/aio/host"
)

// gauges describe what is read from the status at a scrape.
type gauges struct {
	build, available, pluginState, restarts, keyState, keyUsed, keyLimit *prometheus.Desc
}

func newGauges() gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
	}
	return gauges{
		build:       desc("build_info", "1; the version is in the label.", "version"),
		available:   desc("provider_available", "1 if the provider could take a request now, else 0; switched-off providers are left out.", "provider"),
		pluginState: desc("plugin_state", "1 for the state a plugin is in, 0 for the others.", "provider", "state"),
		restarts:    desc("plugin_restarts_total", "Starts of a plugin process after its first.", "provider"),
		keyState:    desc("key_state", "1 for the state a key is in, 0 for the others.", "provider", "key", "state"),
		keyUsed:     desc("key_used_today", "Calls with a key on the provider's day that count towards its limit.", "provider", "key"),
		keyLimit:    desc("key_daily_limit", "Calls with a key a day at most; missing when there is no limit.", "provider", "key"),
	}
}

func (g *gauges) all() []*prometheus.Desc {
	return []*prometheus.Desc{g.build, g.available, g.pluginState, g.restarts, g.keyState, g.keyUsed, g.keyLimit}
}

func pluginStates() []string {
	return []string{"idle", "starting", "ready", "draining", "backoff", "disabled"}
}

func keyStates() []string {
	return []string{"ready", "cooling", "parked", "exhausted", "disabled", "missing"}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range m.all() {
		c.Describe(ch)
	}
	for _, d := range m.polled.all() {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	for _, c := range m.all() {
		c.Collect(ch)
	}
	if status := m.status.Load(); status != nil {
		s := (*status)()
		m.polled.collect(ch, &s)
	}
}

func (g *gauges) collect(ch chan<- prometheus.Metric, s *host.Status) {
	send := func(d *prometheus.Desc, value float64, labels ...string) {
		kind := prometheus.GaugeValue
		if d == g.restarts {
			kind = prometheus.CounterValue
		}
		metric, err := prometheus.NewConstMetric(d, kind, value, labels...)
		if err != nil {
			metric = prometheus.NewInvalidMetric(d, err)
		}
		ch <- metric
	}
	states := func(d *prometheus.Desc, known []string, now string, labels ...string) {
		for _, state := range known {
			send(d, truth(state == now), append(slices.Clone(labels), state)...)
		}
	}
	send(g.build, 1, s.Version)
	for _, p := range s.Providers {
		if p.Active {
			send(g.available, truth(p.Available()), p.Name)
		}
		states(g.pluginState, pluginStates(), p.Plugin.State, p.Name)
		send(g.restarts, float64(p.Plugin.Restarts), p.Name)
		for _, k := range p.Keys {
			states(g.keyState, keyStates(), k.State, p.Name, k.Label)
			send(g.keyUsed, float64(k.UsedToday), p.Name, k.Label)
			if k.DailyLimit > 0 {
				send(g.keyLimit, float64(k.DailyLimit), p.Name, k.Label)
			}
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
