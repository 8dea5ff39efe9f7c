package serve

import (
	"context"
	"errors"
	"net/http"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/admin"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/host/metrics"
	"github.com/aio-llm/aio/host/telemetry"
)

// observers watch the hosts, all generations of them.
type observers struct {
	metrics   *metrics.Metrics
	recent    *admin.Recent
	alerts    *alerts.Alerts
	telemetry *telemetry.Telemetry
}

func newObservers(ctx context.Context, c alerts.Config, log hclog.Logger) (o *observers, err error) {
	o = &observers{metrics: metrics.New(), recent: admin.NewRecent(0)}
	if o.alerts, err = alerts.New(c, alerts.WithLogger(log.Named("alerts"))); err != nil {
		return nil, err
	}
	if o.telemetry, err = telemetry.Setup(ctx, log.Named("telemetry")); err != nil {
		return nil, errors.Join(err, o.alerts.Close(ctx))
	}
	return o, nil
}

// options are those of every host.
func (o *observers) options(log hclog.Logger) []host.Option {
	opts := []host.Option{
		host.WithLogger(log), host.WithObserver(o.metrics), host.WithObserver(o.recent), host.WithObserver(o.alerts),
	}
	if o.telemetry.Active() {
		opts = append(opts, host.WithObserver(o.telemetry))
	}
	return opts
}

// status is asked for what events do not tell.
func (o *observers) status(of func() host.Status) {
	o.metrics.Watch(of)
	o.alerts.Watch(of)
}

func (o *observers) reloaded(err error) { o.metrics.ConfigReloaded(err) }

func (o *observers) metricsHandler() http.Handler { return o.metrics.Handler() }

// traced serves with next, whose requests join their callers' traces.
func (o *observers) traced(next http.Handler) http.Handler {
	if o.telemetry.Active() {
		return telemetry.Handler(next)
	}
	return next
}

func (o *observers) close(ctx context.Context) error {
	return errors.Join(o.alerts.Close(ctx), o.telemetry.Shutdown(ctx))
}
