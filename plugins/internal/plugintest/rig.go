package plugintest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// Rig is a plugin under test and what its tests have in common.
type Rig struct {
	Plugin sdk.Plugin
	// Path is where the API lives below its host, such as "/v1".
	Path string
	// Dialect is the simulator's.
	Dialect string
	// Model and Key are those of the calls. The key must show nowhere.
	Model, Key string
	// RequestID is the header with the upstream's id of a call.
	RequestID string
	// Settings are the plugin's in every test; a test's own win.
	Settings map[string]any
}

// Behind is the plugin with an upstream that is handler.
func (r Rig) Behind(t testing.TB, handler http.HandlerFunc, settings map[string]any) *sdk.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return r.At(t, server.URL+r.Path, settings)
}

// At is the plugin with the given base URL.
func (r Rig) At(t testing.TB, base string, settings map[string]any) *sdk.Client {
	t.Helper()
	all := map[string]any{"base_url": base}
	maps.Copy(all, r.Settings)
	maps.Copy(all, settings)
	client, err := r.open(t, all)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Refused is the error of a plugin that is given these settings.
func (r Rig) Refused(t *testing.T, settings map[string]any) error {
	t.Helper()
	_, err := r.open(t, settings)
	return err
}

func (r Rig) open(t testing.TB, settings map[string]any) (*sdk.Client, error) {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	local, err := sdk.NewLocal(r.Plugin, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	_, err = local.Configure(t.Context(), raw)
	return local.Client, err
}

// Simulated is the plugin before a simulator that misbehaves as told. It accepts the Rig's key, labelled a,
// unless the options name others.
func (r Rig) Simulated(t *testing.T, options simulator.Options, faults ...simulator.Fault) (*sdk.Client, *simulator.Simulator) {
	t.Helper()
	for _, f := range faults {
		options.Script.Rules = append(options.Script.Rules, simulator.Rule{Fault: f})
	}
	if err := options.Script.Validate(); err != nil {
		t.Fatal(err)
	}
	if options.Keys == nil {
		options.Keys = []simulator.Key{{Label: "a", Value: r.Key}}
	}
	sim := simulator.New(options)
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return r.At(t, server.BaseURL(r.Dialect), nil), sim
}

// Call is a call of the Rig's model with its key.
func (r Rig) Call(body string) *sdk.Call {
	return &sdk.Call{Model: r.Model, Key: sdk.NewSecret(r.Key), Body: []byte(body)}
}
