package metrics_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/accesslog"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/host/metrics"
	"github.com/aio-llm/aio/host/telemetry"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/simulator"
)

const (
	canaryKey    = "sk-CanaryKey-0123456789abcdefXYZ"
	canaryPrompt = "CanaryPrompt-a-secret-of-the-caller"
	canaryToken  = "CanaryToken-0123456789-of-a-client"
	canaryHook   = "CanaryHook-0123456789-of-webhooks"
)

// simulated is a host whose one provider's upstream is a simulator in memory.
func simulated(t *testing.T, script simulator.Script, opts ...host.Option) *host.Host {
	t.Helper()
	sim := simulator.New(simulator.Options{Script: script, Keys: []simulator.Key{{Label: "good", Value: canaryKey}}})
	srv := sim.StartMemory()
	transport := &http.Transport{DialContext: srv.DialContext}
	local := sdk.Plugin{Name: "sim", Version: "test", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
		return openaicompat.New(openaicompat.Dialect{Name: "sim", BaseURL: srv.BaseURL(simulator.OpenAI), StreamUsage: true},
			openaicompat.Options{Transport: transport, AllowInsecureHTTP: true})
	}}
	h, err := host.New(t.Context(), host.Config{
		Retry: host.Retry{MaxTries: 1}, DisableAfter: -1,
		Providers: []host.Provider{{
			Name: "sim", Local: &local, AnyModel: true, Models: []host.Model{{Name: "echo", ID: "gpt-5.4-mini"}},
			Keys: []host.Key{{Label: "main", Value: sdk.NewSecret(canaryKey), DailyLimit: 10}},
		}},
	}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		_ = srv.Close()
	})
	return h
}

// page collects what was told somewhere.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// RoundTrip takes webhooks.
func (p *page) RoundTrip(r *http.Request) (*http.Response, error) {
	fmt.Fprintln(p, r.Header)
	if _, err := io.Copy(p, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: r}, nil
}

func assertNoCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{canaryKey, canaryPrompt, canaryToken, canaryHook} {
		for form, s := range map[string]string{
			"as it is": secret, "base64": base64.StdEncoding.EncodeToString([]byte(secret)), "hex": hex.EncodeToString([]byte(secret)),
			"URL": url.QueryEscape(secret), "head": secret[:12], "tail": secret[len(secret)-12:],
		} {
			if i := strings.Index(text, s); i >= 0 {
				t.Errorf("%s holds %s, %s: ...%s...", where, secret, form, text[max(0, i-80):min(len(text), i+len(s)+20)])
			}
		}
	}
}

// With every observer attached, an upstream that echoes keys and prompts in its errors, and callers that put
// secrets where they do not belong, nothing secret is seen anywhere.
func TestNothingSecretIsObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		echo := simulator.Rule{Match: simulator.Match{From: 2}, Fault: simulator.Fault{
			Kind: simulator.FaultReply, Status: 500, Header: map[string]string{"X-Request-Id": canaryKey},
			Body: fmt.Sprintf(`{"error":{"message":"%s with %s","code":"%[2]s","type":"%[1]s"}}`, canaryPrompt, canaryKey),
		}}
		m, log, access, hook := metrics.New(), &page{}, &page{}, &page{}
		spans, reader := tracetest.NewInMemoryExporter(), sdkmetric.NewManualReader()
		tel, err := telemetry.New(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)), sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
		if err != nil {
			t.Fatal(err)
		}
		a, err := alerts.New(alerts.Config{MinRequests: 1, Webhook: alerts.Webhook{URL: "https://hooks.example/" + canaryHook, Secret: sdk.NewSecret(canaryHook)}},
			alerts.WithTransport(hook), alerts.WithLogger(hclog.New(&hclog.LoggerOptions{Output: log, Level: hclog.Trace})))
		if err != nil {
			t.Fatal(err)
		}
		h := simulated(t, simulator.Script{Rules: []simulator.Rule{echo}}, host.WithObserver(m), host.WithObserver(tel), host.WithObserver(a))
		m.Watch(h.Status)
		a.Watch(h.Status)

		serve := accesslog.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if _, err := h.ChatJSON(r.Context(), body); err != nil {
				w.WriteHeader(http.StatusBadGateway)
			}
		}), hclog.New(&hclog.LoggerOptions{Output: access}))
		body := func(model string) io.Reader {
			b, err := json.Marshal(&sdk.ChatRequest{Model: model, Messages: []sdk.Message{sdk.User(canaryPrompt)}})
			if err != nil {
				t.Fatal(err)
			}
			return bytes.NewReader(b)
		}
		for range 9 { // the first goes well
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/chat/completions?key="+canaryToken, body("sim/echo"))
			r.Header.Set("Authorization", "Bearer "+canaryToken)
			serve.ServeHTTP(httptest.NewRecorder(), r)
			time.Sleep(10 * time.Second) // the bubble's clock: alerts are judged
		}
		// A caller that sends its prompt as the model's name is seen in its own trace, but makes no series.
		_, _ = h.Chat(t.Context(), &sdk.ChatRequest{Model: "sim/" + canaryPrompt, Messages: []sdk.Message{sdk.User("hi")}})
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}

		text := exposition(t, m)
		var series metricdata.ResourceMetrics
		if err := reader.Collect(t.Context(), &series); err != nil {
			t.Fatal(err)
		}
		told := map[string]string{
			"exposition": text, "OpenTelemetry metrics": fmt.Sprintf("%+v", series), "alerts' log": log.String(), "access log": access.String(),
			"webhook": hook.String(), "alerts": fmt.Sprintf("%+v", a.Status()),
		}
		for _, s := range spans.GetSpans() {
			if !strings.Contains(s.Name, canaryPrompt) {
				told["spans"] += fmt.Sprintf("%+v\n", s)
			}
		}
		for where, proof := range map[string]string{ // else the rest proves nothing
			"exposition": `aio_requests_total{kind="success",model="echo",outcome="success",provider="sim",stream="false"} 1`, "access log": "status=502",
			"alerts' log": "alert raised: alert=error_rate", "webhook": "key_limit", "spans": "server_error", "OpenTelemetry metrics": "gen_ai.client",
		} {
			if !strings.Contains(told[where], proof) {
				t.Errorf("%s does not tell %q:\n%s", where, proof, told[where])
			}
		}
		for where, text := range told {
			assertNoCanary(t, where, text)
		}
	})
}
