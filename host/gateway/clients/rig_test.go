package clients

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/plugins/googleai"
	"github.com/aio-llm/aio/plugins/openai"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// upstream is a provider to test with and its models, as clients name them.
type upstream struct {
	name, dialect string
	plugin        func() sdk.Plugin
	settings      map[string]any
	// thoughts is the member reasoning comes in, before how many pieces of it come before the chat model's answers.
	thoughts string
	before   int
	// chat sees images, think reasons, slow is for a script to hold up.
	chat, think, slow, embed string
	catalog                  []simulator.Model
}

func (u upstream) model(id string) string { return u.name + "/" + id }

func upstreams() []upstream {
	return []upstream{{
		name: "openai", dialect: simulator.OpenAI, plugin: openai.Plugin, thoughts: "reasoning_content",
		chat: "gpt-5.4-mini", think: "gpt-6-luna", slow: "gpt-5.4-nano", embed: "text-embedding-3-small",
		catalog: []simulator.Model{
			{ID: "gpt-5.4-mini", Vision: true, Context: 1000}, {ID: "gpt-6-luna", Reasoning: true}, {ID: "gpt-5.4-nano"},
			{ID: "text-embedding-3-small", Embedding: true},
		},
	}, {
		name: "googleai", dialect: simulator.Gemini, plugin: googleai.Plugin, settings: map[string]any{"include_thoughts": true}, thoughts: "reasoning", before: 6,
		chat: "gemini-3.8-flash", think: "gemini-3.1-pro-preview", slow: "gemini-2.5-flash", embed: "gemini-embedding-001",
		catalog: []simulator.Model{
			{ID: "gemini-3.8-flash", Vision: true, Reasoning: true, Context: 1000}, {ID: "gemini-3.1-pro-preview", Reasoning: true},
			{ID: "gemini-2.5-flash", Reasoning: true}, {ID: "gemini-embedding-001", Embedding: true},
		},
	}}
}

const (
	token = "aio-test-token-of-the-client"
	// narrow may ask for one model that is none.
	narrow   = "aio-test-token-for-one-model-only"
	keyValue = "sk-simulated-0123456789"
)

// rig is a gateway on a loopback port before all upstreams.
type rig struct {
	base   string
	ledger *simulator.Ledger
	// requests counts those to the gateway.
	requests atomic.Int64
}

func start(t *testing.T, limits gateway.Limits, rules []simulator.Rule) *rig {
	t.Helper()
	options := simulator.Options{Script: simulator.Script{Rules: rules}}
	config := host.Config{Retry: host.Retry{MaxTries: tries, Delay: time.Millisecond}}
	for _, u := range upstreams() {
		options.Keys = append(options.Keys, simulator.Key{Label: u.name, Value: keyValue + u.name, Dialect: u.dialect})
		for _, m := range u.catalog {
			m.Dialect = u.dialect
			options.Models = append(options.Models, m)
		}
	}
	sim := simulator.New(options)
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	for _, u := range upstreams() {
		config.Providers = append(config.Providers, provider(t, u, server.BaseURL(u.dialect)))
	}
	h, err := host.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(context.WithoutCancel(t.Context())) })
	r := &rig{ledger: sim.Ledger()}
	r.serve(t, h, limits)
	return r
}

// tries is how often the host calls the last target.
const tries = 2

func provider(t *testing.T, u upstream, base string) host.Provider {
	t.Helper()
	settings := map[string]any{"base_url": base}
	for name, value := range u.settings {
		settings[name] = value
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	plugin := u.plugin()
	p := host.Provider{
		Name: u.name, Settings: raw, Local: &plugin,
		Keys: []host.Key{{Label: u.name, Value: sdk.NewSecret(keyValue + u.name)}},
	}
	for _, m := range u.catalog {
		p.Models = append(p.Models, host.Model{Name: m.ID, Context: 1 << 20})
	}
	return p
}

func (r *rig) serve(t *testing.T, h *host.Host, limits gateway.Limits) {
	t.Helper()
	hash := func(value string) gateway.TokenHash { return gateway.HashToken(sdk.NewSecret(value)) }
	g, err := gateway.New(gateway.Static(h), gateway.Config{Limits: limits, Tokens: []gateway.Token{
		{Name: "client", Hash: hash(token)}, {Name: "narrow", Hash: hash(narrow), Models: []string{"openai/none"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := g.Server()
	handler := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.requests.Add(1)
		handler.ServeHTTP(w, q)
	})
	done := make(chan error, 1)
	go func() { done <- server.Serve(g.Listener(listener)) }()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	r.base = "http://" + listener.Addr().String() + "/v1"
}

// patience bounds what must happen; a loaded machine takes its time.
const patience = time.Minute

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// httpClient keeps its connections to itself.
func httpClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}
