package telemetry_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"github.com/aio-llm/aio/host/telemetry"
)

// collector is an OTLP collector that keeps what it gets as text.
type collector struct {
	collectortrace.UnimplementedTraceServiceServer
	collectormetrics.UnimplementedMetricsServiceServer
	mu             sync.Mutex
	traces, series string
}

type metricsService struct {
	collectormetrics.UnimplementedMetricsServiceServer
	*collector
}

func (c *collector) Export(_ context.Context, r *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.traces += r.String()
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

func (m *metricsService) Export(_ context.Context, r *collectormetrics.ExportMetricsServiceRequest) (*collectormetrics.ExportMetricsServiceResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.series += r.String()
	return &collectormetrics.ExportMetricsServiceResponse{}, nil
}

func collect(t *testing.T) (*collector, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{}
	srv := grpc.NewServer()
	collectortrace.RegisterTraceServiceServer(srv, c)
	collectormetrics.RegisterMetricsServiceServer(srv, &metricsService{collector: c})
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(l) // ends with Stop
	}()
	t.Cleanup(func() {
		srv.Stop()
		<-served
	})
	return c, "http://" + l.Addr().String()
}

// environment sets the variables and clears those the machine may have.
func environment(t *testing.T, vars map[string]string) {
	t.Helper()
	for _, name := range []string{
		"OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
		"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
		"OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_TRACES_SAMPLER",
	} {
		t.Setenv(name, vars[name])
	}
}

func shutdown(t *testing.T, tel *telemetry.Telemetry) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	return tel.Shutdown(ctx)
}

func TestSetup(t *testing.T) {
	for _, tt := range []struct {
		name                   string
		vars                   map[string]string
		active, traces, series bool
	}{
		{"nothing said", nil, false, false, false},
		{"an endpoint for all", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}, true, true, true},
		{"an endpoint for traces", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "URL"}, true, true, false},
		{"an endpoint for metrics", map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "URL", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, true, false, true},
		{"no metrics wanted", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "URL", "OTEL_METRICS_EXPORTER": "none"}, true, true, false},
		{"switched off", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "URL", "OTEL_SDK_DISABLED": "true"}, false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, url := collect(t)
			vars := map[string]string{"OTEL_SERVICE_NAME": "my-service"}
			for name, value := range tt.vars {
				vars[name] = strings.Replace(value, "URL", url, 1)
			}
			environment(t, vars)
			log := &journal{}
			tel, err := telemetry.Setup(t.Context(), hclog.New(&hclog.LoggerOptions{Output: log}))
			if err != nil {
				t.Fatal(err)
			}
			if tel.Active() != tt.active {
				t.Errorf("active: %v", tel.Active())
			}
			tel.Observe(fallback())
			if err := shutdown(t, tel); err != nil {
				t.Error(err)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if has := strings.Contains(c.traces, "chat llama") && strings.Contains(c.traces, "my-service"); has != tt.traces {
				t.Errorf("traces: %q", c.traces)
			}
			if has := strings.Contains(c.series, "gen_ai.client.token.usage") && strings.Contains(c.series, "my-service"); has != tt.series {
				t.Errorf("metrics: %q", c.series)
			}
			if log.String() != "" {
				t.Error(log)
			}
		})
	}
}

func TestSetupErrors(t *testing.T) {
	for want, vars := range map[string]map[string]string{
		`OTEL_EXPORTER_OTLP_PROTOCOL is "http/protobuf": only grpc`: {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
		`OTEL_METRICS_EXPORTER is "prometheus": use otlp or none`:   {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317", "OTEL_METRICS_EXPORTER": "prometheus"},
		`OTEL_RESOURCE_ATTRIBUTES`:                                  {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317", "OTEL_RESOURCE_ATTRIBUTES": "nonsense"},
	} {
		environment(t, vars)
		if _, err := telemetry.Setup(t.Context(), hclog.NewNullLogger()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// away is telemetry whose collector does not listen.
func away(t *testing.T, timeout string) (*telemetry.Telemetry, *journal) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	environment(t, map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://" + l.Addr().String()})
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", timeout)
	log := &journal{}
	tel, err := telemetry.Setup(t.Context(), hclog.New(&hclog.LoggerOptions{Output: log}))
	if err != nil {
		t.Fatal(err)
	}
	return tel, log
}

// A collector that is away is logged once, however much is lost, and stops nothing.
func TestTheCollectorIsAway(t *testing.T) {
	tel, log := away(t, "100")
	for range 1000 {
		tel.Observe(fallback())
	}
	if err := shutdown(t, tel); err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "telemetry cannot be exported"); n != 1 {
		t.Errorf("logged %d times: %s", n, log)
	}
}

// Who cannot wait for a collector leaves nothing running behind.
func TestShutdownEndsWithItsContext(t *testing.T) {
	tel, _ := away(t, "600000")
	tel.Observe(fallback())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tel.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
