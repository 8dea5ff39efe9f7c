package hclconfig

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/sdk"
)

func TestLoadReadsGatewayAndAlerts(t *testing.T) {
	t.Parallel()
	dir := copyDir(t, "testdata/good")
	file, err := Load(filepath.Join(dir, "full.hcl"), Options{Getenv: lookup(fullEnv)})
	if err != nil {
		t.Fatal(err)
	}
	want := Gateway{
		Listen: "0.0.0.0:8443", CORSOrigins: []string{"https://app.example", "*"}, Drain: 45 * time.Second,
		Tokens: []Token{
			{
				Name: "app", Value: sdk.NewSecret("client-token-number-one"), Models: []string{"gpt-4.1", "alpha/*"},
				Expires: time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC),
			},
			{Name: "second", Value: sdk.NewSecret("client-token-number-two"), Expires: time.Date(2099, 12, 31, 11, 0, 0, 0, time.UTC)},
		},
		TLS: TLS{Cert: filepath.Join(dir, "server.crt"), Key: filepath.Join(dir, "server.key")},
		Limits: GatewayLimits{
			MaxBody: 1 << 20, MaxUnsizedBody: 64 << 10, MaxBodies: 2 << 20,
			MaxHeaders: 16 << 10, MaxConnections: 500, MaxConcurrent: 100, Queue: -1, QueueWait: 3 * time.Second,
			ReadHeader: 4 * time.Second, ReadBody: 5 * time.Second, Idle: 6 * time.Second, Write: 7 * time.Second, KeepAlive: 8 * time.Second,
		},
		Admin: Admin{Listen: ":9090", Token: sdk.NewSecret("token-of-the-admin")},
	}
	secrets := cmp.Comparer(func(a, b sdk.Secret) bool { return a == b })
	if diff := cmp.Diff(want, file.Gateway, secrets); diff != "" {
		t.Errorf("gateway (-want +got):\n%s", diff)
	}
	wantAlerts := alerts.Config{
		ErrorRate: 0.2, KeyUse: -1, Slow: 3 * time.Second, SlowShare: 0.25, DownFor: time.Minute, Window: 10 * time.Minute,
		MinRequests: 50, Every: 5 * time.Second,
		Webhook: alerts.Webhook{
			URL: "https://hook.example/path-with-a-token", Secret: sdk.NewSecret("secret-of-the-webhook"),
			Timeout: 3 * time.Second, Tries: 2,
		},
	}
	if diff := cmp.Diff(wantAlerts, file.Alerts, secrets); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
}
