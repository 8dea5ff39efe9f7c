package metrics

import (
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aio-llm/aio/host"
)

// cache keeps the series of label values, since looking them up by strings costs more than counting. It is
// read without a lock and copied to be written: a configuration has few label values, and they stay.
type cache[K comparable, V any] struct {
	adding sync.Mutex
	known  atomic.Pointer[map[K]V]
}

func (c *cache[K, V]) get(k K, make func(K) V) V {
	if known := c.known.Load(); known != nil {
		if v, ok := (*known)[k]; ok {
			return v
		}
	}
	return c.add(k, make)
}

func (c *cache[K, V]) add(k K, make func(K) V) V {
	c.adding.Lock()
	defer c.adding.Unlock()
	next := map[K]V{}
	if known := c.known.Load(); known != nil {
		if v, ok := (*known)[k]; ok {
			return v
		}
		maps.Copy(next, *known)
	}
	v := make(k)
	next[k] = v
	c.known.Store(&next)
	return v
}

type (
	target   struct{ provider, model string }
	key      struct{ provider, label string }
	keyFault struct {
		key
		kind string
	}
	call struct {
		target
		kind string
	}
	outcome struct {
		target
		stream        bool
		outcome, kind string
	}
	answer struct {
		target
		stream bool
	}
	bill struct {
		target
		source host.CostSource
	}
	turn struct{ from, to string }
)

func (m *Metrics) newOutcome(o outcome) prometheus.Counter {
	return m.requests.WithLabelValues(o.provider, o.model, strconv.FormatBool(o.stream), o.outcome, o.kind)
}

func (m *Metrics) newCall(c call) prometheus.Counter {
	return m.attempts.WithLabelValues(c.provider, c.model, c.kind)
}

func (m *Metrics) newTiming(t target) prometheus.Observer {
	return m.attemptDuration.WithLabelValues(t.provider, t.model)
}

func (m *Metrics) newKey(k key) prometheus.Counter {
	return m.keyCalls.WithLabelValues(k.provider, k.label)
}

func (m *Metrics) newKeyFault(f keyFault) prometheus.Counter {
	return m.keyErrors.WithLabelValues(f.provider, f.label, f.kind)
}

func (m *Metrics) newBill(b bill) prometheus.Counter {
	return m.cost.WithLabelValues(b.provider, b.model, string(b.source))
}

func (m *Metrics) newTurn(t turn) prometheus.Counter {
	return m.fallbacks.WithLabelValues(t.from, t.to)
}

// answerSeries is what answered requests of one target leave.
type answerSeries struct {
	duration                              prometheus.Observer
	firstToken, perToken                  prometheus.Observer
	prompt, completion, cached, reasoning prometheus.Counter
	unpriced                              prometheus.Counter
}

func (m *Metrics) newAnswer(a answer) *answerSeries {
	tokens := func(kind string) prometheus.Counter { return m.tokens.WithLabelValues(a.provider, a.model, kind) }
	s := &answerSeries{
		duration: m.duration.WithLabelValues(a.provider, a.model, strconv.FormatBool(a.stream)),
		prompt:   tokens("prompt"), completion: tokens("completion"), cached: tokens("cached"), reasoning: tokens("reasoning"),
		unpriced: m.unpriced.WithLabelValues(a.provider, a.model),
	}
	if a.stream {
		s.firstToken = m.firstToken.WithLabelValues(a.provider, a.model)
		s.perToken = m.perToken.WithLabelValues(a.provider, a.model)
	}
	return s
}

// spend counts tokens. first is when the first content of a stream came, zero if there was none.
func (s *answerSeries) spend(e *host.RequestEnded, first time.Duration) {
	u := e.Info.Usage
	if u == nil {
		return
	}
	s.prompt.Add(count(&u.PromptTokens))
	s.completion.Add(count(&u.CompletionTokens))
	if d := u.PromptTokensDetails; d != nil {
		s.cached.Add(count(d.CachedTokens))
	}
	if d := u.CompletionTokensDetails; d != nil {
		s.reasoning.Add(count(d.ReasoningTokens))
	}
	if first > 0 && u.CompletionTokens > 1 {
		s.perToken.Observe((e.Trail.Duration - first).Seconds() / float64(u.CompletionTokens-1))
	}
}

// count is n as a counter takes it: an upstream that reports a negative number must not panic it.
func count(n *int64) float64 {
	if n == nil || *n < 0 {
		return 0
	}
	return float64(*n)
}
