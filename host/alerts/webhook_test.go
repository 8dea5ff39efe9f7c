package alerts_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/sdk"
)

// raise makes one alert.
func (r *rig) raise() {
	r.requests(20, sdk.KindServerError, 0)
	pass(10 * time.Second)
}

func TestWebhookTriesAgain(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		after  []time.Duration // when it is tried, after the first time
		failed int64
		last   string
	}{
		{"server error", 503, []time.Duration{time.Second, 3 * time.Second, 7 * time.Second, 15 * time.Second}, 1, "after 5 tries: the webhook answered with status 503"},
		{"too many", 429, []time.Duration{time.Second, 3 * time.Second, 7 * time.Second, 15 * time.Second}, 1, "after 5 tries: the webhook answered with status 429"},
		{"broken connection", 0, []time.Duration{time.Second, 3 * time.Second, 7 * time.Second, 15 * time.Second}, 1, "after 5 tries: unexpected EOF"},
		{"refused", 401, nil, 1, "after 1 tries: the webhook answered with status 401"},
		{"redirect", 307, nil, 1, "after 1 tries: the webhook answered with status 307: redirects are not followed, give the final URL"},
		{"accepted", 202, nil, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, alerts.Config{}, func(int) int { return tt.status }, func(t *testing.T, r *rig) {
				r.raise()
				pass(2 * time.Minute)
				got := r.hook.got()
				var after []time.Duration
				for _, g := range got[1:] {
					after = append(after, g.at.Sub(got[0].at))
					if g.header.Get("Webhook-Id") != got[0].header.Get("Webhook-Id") {
						t.Error("the id changed between tries")
					}
					if g.header.Get("Webhook-Timestamp") == got[0].header.Get("Webhook-Timestamp") {
						t.Error("the timestamp is that of the first try")
					}
				}
				if diff := cmp.Diff(tt.after, after); diff != "" {
					t.Error(diff)
				}
				want := alerts.WebhookStatus{Host: "hooks.example", Failed: tt.failed, Delivered: 1 - tt.failed, LastError: tt.last}
				if diff := cmp.Diff(want, r.Status().Webhook); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestWebhookRecovers(t *testing.T) {
	bubble(t, alerts.Config{}, func(n int) int {
		if n < 3 {
			return 500
		}
		return 200
	}, func(t *testing.T, r *rig) {
		r.raise()
		pass(10 * time.Second)
		if diff := cmp.Diff(alerts.WebhookStatus{Host: "hooks.example", Delivered: 1}, r.Status().Webhook); diff != "" {
			t.Error(diff)
		}
		if n := len(r.hook.got()); n != 3 {
			t.Errorf("sent %d times, want 3", n)
		}
	})
}

// A receiver that never answers holds up neither the alerts nor the end.
func TestWebhookThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{hook: &receiver{t: t, answer: func(int) int { return hang }}}
		a, err := alerts.New(alerts.Config{Webhook: webhook()}, alerts.WithTransport(r.hook))
		if err != nil {
			t.Fatal(err)
		}
		r.Alerts = a
		r.raise()
		r.want(t, "while the webhook hangs", "error_rate")
		pass(20 * time.Second)
		if n := len(r.hook.got()); n != 2 {
			t.Errorf("sent %d times, want 2: the first was given up after 10 s", n)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		began := time.Now()
		if err := a.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("close: %v", err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("closing took %v", took)
		}
	})
}

// What is raised last is delivered before the end.
func TestCloseDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := &receiver{t: t, answer: func(n int) int { return []int{500, 200}[n-1] }}
		a, err := alerts.New(alerts.Config{Webhook: webhook()}, alerts.WithTransport(hook))
		if err != nil {
			t.Fatal(err)
		}
		r := &rig{Alerts: a}
		r.raise()
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if got := a.Status().Webhook.Delivered; got != 1 {
			t.Errorf("%d delivered", got)
		}
	})
}

func TestTheQueueIsBounded(t *testing.T) {
	config := alerts.Config{Window: 10 * time.Second, Every: 10 * time.Second}
	bubble(t, config, func(n int) int {
		if n < 6 { // the first message takes 5 tries of 10 s
			return hang
		}
		return 200
	}, func(t *testing.T, r *rig) {
		keys := make([]string, 300)
		for i := range keys {
			keys[i] = string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		}
		p := provider("groq", "ready")
		for _, k := range keys {
			p.Keys = append(p.Keys, key(k))
		}
		r.set(p)
		pass(10 * time.Second)
		s := r.Status()
		if len(s.Raised) != 300 {
			t.Fatalf("%d raised", len(s.Raised))
		}
		pass(5 * time.Minute)
		w := r.Status().Webhook
		if w.Dropped < 40 || w.Delivered+w.Failed+w.Dropped != 300 || w.Queued != 0 {
			t.Errorf("%+v", w)
		}
	})
}

// Over a real connection: the body, the headers, and that redirects lead nowhere.
func TestWebhookOverHTTP(t *testing.T) {
	t.Parallel()
	type request struct {
		header http.Header
		body   []byte
	}
	got := make(chan request, 1)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed the redirect") }))
	defer elsewhere.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- request{r.Header, body}
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	a, err := alerts.New(alerts.Config{Every: time.Second, Webhook: alerts.Webhook{URL: srv.URL + "/T0KEN", Secret: sdk.NewSecret(secret), Tries: 1}})
	if err != nil {
		t.Fatal(err)
	}
	(&rig{Alerts: a}).requests(20, sdk.KindNetwork, 0)
	r := <-got
	if err := alerts.Verify(sdk.NewSecret(secret), r.header, r.body, time.Now()); err != nil {
		t.Error(err)
	}
	var body struct{ Type string }
	if err := json.Unmarshal(r.body, &body); err != nil || body.Type != "alert.raised" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v: %s %v", err, r.body, r.header)
	}
	if err := a.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if w := a.Status().Webhook; w.Failed != 1 || strings.Contains(w.LastError, "T0KEN") {
		t.Errorf("%+v", w)
	}
}

// announcing tells of each request before it is sent on.
type announcing struct {
	http.Transport
	sent chan struct{}
}

func (a *announcing) RoundTrip(r *http.Request) (*http.Response, error) {
	a.sent <- struct{}{}
	return a.Transport.RoundTrip(r)
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	transport := &announcing{sent: make(chan struct{}, 1)}
	a, err := alerts.New(alerts.Config{Every: time.Second, Webhook: alerts.Webhook{URL: srv.URL + "/T0KEN", Secret: sdk.NewSecret(secret), Tries: 1}},
		alerts.WithTransport(transport))
	if err != nil {
		t.Fatal(err)
	}
	(&rig{Alerts: a}).requests(20, sdk.KindNetwork, 0)
	<-transport.sent
	if err := a.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if w := a.Status().Webhook; w.Failed != 1 || w.LastError == "" || strings.Contains(w.LastError, "T0KEN") {
		t.Errorf("%+v", w)
	}
}
