package serve

import (
	"context"
	"net/http"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/admin"
	"github.com/aio-llm/aio/host/alerts"
)

// observers watch the hosts, all generations of them.
type observers struct {
	recent *admin.Recent
	alerts *alerts.Alerts
}

func newObservers(_ context.Context, c alerts.Config, log hclog.Logger) (o *observers, err error) {
	o = &observers{recent: admin.NewRecent(0)}
	o.alerts, err = alerts.New(c, alerts.WithLogger(log.Named("alerts")))
	if err != nil {
		return nil, err
	}
	return o, nil
}

// options are those of every host.
func (o *observers) options(log hclog.Logger) []host.Option {
	return []host.Option{host.WithLogger(log), host.WithObserver(o.recent), host.WithObserver(o.alerts)}
}

// status is asked for what events do not tell.
func (o *observers) status(of func() host.Status) { o.alerts.Watch(of) }

func (o *observers) reloaded(error) {}

func (o *observers) metricsHandler() http.Handler { return nil }

// traced serves with next, whose requests join their callers' traces.
func (o *observers) traced(next http.Handler) http.Handler { return next }

func (o *observers) close(ctx context.Context) error { return o.alerts.Close(ctx) }
