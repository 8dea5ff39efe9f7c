// Package alerts watches a host and says when something is wrong, once, and once when it is over.
//
//	a, err := alerts.New(alerts.Config{}, alerts.WithLogger(log))
//	h, err := host.New(ctx, config, host.WithObserver(a))
//	a.Watch(h.Status)
//	defer a.Close(ctx)
//
// There are four alerts: too many requests fail (error_rate), a key nears its daily limit (key_limit), answers
// come slowly (slow), and no provider can take a request (providers_down). An alert that is raised stays so
// until what it measures is clearly better, not merely at the threshold, so it does not flap.
//
// Alerts show in Alerts.Status and in the log, and are sent to a webhook signed in the manner of the Standard
// Webhooks specification, whose libraries, or Verify, check them at the other end.
package alerts
