package doctor_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/doctor"
	"github.com/aio-llm/aio/plugins/cerebras"
	"github.com/aio-llm/aio/plugins/googleai"
	"github.com/aio-llm/aio/plugins/groq"
	"github.com/aio-llm/aio/plugins/nvidia"
	"github.com/aio-llm/aio/plugins/openai"
	"github.com/aio-llm/aio/plugins/openrouter"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// upstream is a provider and the dialect its fake speaks.
type upstream struct {
	plugin  sdk.Plugin
	dialect string
	// prefix begins its keys, so that wrong ones are noticed; model is one it has.
	prefix, model string
}

func upstreams() map[string]upstream {
	return map[string]upstream{
		"groq":       {groq.Plugin(), simulator.Groq, "gsk_", "openai/gpt-oss-20b"},
		"openrouter": {openrouter.Plugin(), simulator.OpenRouter, "sk-or-v1-", "google/gemma-4-31b-it:free"},
		"cerebras":   {cerebras.Plugin(), simulator.Cerebras, "csk-", "gpt-oss-120b"},
		"nvidia":     {nvidia.Plugin(), simulator.Nvidia, "nvapi-", "openai/gpt-oss-120b"},
		"googleai":   {googleai.Plugin(), simulator.Gemini, "AIza", "gemini-2.5-flash"},
		"openai":     {openai.Plugin(), simulator.OpenAI, "sk-proj-", "gpt-5.4-mini"},
	}
}

// keyOf is a value that must never show.
func (u upstream) keyOf(label string) string {
	return u.prefix + "canary-" + label + "-51d0b3e9a7c84f62"
}

func (u upstream) key(label string) host.Key {
	return host.Key{Label: label, Value: sdk.NewSecret(u.keyOf(label))}
}

func (u upstream) provider(baseURL string, keys []string, models ...string) host.Provider {
	settings, err := json.Marshal(map[string]string{"base_url": baseURL})
	if err != nil {
		settings = nil
	}
	p := host.Provider{Name: u.plugin.Name, Local: &u.plugin, Settings: settings}
	for _, label := range keys {
		p.Keys = append(p.Keys, u.key(label))
	}
	for _, m := range models {
		p.Models = append(p.Models, host.Model{Name: m})
	}
	return p
}

// serve starts a fake on a real port: the plugins dial for themselves.
func serve(t *testing.T, o simulator.Options) (*simulator.Simulator, *simulator.Server) {
	t.Helper()
	sim := simulator.New(o)
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return sim, server
}

func open(t *testing.T, c host.Config) *host.Host {
	t.Helper()
	h, err := host.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return h
}

// examine also looks for keys in what came out.
func examine(t *testing.T, h *host.Host, o doctor.Options) *doctor.Report {
	t.Helper()
	report, err := doctor.Examine(t.Context(), h, o)
	if err != nil {
		t.Fatal(err)
	}
	if text := pretty(t, report); strings.Contains(text, "canary") {
		t.Errorf("a key shows:\n%s", text)
	}
	return report
}

func pretty(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// verdicts sums a provider up: "key good: ok".
func verdicts(p doctor.Provider) []string {
	out := []string{"provider: " + string(p.Verdict)}
	for _, k := range p.Keys {
		out = append(out, "key "+k.Label+": "+string(k.Verdict))
	}
	for _, m := range p.Models {
		line := "model " + m.Name + ": " + string(m.Verdict)
		if len(m.Nearest) > 0 {
			line += ", nearest " + m.Nearest[0]
		}
		out = append(out, line)
	}
	return out
}
