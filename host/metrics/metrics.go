package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// Metrics is a host.Observer that counts and a prometheus.Collector that tells. Make it with New. It is safe
// for concurrent use.
type Metrics struct {
	instruments
	polled gauges
	kinds  map[sdk.Kind]string
	status atomic.Pointer[func() host.Status]

	outcomes cache[outcome, prometheus.Counter]
	answers  cache[answer, *answerSeries]
	calls    cache[call, prometheus.Counter]
	timings  cache[target, prometheus.Observer]
	keys     cache[key, prometheus.Counter]
	faults   cache[keyFault, prometheus.Counter]
	turns    cache[turn, prometheus.Counter]
	bills    cache[bill, prometheus.Counter]
}

// New returns metrics that stand at zero.
func New() *Metrics {
	m := &Metrics{instruments: newInstruments(), polled: newGauges(), kinds: map[sdk.Kind]string{"": success}}
	for _, k := range sdk.Kinds() {
		m.kinds[k] = string(k)
	}
	m.reloaded.Set(1)
	return m
}

// Watch takes the gauges of providers, plugins and keys from status at every scrape. Without it they are
// missing. A later call replaces the earlier: after a reload, watch the new host.
func (m *Metrics) Watch(status func() host.Status) { m.status.Store(&status) }

// ConfigReloaded counts a reload of the configuration that succeeded, or failed with err.
func (m *Metrics) ConfigReloaded(err error) {
	if err != nil {
		m.reloads.WithLabelValues("error").Inc()
		m.reloaded.Set(0)
		return
	}
	m.reloads.WithLabelValues(success).Inc()
	m.reloaded.Set(1)
	m.reloadedAt.SetToCurrentTime()
}

// Observe implements host.Observer.
func (m *Metrics) Observe(e host.Event) {
	switch e := e.(type) {
	case host.RequestStarted:
		m.live.Inc()
	case host.AttemptEnded:
		m.attempt(&e.Attempt)
	case host.RequestEnded:
		m.live.Dec()
		m.request(&e)
	case host.KeyChanged:
		m.keyChanges.WithLabelValues(e.Provider, e.Key, e.State).Inc()
	case host.PluginChanged:
		m.pluginChanges.WithLabelValues(e.Provider, e.State).Inc()
	}
}

// The label values that are no names of the configuration.
const (
	none    = "none"  // no provider was called
	other   = "other" // a model the configuration does not name
	success = "success"
)

func (m *Metrics) attempt(a *host.Attempt) {
	at := target{a.Provider, model(a)}
	kind := m.kind(a.Kind)
	m.calls.get(call{at, kind}, m.newCall).Inc()
	m.timings.get(at, m.newTiming).Observe(a.Duration.Seconds())
	if a.Key == "" {
		return
	}
	k := key{a.Provider, a.Key}
	m.keys.get(k, m.newKey).Inc()
	if a.Kind != "" && a.Kind != sdk.KindCanceled {
		m.faults.get(keyFault{k, kind}, m.newKeyFault).Inc()
	}
}

func (m *Metrics) request(e *host.RequestEnded) {
	t := &e.Trail
	at := target{none, other}
	var last *host.Attempt
	if n := len(t.Attempts); n > 0 {
		last = &t.Attempts[n-1]
		at = target{last.Provider, model(last)}
	}
	m.outcomes.get(outcome{at, e.Stream, Outcome(e.Kind), m.kind(e.Kind)}, m.newOutcome).Inc()
	if f := t.AutoFallback; f != nil {
		m.turns.get(turn{f.OriginalProvider, f.FinalProvider}, m.newTurn).Inc()
	}
	if e.Kind != "" || last == nil {
		return
	}
	m.overhead.Observe(overhead(t).Seconds())
	s := m.answers.get(answer{at, e.Stream}, m.newAnswer)
	s.duration.Observe(t.Duration.Seconds())
	first := time.Duration(0)
	if e.Stream && last.FirstToken > 0 {
		first = last.Started.Sub(t.Started) + last.FirstToken
		s.firstToken.Observe(first.Seconds())
	}
	s.spend(e, first)
	if c := t.Cost; c == nil {
		s.unpriced.Inc()
	} else if c.USD > 0 { // a counter takes no less
		m.bills.get(bill{at, c.Source}, m.newBill).Add(c.USD)
	}
}

// overhead is what the host itself took: the time that was spent neither in calls nor in waits between them.
func overhead(t *host.Trail) time.Duration {
	rest := t.Duration
	for i := range t.Attempts {
		rest -= t.Attempts[i].Duration + t.Attempts[i].Waited
	}
	return max(rest, 0)
}

// Outcome sorts requests by what they say about the service: "success", "refused" when the request itself was
// at fault, "canceled" when the caller gave up, and "error" for everything else. An error rate is errors over
// successes and errors.
func Outcome(k sdk.Kind) string {
	switch {
	case k == "":
		return success
	case k == sdk.KindCanceled:
		return "canceled"
	case k.Category() == sdk.CategoryInvalidRequest:
		return "refused"
	default:
		return "error"
	}
}

func model(a *host.Attempt) string {
	if a.Unlisted {
		return other
	}
	return a.Model
}

// kind keeps a kind this version does not know from becoming a label.
func (m *Metrics) kind(k sdk.Kind) string {
	if s, ok := m.kinds[k]; ok {
		return s
	}
	return string(sdk.KindUnknown)
}
