package metrics

import "github.com/prometheus/client_golang/prometheus"

const namespace = "aio"

// instruments are what events are counted with.
type instruments struct {
	requests, attempts, fallbacks, tokens, cost, unpriced *prometheus.CounterVec
	keyCalls, keyErrors, keyChanges                       *prometheus.CounterVec
	pluginChanges, reloads                                *prometheus.CounterVec
	duration, firstToken, perToken                        *prometheus.HistogramVec
	attemptDuration                                       *prometheus.HistogramVec
	overhead                                              prometheus.Histogram
	live, reloaded, reloadedAt                            prometheus.Gauge
}

func newInstruments() instruments {
	return instruments{
		requests: counters("requests_total", "Requests that ended, by the target called last.",
			"provider", "model", "stream", "outcome", "kind"),
		duration: histograms("request_duration_seconds", "Time from a request's coming in to the end of its answer; answered requests only.",
			seconds(), "provider", "model", "stream"),
		firstToken: histograms("time_to_first_token_seconds", "Time from a streamed request's coming in to its first content.",
			seconds(), "provider", "model"),
		perToken: histograms("time_per_output_token_seconds", "Time a streamed answer took for each token after the first.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1}, "provider", "model"),
		overhead: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "overhead_seconds",
			Help:    "Time of answered requests spent neither in calls nor in waits between them: what the host itself took, starting plugins included.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5},
		}),
		tokens: counters("tokens_total", "Tokens of answered requests as providers reported them; cached are part of prompt, reasoning of completion.",
			"provider", "model", "type"),
		cost: counters("cost_usd_total", "US dollars of answered requests, by where the figure is from: upstream, config or table.",
			"provider", "model", "source"),
		unpriced: counters("unpriced_requests_total", "Answered requests whose cost is unknown.", "provider", "model"),

		attempts: counters("attempts_total", "Calls of providers; kind success or the kind of error.", "provider", "model", "kind"),
		attemptDuration: histograms("attempt_duration_seconds", "Time of calls of providers, through the plugin, whatever came of them.",
			seconds(), "provider", "model"),
		fallbacks: counters("fallbacks_total", "Requests another target answered than the first one planned.", "from_provider", "to_provider"),

		keyCalls:      counters("key_calls_total", "Calls with a key.", "provider", "key"),
		keyErrors:     counters("key_errors_total", "Calls with a key that failed, canceled ones left out.", "provider", "key", "kind"),
		keyChanges:    counters("key_changes_total", "Changes of a key: cooled, recovered, exhausted, disabled, enabled, store_failed.", "provider", "key", "change"),
		pluginChanges: counters("plugin_changes_total", "State changes of a plugin process, by the state entered.", "provider", "state"),

		live:     gauge("requests_live", "Requests under way."),
		reloads:  counters("config_reloads_total", "Reloads of the configuration.", "outcome"),
		reloaded: gauge("config_last_reload_successful", "1 if the configuration was read well the last time, else 0."),
		reloadedAt: gauge("config_last_reload_success_timestamp_seconds",
			"When a reload last succeeded, in seconds since 1970; 0 before the first."),
	}
}

func (i *instruments) all() []prometheus.Collector {
	return []prometheus.Collector{
		i.requests, i.duration, i.firstToken, i.perToken, i.overhead, i.tokens, i.cost, i.unpriced, i.attempts, i.attemptDuration,
		i.fallbacks, i.keyCalls, i.keyErrors, i.keyChanges, i.pluginChanges, i.live, i.reloads, i.reloaded, i.reloadedAt,
	}
}

// seconds has a bound at 5 s, above which answers count as slow by default, and reaches the total deadline.
func seconds() []float64 {
	return []float64{.05, .1, .25, .5, 1, 2, 5, 10, 20, 40, 80, 160, 600}
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
}
