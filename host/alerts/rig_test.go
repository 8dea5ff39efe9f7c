package alerts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/sdk"
)

const secret = "a-secret-of-32-bytes-for-webhooks"

func webhook() alerts.Webhook {
	return alerts.Webhook{URL: "https://hooks.example/services/T0KEN", Secret: sdk.NewSecret(secret)}
}

// receiver is a webhook's other end, reached without a network.
type receiver struct {
	t *testing.T
	// answer gives the status of the nth request, from 1; nil is always 204. 0 is a broken connection.
	answer func(n int) int

	mu       sync.Mutex
	requests []received
}

type received struct {
	at     time.Time
	header http.Header
	Type   string       `json:"type"`
	Data   alerts.Alert `json:"data"`
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	if err := alerts.Verify(sdk.NewSecret(secret), req.Header, body, time.Now()); err != nil {
		r.t.Error(err)
	}
	got := received{at: time.Now(), header: req.Header.Clone()}
	if err := json.Unmarshal(body, &got); err != nil {
		r.t.Error(err)
	}
	r.mu.Lock()
	r.requests = append(r.requests, got)
	n := len(r.requests)
	r.mu.Unlock()
	status := http.StatusNoContent
	if r.answer != nil {
		status = r.answer(n)
	}
	switch status {
	case 0:
		return nil, io.ErrUnexpectedEOF
	case hang:
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Location": {"https://elsewhere.example/"}}, Body: http.NoBody, Request: req}, nil
}

const hang = -1

func (r *receiver) got() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.requests...)
}

func (r *receiver) types() (types []string) {
	for _, g := range r.got() {
		types = append(types, g.Type+" "+g.Data.Name)
	}
	return types
}

// rig is alerts in a bubble, with a status to change and a log to read.
type rig struct {
	*alerts.Alerts
	hook *receiver
	log  *bytes.Buffer
	mu   sync.Mutex
	now  host.Status
}

func bubble(t *testing.T, config alerts.Config, answer func(int) int, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{hook: &receiver{t: t, answer: answer}, log: &bytes.Buffer{}}
		config.Webhook = webhook()
		a, err := alerts.New(config, alerts.WithTransport(r.hook), alerts.WithLogger(hclog.New(&hclog.LoggerOptions{Output: r.log, Level: hclog.Trace})))
		if err != nil {
			t.Fatal(err)
		}
		r.Alerts = a
		a.Watch(r.status)
		defer func() {
			if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}()
		test(t, r)
	})
}

func (r *rig) status() host.Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) set(providers ...host.ProviderStatus) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = host.Status{Providers: providers}
}

// pass lets time go by and everything that waits for it happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (r *rig) requests(n int, kind sdk.Kind, took time.Duration) {
	for range n {
		r.Observe(host.RequestEnded{Kind: kind, Trail: host.Trail{Duration: took}})
	}
}

// raised are the names of the alerts that stand.
func (r *rig) raised() []string {
	names := []string{}
	for _, a := range r.Status().Raised {
		name := a.Name
		if a.Subject != "" {
			name += " " + a.Subject
		}
		names = append(names, name)
	}
	return names
}
