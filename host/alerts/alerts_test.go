package alerts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/sdk"
)

func (r *rig) want(t *testing.T, when string, names ...string) {
	t.Helper()
	if names == nil {
		names = []string{}
	}
	if diff := cmp.Diff(names, r.raised()); diff != "" {
		t.Errorf("%s: %s", when, diff)
	}
}

func TestErrorRate(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		r.requests(19, sdk.KindServerError, 0)
		pass(10 * time.Second)
		r.want(t, "with 19 requests, all failed")
		r.requests(171, "", 0)
		pass(10 * time.Second)
		r.want(t, "with 10 % failed")
		r.requests(3, sdk.KindTimeout, 0)
		pass(10 * time.Second)
		r.want(t, "with over 10 % failed", "error_rate")
		r.requests(30, "", 0)
		pass(10 * time.Second)
		r.want(t, "with 9.9 % failed", "error_rate")
		r.requests(60, "", 0)
		pass(10 * time.Second)
		r.want(t, "with 7.8 % failed")
		pass(time.Hour)
		if diff := cmp.Diff([]string{"alert.raised error_rate", "alert.resolved error_rate"}, r.hook.types()); diff != "" {
			t.Error(diff)
		}
		past := r.Status().Resolved
		if len(past) != 1 || past[0].Resolved.Sub(past[0].Raised) != 20*time.Second {
			t.Errorf("resolved: %+v", past)
		}
	})
}

// What callers do wrong, and their leaving, is no fault of the service.
func TestCallersFaultsAreNotErrors(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		for _, kind := range sdk.Kinds() {
			if kind == sdk.KindCanceled || kind.Category() == sdk.CategoryInvalidRequest {
				r.requests(100, kind, time.Minute)
			}
		}
		pass(20 * time.Second)
		r.want(t, "after bad requests only")
	})
}

// A service that nobody asks any more is not broken for ever, and old errors leave the window.
func TestTheWindowSlides(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		r.requests(20, sdk.KindServerError, 0)
		pass(10 * time.Second)
		r.want(t, "at once", "error_rate")
		pass(4*time.Minute + 40*time.Second)
		r.want(t, "within the window", "error_rate")
		pass(20 * time.Second)
		r.want(t, "after the window")
		pass(24 * time.Hour)
		r.requests(20, sdk.KindServerError, 0)
		pass(10 * time.Second)
		r.want(t, "again, a day later", "error_rate")
	})
}

func TestNoFlapping(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		r.requests(1000, "", 0)
		for range 30 { // 8.3 to 10.7 %, over and over
			r.requests(12, sdk.KindServerError, 0)
			pass(10 * time.Second)
			r.requests(100, "", 0)
			pass(10 * time.Second)
		}
		if got := r.hook.types(); len(got) > 1 {
			t.Errorf("told %d times: %v", len(got), got)
		}
	})
}

func TestSlow(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		r.requests(10, "", 5*time.Second)
		r.requests(9, "", time.Minute)
		pass(10 * time.Second)
		r.want(t, "with 19 answers, 9 of them slow")
		r.requests(2, "", 5001*time.Millisecond)
		pass(10 * time.Second)
		r.want(t, "with 11 of 21 slow", "slow")
		r.requests(6, "", time.Second)
		pass(10 * time.Second)
		r.want(t, "with 11 of 27 slow", "slow")
		r.requests(1, "", time.Second)
		pass(10 * time.Second)
		r.want(t, "with 11 of 28 slow")
	})
}

// A stream is as slow as its first content, however long it goes on.
func TestSlowStreams(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		stream := func(first time.Duration) {
			at := time.Now()
			r.Observe(host.RequestEnded{Stream: true, Trail: host.Trail{
				Started: at, Duration: time.Hour, Attempts: []host.Attempt{{Kind: sdk.KindTimeout}, {Started: at.Add(time.Second), FirstToken: first}},
			}})
		}
		for range 30 {
			stream(4 * time.Second)
		}
		pass(10 * time.Second)
		r.want(t, "with streams that begin after 5 s")
		for range 31 {
			stream(4*time.Second + time.Millisecond)
		}
		pass(10 * time.Second)
		r.want(t, "with streams that begin later", "slow")
	})
}

func provider(name, plugin string, keys ...host.KeyStatus) host.ProviderStatus {
	return host.ProviderStatus{Name: name, Active: true, Plugin: host.PluginStatus{State: plugin}, Keys: keys}
}

func TestKeyLimit(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		used := func(a, b int64) {
			r.set(provider("groq", "ready",
				host.KeyStatus{Label: "a", State: "ready", UsedToday: a, DailyLimit: 100}, host.KeyStatus{Label: "b", State: "ready", UsedToday: b, DailyLimit: 1000},
				host.KeyStatus{Label: "unlimited", State: "ready", UsedToday: 1 << 40}))
			pass(10 * time.Second)
		}
		used(80, 0)
		r.want(t, "at 80 %")
		used(81, 900)
		r.want(t, "over 80 %", "key_limit groq/a", "key_limit groq/b")
		used(95, 1000)
		r.want(t, "later", "key_limit groq/a", "key_limit groq/b")
		used(0, 1000)
		r.want(t, "when a's day is over", "key_limit groq/b")
		r.set(provider("groq", "ready", host.KeyStatus{Label: "a", State: "ready"}))
		pass(10 * time.Second)
		r.want(t, "when b is taken out of the configuration")
		if diff := cmp.Diff([]string{
			"alert.raised key_limit", "alert.raised key_limit", "alert.resolved key_limit", "alert.resolved key_limit",
		}, r.hook.types()); diff != "" {
			t.Error(diff)
		}
		if got := r.Status().Resolved[0].Message; got != "groq/b is no longer configured" {
			t.Error(got)
		}
	})
}

func TestProvidersDown(t *testing.T) {
	bubble(t, alerts.Config{}, nil, func(t *testing.T, r *rig) {
		resting := provider("groq", "ready", host.KeyStatus{Label: "a", State: "cooling"})
		broken := provider("local", "backoff")
		off := host.ProviderStatus{Name: "off", Plugin: host.PluginStatus{State: "disabled"}}
		well := provider("groq", "ready", host.KeyStatus{Label: "a", State: "ready"})

		r.set(off)
		pass(time.Minute)
		r.want(t, "with nothing active")
		r.set(resting, broken, off)
		pass(20 * time.Second)
		r.set(well, broken, off)
		pass(10 * time.Second)
		r.want(t, "after a short rest")
		r.set(resting, broken, off)
		pass(30 * time.Second)
		r.want(t, "before 30 s are seen")
		pass(10 * time.Second)
		r.want(t, "after 30 s", "providers_down")
		r.set(well, broken, off)
		pass(20 * time.Second)
		r.set(resting, broken, off)
		pass(10 * time.Second)
		r.want(t, "back for 20 s only", "providers_down")
		r.set(well, broken, off)
		pass(40 * time.Second)
		r.want(t, "back for good")
	})
}

func TestThresholds(t *testing.T) {
	config := alerts.Config{
		ErrorRate: 0.5, KeyUse: 0.5, Slow: time.Second, SlowShare: 0.1, DownFor: time.Second, Window: time.Minute, MinRequests: 2, Every: time.Second,
	}
	bubble(t, config, nil, func(t *testing.T, r *rig) {
		r.set(provider("groq", "backoff", host.KeyStatus{Label: "a", State: "ready", UsedToday: 6, DailyLimit: 10}))
		r.requests(2, "", 2*time.Second)
		r.requests(3, sdk.KindNetwork, 0)
		pass(2 * time.Second)
		r.want(t, "with thresholds of its own", "error_rate", "key_limit groq/a", "slow", "providers_down")
	})
	off := alerts.Config{ErrorRate: -1, KeyUse: -1, Slow: -1, DownFor: -1}
	bubble(t, off, nil, func(t *testing.T, r *rig) {
		r.set(provider("groq", "backoff", host.KeyStatus{Label: "a", State: "ready", UsedToday: 6, DailyLimit: 6}))
		r.requests(50, "", time.Hour)
		r.requests(50, sdk.KindNetwork, 0)
		pass(time.Hour)
		r.want(t, "switched off")
	})
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	hook := func(change func(*alerts.Webhook)) alerts.Config {
		w := webhook()
		change(&w)
		return alerts.Config{Webhook: w}
	}
	for want, c := range map[string]alerts.Config{
		"error rate 10: a share is between 0 and 1":           {ErrorRate: 10},
		"key use 80: a share is between 0 and 1":              {KeyUse: 80},
		"slow share 1: it must be between 0 and 1":            {SlowShare: 1},
		"window 1ms: give at least 1s":                        {Window: time.Millisecond},
		"every 1ms: give at least 1s":                         {Every: time.Millisecond},
		"minimum of requests -1":                              {MinRequests: -1},
		"webhook secret: it is missing or empty":              hook(func(w *alerts.Webhook) { w.Secret = sdk.Secret{} }),
		"webhook secret: it has 5 bytes, give at least 16":    hook(func(w *alerts.Webhook) { w.Secret = sdk.NewSecret("short") }),
		`webhook secret: what follows "whsec_" is not base64`: hook(func(w *alerts.Webhook) { w.Secret = sdk.NewSecret("whsec_!") }),
		"webhook URL: it cannot be read":                      hook(func(w *alerts.Webhook) { w.URL = "https://h/T0KEN\x7f" }),
		`webhook URL: it must begin with "https://"`:          hook(func(w *alerts.Webhook) { w.URL = "file:///T0KEN" }),
		"webhook URL: leave out user and password":            hook(func(w *alerts.Webhook) { w.URL = "https://u:T0KEN@h/" }),
		"webhook: timeout and tries must not be negative":     hook(func(w *alerts.Webhook) { w.Tries = -1 }),
	} {
		_, err := alerts.New(c)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if strings.Contains(fmt.Sprint(err), "T0KEN") {
			t.Errorf("the error tells the URL: %v", err)
		}
	}
}

// Without a webhook and without a status, rates are judged all the same.
func TestByThemselves(t *testing.T) {
	t.Parallel()
	a, err := alerts.New(alerts.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if s := a.Status(); len(s.Raised) != 0 || s.Webhook != (alerts.WebhookStatus{}) {
		t.Errorf("%+v", s)
	}
	for range 2 {
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkObserve(b *testing.B) {
	a, err := alerts.New(alerts.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close(context.Background())
	var e host.Event = host.RequestEnded{Trail: host.Trail{Duration: time.Second}}
	b.ReportAllocs()
	for b.Loop() {
		a.Observe(e)
	}
}
