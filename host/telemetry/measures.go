package telemetry

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/semconv/v1.41.0/genaiconv"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// measures are the instruments.
type measures struct {
	callDuration    genaiconv.ClientOperationDuration
	callFirstChunk  genaiconv.ClientOperationTimeToFirstChunk
	tokens          genaiconv.ClientTokenUsage
	requestDuration genaiconv.ServerRequestDuration
	firstToken      genaiconv.ServerTimeToFirstToken
	perToken        genaiconv.ServerTimePerOutputToken

	overhead                                       metric.Float64Histogram
	cost                                           metric.Float64Counter
	keyCalls, fallbacks, keyChanges, pluginChanges metric.Int64Counter
}

func newMeasures(m metric.Meter) (measures, error) {
	var s measures
	var errs [12]error
	seconds := metric.WithExplicitBucketBoundaries(.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
	s.callDuration, errs[0] = genaiconv.NewClientOperationDuration(m, seconds)
	s.callFirstChunk, errs[1] = genaiconv.NewClientOperationTimeToFirstChunk(m, seconds)
	s.tokens, errs[2] = genaiconv.NewClientTokenUsage(m, metric.WithExplicitBucketBoundaries(
		1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864))
	s.requestDuration, errs[3] = genaiconv.NewServerRequestDuration(m, seconds)
	s.firstToken, errs[4] = genaiconv.NewServerTimeToFirstToken(m, seconds)
	s.perToken, errs[5] = genaiconv.NewServerTimePerOutputToken(m, metric.WithExplicitBucketBoundaries(
		.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5))
	s.overhead, errs[6] = m.Float64Histogram("aio.overhead", metric.WithUnit("s"),
		metric.WithDescription("Time of answered requests spent neither in calls of providers nor in waits between them."),
		metric.WithExplicitBucketBoundaries(.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5))
	s.cost, errs[7] = m.Float64Counter("aio.cost", metric.WithUnit("{USD}"), metric.WithDescription("What answered requests cost, where that is known."))
	s.keyCalls, errs[8] = m.Int64Counter("aio.key.calls", metric.WithUnit("{call}"), metric.WithDescription("Calls of providers by key label."))
	s.fallbacks, errs[9] = m.Int64Counter("aio.fallbacks", metric.WithUnit("{request}"),
		metric.WithDescription("Requests another target answered than the first one planned, by that first one."))
	s.keyChanges, errs[10] = m.Int64Counter("aio.key.changes", metric.WithUnit("{change}"), metric.WithDescription("Changes of keys, such as cooled or disabled."))
	s.pluginChanges, errs[11] = m.Int64Counter("aio.plugin.changes", metric.WithUnit("{change}"), metric.WithDescription("States that plugin processes entered."))
	return s, errors.Join(errs[:]...)
}

// other stands for a model that only the caller named: measures must not have series that callers can make.
const other = "other"

// measured is what every measure of a target has in common.
func measured(operation string, a *host.Attempt) []attribute.KeyValue {
	model := a.Model
	if a.Unlisted {
		model = other
	}
	attrs := make([]attribute.KeyValue, 0, 6)
	return append(attrs, semconv.GenAIOperationNameKey.String(operation), semconv.GenAIProviderNameKey.String(provider(a.Provider)), semconv.GenAIRequestModel(model))
}

func with(attrs []attribute.KeyValue, more ...attribute.KeyValue) attribute.Set {
	return attribute.NewSet(append(attrs[:len(attrs):len(attrs)], more...)...)
}

func withError(attrs []attribute.KeyValue, k sdk.Kind, more ...attribute.KeyValue) attribute.Set {
	if k != "" {
		more = append(more, semconv.ErrorTypeKey.String(string(k)))
	}
	return with(attrs, more...)
}

func (s *measures) request(ctx context.Context, e *host.RequestEnded) {
	t := &e.Trail
	last := &host.Attempt{Provider: "none", Unlisted: true} // no provider was called
	for i := range t.Attempts {
		last = &t.Attempts[i]
		s.call(ctx, e.Operation, last)
	}
	attrs := measured(e.Operation, last)
	s.requestDuration.RecordSet(ctx, t.Duration.Seconds(), withError(attrs, e.Kind))
	if f := t.AutoFallback; f != nil {
		s.fallbacks.Add(ctx, 1, metric.WithAttributes(semconv.GenAIProviderNameKey.String(provider(f.OriginalProvider))))
	}
	if e.Kind == "" {
		s.answer(ctx, e, attribute.NewSet(attrs...), attrs)
	}
}

func (s *measures) call(ctx context.Context, operation string, a *host.Attempt) {
	attrs := measured(operation, a)
	s.callDuration.RecordSet(ctx, a.Duration.Seconds(), withError(attrs, a.Kind))
	if a.FirstToken > 0 {
		s.callFirstChunk.RecordSet(ctx, a.FirstToken.Seconds(), attribute.NewSet(attrs...))
	}
	key := withError([]attribute.KeyValue{semconv.GenAIProviderNameKey.String(provider(a.Provider)), attrKey.String(a.Key)}, a.Kind)
	s.keyCalls.Add(ctx, 1, metric.WithAttributeSet(key))
}

func (s *measures) answer(ctx context.Context, e *host.RequestEnded, set attribute.Set, attrs []attribute.KeyValue) {
	t := &e.Trail
	rest := t.Duration
	for i := range t.Attempts {
		rest -= t.Attempts[i].Duration + t.Attempts[i].Waited
	}
	s.overhead.Record(ctx, max(rest, 0).Seconds())
	if c := t.Cost; c != nil && c.USD > 0 {
		s.cost.Add(ctx, c.USD, metric.WithAttributeSet(with(attrs, attrSource.String(string(c.Source)))))
	}
	first := firstToken(e)
	if first > 0 {
		s.firstToken.RecordSet(ctx, first.Seconds(), set)
	}
	u := e.Info.Usage
	if u == nil {
		return
	}
	for kind, n := range map[genaiconv.TokenTypeAttr]int64{genaiconv.TokenTypeInput: u.PromptTokens, genaiconv.TokenTypeOutput: u.CompletionTokens} {
		s.tokens.RecordSet(ctx, max(n, 0), with(attrs, semconv.GenAITokenTypeKey.String(string(kind))))
	}
	if first > 0 && u.CompletionTokens > 1 {
		s.perToken.RecordSet(ctx, (t.Duration-first).Seconds()/float64(u.CompletionTokens-1), set)
	}
}

// firstToken is when a stream's first content came, since the request did; zero if it is no stream.
func firstToken(e *host.RequestEnded) time.Duration {
	n := len(e.Trail.Attempts)
	if !e.Stream || n == 0 || e.Trail.Attempts[n-1].FirstToken <= 0 {
		return 0
	}
	last := &e.Trail.Attempts[n-1]
	return last.Started.Sub(e.Trail.Started) + last.FirstToken
}

func (s *measures) keyChanged(ctx context.Context, e host.KeyChanged) {
	s.keyChanges.Add(ctx, 1, metric.WithAttributes(semconv.GenAIProviderNameKey.String(provider(e.Provider)), attrKey.String(e.Key), attrChange.String(e.State)))
}

func (s *measures) pluginChanged(ctx context.Context, e host.PluginChanged) {
	s.pluginChanges.Add(ctx, 1, metric.WithAttributes(semconv.GenAIProviderNameKey.String(provider(e.Provider)), attrChange.String(e.State)))
}
