package host_test

import (
	"testing"

	"github.com/aio-llm/aio/host"
)

func TestAvailable(t *testing.T) {
	t.Parallel()
	keys := func(states ...string) (keys []host.KeyStatus) {
		for _, s := range states {
			keys = append(keys, host.KeyStatus{State: s})
		}
		return keys
	}
	for _, tt := range []struct {
		name   string
		active bool
		plugin string
		keys   []host.KeyStatus
		want   bool
	}{
		{"ready", true, "ready", keys("cooling", "ready"), true},
		{"not started", true, "idle", keys("ready"), true},
		{"without keys", true, "ready", nil, true},
		{"all keys rest", true, "ready", keys("cooling", "parked", "exhausted", "disabled", "missing"), false},
		{"plugin down", true, "backoff", keys("ready"), false},
		{"plugin given up", true, "disabled", keys("ready"), false},
		{"switched off", false, "ready", keys("ready"), false},
	} {
		p := host.ProviderStatus{Active: tt.active, Plugin: host.PluginStatus{State: tt.plugin}, Keys: tt.keys}
		if got := p.Available(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
