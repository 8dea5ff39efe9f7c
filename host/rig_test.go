package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/simulator"
)

// rig is a host over in-process providers whose upstream is a simulator on an in-memory listener: real HTTP,
// real gRPC, no process and no clock but the test's. Inside a synctest bubble its time is virtual.
type rig struct {
	*host.Host
	sim *simulator.Simulator
}

// setup describes a rig: providers "first" and "second" (as many as keys are given), each key named
// <provider>-<n>, one model "echo" each.
type setup struct {
	// keys is how many keys each provider has; default one provider with one key.
	keys   []int
	script simulator.Script
	change func(*host.Config)
	log    hclog.Logger
	// observer is told what happens; nil when nobody listens.
	observer host.Observer
	// tcp takes a real listener, for faults that only a real connection has.
	tcp bool
}

func names(i int) string { return [...]string{"first", "second", "third"}[i] }

func keyValue(label string) string { return "sk-simulated-" + label + "-0123456789" }

func start(t *testing.T, s setup) *rig {
	t.Helper()
	if s.keys == nil {
		s.keys = []int{1}
	}
	o := simulator.Options{Script: s.script, KeepBodies: true}
	config := host.Config{}
	for i, n := range s.keys {
		p := host.Provider{Name: names(i), Priority: -i, Models: []host.Model{{Name: "echo", ID: "gpt-5.4-mini"}}}
		for k := range n {
			label := fmt.Sprintf("%s-%d", p.Name, k+1)
			o.Keys = append(o.Keys, simulator.Key{Label: label, Value: keyValue(label)})
			p.Keys = append(p.Keys, host.Key{Label: label, Value: sdk.NewSecret(keyValue(label)), Priority: -k})
		}
		config.Providers = append(config.Providers, p)
	}
	sim := simulator.New(o)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.DisableCompression = nil, true
	base, closeServer := serve(t, sim, s.tcp, transport)
	for i := range config.Providers {
		local := openaiPlugin(config.Providers[i].Name, base, transport)
		config.Providers[i].Local = &local
	}
	if s.change != nil {
		s.change(&config)
	}
	opts := []host.Option{}
	if s.log != nil {
		opts = append(opts, host.WithLogger(s.log))
	}
	if s.observer != nil {
		opts = append(opts, host.WithObserver(s.observer))
	}
	h, err := host.New(t.Context(), config, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		closeServer()
	})
	return &rig{Host: h, sim: sim}
}

func serve(t *testing.T, sim *simulator.Simulator, tcp bool, transport *http.Transport) (base string, stop func()) {
	t.Helper()
	if tcp {
		srv, err := sim.Start("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return srv.BaseURL(simulator.OpenAI), func() { _ = srv.Close() }
	}
	srv := sim.StartMemory()
	transport.DialContext = srv.DialContext
	return srv.BaseURL(simulator.OpenAI), func() { _ = srv.Close() }
}

func openaiPlugin(name, base string, transport http.RoundTripper) sdk.Plugin {
	return sdk.Plugin{Name: name, Version: "test", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
		p, err := openaicompat.New(openaicompat.Dialect{Name: name, BaseURL: base, StreamUsage: true, Embeddings: true},
			openaicompat.Options{Transport: transport, AllowInsecureHTTP: true})
		return openaicompat.EmbeddingProvider{Provider: p}, err
	}}
}

func ask(text string) *sdk.ChatRequest {
	return &sdk.ChatRequest{Model: "auto", Messages: []sdk.Message{sdk.User(text)}}
}

// asked returns the labels of the keys that arrived at the simulator, in order.
func (r *rig) asked() []string {
	var labels []string
	for _, e := range r.sim.Ledger().Entries() {
		labels = append(labels, e.KeyLabel)
	}
	return labels
}

func (r *rig) key(t *testing.T, provider, label string) host.KeyStatus {
	t.Helper()
	stats, err := r.KeyStats(provider)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(stats.Keys, func(k host.KeyStatus) bool { return k.Label == label })
	if i < 0 {
		t.Fatalf("no key %s", label)
	}
	return stats.Keys[i]
}

func text(t *testing.T, r *host.Reply) string {
	t.Helper()
	c, err := r.Completion()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Choices) == 0 {
		t.Fatalf("no choices in %s", r.Body)
	}
	return c.Choices[0].Message.Content.Text()
}

// readAll reads a stream to its end.
func readAll(s *host.Stream) (string, error) {
	c, err := s.Completion()
	if c == nil || len(c.Choices) == 0 {
		return "", err
	}
	return c.Choices[0].Message.Content.Text(), err
}

func rule(kind simulator.FaultKind, key string, change func(*simulator.Rule)) simulator.Rule {
	r := simulator.Rule{Match: simulator.Match{Key: key}, Fault: simulator.Fault{Kind: kind}}
	if change != nil {
		change(&r)
	}
	return r
}

func script(rules ...simulator.Rule) simulator.Script { return simulator.Script{Rules: rules} }

func pretty(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func within(t *testing.T, what string, got, low, high time.Duration) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s: %v, want %v to %v", what, got, low, high)
	}
}
