package alerts

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// Alerts is a host.Observer that raises and resolves alerts. Make it with New and Close it. It is safe for
// concurrent use.
type Alerts struct {
	config Config
	log    hclog.Logger
	recent *window
	status atomic.Pointer[func() host.Status]
	hook   *sender

	stop    context.CancelFunc
	stopped chan struct{}

	mu     sync.Mutex
	states map[id]*state
	past   []Alert
}

// Alert is one that is raised, or was.
type Alert struct {
	Name string `json:"name"`
	// Subject is "provider/key" for key_limit, else empty.
	Subject string `json:"subject,omitempty"`
	// Value and Threshold are what Message says in words, as they were when the alert was raised.
	Value     float64 `json:"value"`
	Threshold float64 `json:"threshold"`
	Message   string  `json:"message"`
	// Raised and Resolved are when that happened; Resolved is zero while the alert stands.
	Raised   time.Time `json:"raised"`
	Resolved time.Time `json:"resolved,omitzero"`
}

// Status is what there is to see of alerts.
type Status struct {
	// Raised are the alerts that stand, oldest first; Resolved the last ones that did, newest first.
	Raised   []Alert       `json:"raised"`
	Resolved []Alert       `json:"resolved"`
	Webhook  WebhookStatus `json:"webhook,omitzero"`
}

// mostPast bounds the resolved alerts that are kept.
const mostPast = 50

// Option injects a dependency into New.
type Option func(*options)

type options struct {
	log       hclog.Logger
	transport http.RoundTripper
}

// WithLogger logs alerts to log. Without it they are not logged.
func WithLogger(log hclog.Logger) Option { return func(o *options) { o.log = log } }

// WithTransport sends webhooks through t rather than a transport of their own.
func WithTransport(t http.RoundTripper) Option { return func(o *options) { o.transport = t } }

// New returns alerts that judge what they observe from now on, in the background until Close.
func New(c Config, opts ...Option) (*Alerts, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	c = c.withDefaults()
	o := options{log: hclog.NewNullLogger()}
	for _, opt := range opts {
		opt(&o)
	}
	a := &Alerts{config: c, log: o.log, recent: newWindow(c.Window), stopped: make(chan struct{}), states: map[id]*state{}}
	ctx, stop := context.WithCancel(context.Background()) // its life is its own, until Close
	a.stop = stop
	if c.Webhook.URL != "" {
		var err error
		if a.hook, err = newSender(c.Webhook, o.log, o.transport); err != nil {
			stop()
			return nil, fmt.Errorf("alerts: %w", err)
		}
	}
	go a.run(ctx)
	return a, nil
}

// Watch judges providers and keys by status. Without it key_limit and providers_down are never raised. A later
// call replaces the earlier.
func (a *Alerts) Watch(status func() host.Status) { a.status.Store(&status) }

// Observe implements host.Observer.
func (a *Alerts) Observe(e host.Event) {
	ended, ok := e.(host.RequestEnded)
	if !ok {
		return
	}
	switch {
	case ended.Kind == "":
		c := counts{answered: 1}
		if waited(&ended) > a.config.Slow {
			c.slow = 1
		}
		a.recent.add(c)
	case ended.Kind == sdk.KindCanceled, ended.Kind.Category() == sdk.CategoryInvalidRequest:
	default:
		a.recent.add(counts{failed: 1})
	}
}

// waited is how long the caller saw nothing.
func waited(e *host.RequestEnded) time.Duration {
	t := &e.Trail
	if n := len(t.Attempts); e.Stream && n > 0 && t.Attempts[n-1].FirstToken > 0 {
		last := &t.Attempts[n-1]
		return last.Started.Sub(t.Started) + last.FirstToken
	}
	return t.Duration
}

func (a *Alerts) run(ctx context.Context) {
	defer close(a.stopped)
	tick := time.NewTicker(a.config.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			a.look()
		}
	}
}

// look judges everything once.
func (a *Alerts) look() {
	var status *host.Status
	if f := a.status.Load(); f != nil {
		s := (*f)()
		status = &s
	}
	verdicts := a.config.judge(a.recent.sum(), status)
	for _, change := range a.take(verdicts, time.Now()) {
		a.tell(change)
	}
}

func (a *Alerts) tell(alert Alert) {
	fields := []any{"alert", alert.Name, "message", alert.Message}
	if alert.Subject != "" {
		fields = append(fields, "subject", alert.Subject)
	}
	if alert.Resolved.IsZero() {
		a.log.Warn("alert raised", fields...)
	} else {
		a.log.Info("alert resolved", append(fields, "after", alert.Resolved.Sub(alert.Raised))...)
	}
	if a.hook != nil {
		a.hook.enqueue(alert)
	}
}

// Status returns the alerts that stand and the last that were resolved.
func (a *Alerts) Status() Status {
	s := Status{Raised: []Alert{}}
	a.mu.Lock()
	for _, st := range a.states {
		if st.raised {
			s.Raised = append(s.Raised, st.alert)
		}
	}
	s.Resolved = append([]Alert{}, a.past...)
	a.mu.Unlock()
	slices.Reverse(s.Resolved)
	slices.SortFunc(s.Raised, func(a, b Alert) int {
		return cmp.Or(a.Raised.Compare(b.Raised), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Subject, b.Subject))
	})
	if a.hook != nil {
		s.Webhook = a.hook.snapshot()
	}
	return s
}

// Close stops judging and waits until the webhook has been told everything, or ctx ends.
func (a *Alerts) Close(ctx context.Context) error {
	a.stop()
	<-a.stopped
	if a.hook == nil {
		return nil
	}
	return a.hook.close(ctx)
}
