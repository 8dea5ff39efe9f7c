package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/aio-llm/aio/plugins/cerebras"
	"github.com/aio-llm/aio/plugins/googleai"
	"github.com/aio-llm/aio/plugins/groq"
	"github.com/aio-llm/aio/plugins/nvidia"
	"github.com/aio-llm/aio/plugins/openai"
	"github.com/aio-llm/aio/plugins/openrouter"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// genai brings in a library that starts a worker when it is loaded.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

func local(name string) *sdk.Plugin {
	p := map[string]sdk.Plugin{
		"groq": groq.Plugin(), "cerebras": cerebras.Plugin(), "openrouter": openrouter.Plugin(),
		"googleai": googleai.Plugin(), "nvidia": nvidia.Plugin(), "openai": openai.Plugin(),
	}[name]
	return &p
}

func keyOf(u upstream) string { return u.prefix + "canary51d0b3e9a7c84f62" }

// world is a simulator in the place of the real APIs, and what the program then sees.
type world struct {
	t    *testing.T
	vars map[string]string
	dir  string
	sim  *simulator.Simulator
}

// pretend starts the fake. Without names all providers have a key.
func pretend(t *testing.T, change func(*simulator.Options), names ...string) *world {
	t.Helper()
	w := &world{t: t, vars: map[string]string{}, dir: filepath.Join(t.TempDir(), "e2e")}
	var o simulator.Options
	for _, u := range upstreams() {
		u.model.Dialect = u.dialect
		o.Models = append(o.Models, u.model)
		o.Keys = append(o.Keys, simulator.Key{Label: u.name, Value: keyOf(u), Dialect: u.dialect})
	}
	if change != nil {
		change(&o)
	}
	w.sim = simulator.New(o)
	server, err := w.sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	for _, u := range upstreams() {
		w.vars["AIO_E2E_"+strings.ToUpper(u.name)+"_URL"] = server.BaseURL(u.dialect)
		if len(names) == 0 || strings.Contains(strings.Join(names, " "), u.name) {
			w.vars[u.variable] = keyOf(u)
		}
	}
	return w
}

// run runs the program and looks for keys in all it leaves behind.
func (w *world) run(local func(string) *sdk.Plugin, args ...string) (code int, out string) {
	w.t.Helper()
	var b bytes.Buffer
	lookup := func(name string) (string, bool) { v, ok := w.vars[name]; return v, ok }
	code = run(w.t.Context(), append([]string{"-out", w.dir}, args...), lookup, &b, &b, local)
	if strings.Contains(b.String(), "canary") || strings.Contains(b.String(), "e2eWrong") {
		w.t.Errorf("a key shows:\n%s", b.String())
	}
	for name, text := range w.transcripts() {
		if strings.Contains(text, "canary") || strings.Contains(text, "e2eWrong") {
			w.t.Errorf("%s holds a key:\n%s", name, text)
		}
	}
	return code, b.String()
}

func (w *world) transcripts() map[string]string {
	out := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(w.dir, "*"))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			w.t.Fatal(err)
		}
		out[filepath.Base(f)] = string(text)
	}
	return out
}

func TestWithoutKeysItIsLeftOut(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "e2e")}
	code, out := w.run(nil)
	want := "left out: all of e2e, for lack of a key; set one of GROQ_API_KEY, CEREBRAS_API_KEY, OPENROUTER_API_KEY, GOOGLE_API_KEY, NVIDIA_API_KEY, OPENAI_API_KEY\n"
	if diff := cmp.Diff(want, out); diff != "" || code != exitOK {
		t.Errorf("code %d (-want +got):\n%s", code, diff)
	}
	if _, err := os.Stat(w.dir); err == nil {
		t.Error("a folder was made for nothing")
	}
}

// The simulator in the place of the real APIs is what it is compared with: nothing may differ.
func TestTheSameHasTheSameShape(t *testing.T) {
	t.Parallel()
	w := pretend(t, nil)
	code, out := w.run(local, "-strict")
	if code != exitOK || strings.Contains(out, "missing") || strings.Contains(out, "events") {
		t.Errorf("code %d:\n%s", code, out)
	}
	if n := strings.Count(out, " ok "); n != 6*len(tasks()) {
		t.Errorf("%d tasks went well:\n%s", n, out)
	}
	all := w.transcripts()
	if len(all) != 6*len(tasks()) {
		t.Errorf("%d transcripts", len(all))
	}
	for name, text := range all {
		if strings.Contains(name, "-stream") && !strings.Contains(text, "data: ") || !strings.Contains(text, `"simulated": {`) {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

// Whatever the real replies have more, less or in another order is told.
func TestDifferencesAreTold(t *testing.T) {
	t.Parallel()
	const odd = `{"id":"x","object":"chat.completion","created":1.5,"model":"m","novelty":{"list":[{"a":null},{"b":true}]},` +
		`"choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`
	w := pretend(t, func(o *simulator.Options) {
		o.Script.Rules = []simulator.Rule{
			{Match: simulator.Match{From: 1, To: 1}, Fault: simulator.Fault{Kind: simulator.FaultReply, Body: odd, Header: map[string]string{"Content-Type": "application/json", "Retry-After": "1"}}},
			{Match: simulator.Match{From: 2, To: 2}, Fault: simulator.Fault{Kind: simulator.FaultUsage, Usage: simulator.UsageEvery}},
		}
	}, "groq")
	code, out := w.run(local)
	for _, want := range []string{
		"missing in the simulator: novelty object", "missing in the simulator: novelty.list[].a null", "missing in the simulator: novelty.list[].b boolean",
		"missing in the simulator: header retry-after", "missing in the real reply: usage object", "missing in the real reply: usage.total_tokens number",
		"missing in the real reply: choices[].message.reasoning string",
		"events of the real stream: role + usage, ", "events of the simulator's: role, ",
		"left out, for lack of a key: CEREBRAS_API_KEY",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != exitOK {
		t.Errorf("code %d: a difference is news, no failure", code)
	}
	if code, _ := w.run(local, "-strict"); code != exitOK {
		t.Errorf("code %d after the faults are over", code)
	}
	w.sim.SetScript(simulator.Script{Rules: []simulator.Rule{{Match: simulator.Match{From: 2, To: 2}, Fault: simulator.Fault{Kind: simulator.FaultUsage, Usage: simulator.UsageEvery}}}})
	if code, out := w.run(local, "-strict"); code != exitFailed {
		t.Errorf("code %d with -strict:\n%s", code, out)
	}
}

func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	w := pretend(t, func(o *simulator.Options) {
		o.AnyKey = true
		o.Script.Rules = []simulator.Rule{
			{Match: simulator.Match{From: 1, To: 1}, Fault: simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorServer}},
			{Match: simulator.Match{From: 2, To: 2}, Fault: simulator.Fault{Kind: simulator.FaultTruncate, After: 2}},
			{Match: simulator.Match{From: 3, To: 3}, Fault: simulator.Fault{Kind: simulator.FaultReset}},
		}
	}, "openrouter")
	code, out := w.run(local, "-only", "openrouter")
	for _, want := range []string{"unary       failed  server_error", "missing in the simulator: status 500", "stream      failed  broken_stream", "structured  failed  network", "bad_key     failed  the wrong key was accepted"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != exitFailed {
		t.Errorf("code %d", code)
	}
	if n := w.sim.Ledger().Len(); n != len(tasks()) {
		t.Errorf("%d requests, want one a task", n)
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-only", "gorq"}, {"now"}, {"-frob"}, {"-env-file", filepath.Join(t.TempDir(), "none")}} {
		w := &world{t: t, dir: t.TempDir()}
		if code, out := w.run(nil, args...); code != exitMisused || out == "" {
			t.Errorf("%v: code %d, %q", args, code, out)
		}
	}
}

// A file of variables serves as well, and the plugins are real processes unless told otherwise.
func TestThroughTheRealPlugin(t *testing.T) {
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "plugins")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", filepath.Join(bin, "aio-provider-groq"), "../../plugins/groq/cmd/aio-provider-groq")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	w := pretend(t, nil, "nobody")
	vars := filepath.Join(t.TempDir(), "vars.env")
	groq, _ := upstreamNamed("groq")
	if err := os.WriteFile(vars, []byte("GROQ_API_KEY="+keyOf(groq)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out := w.run(nil, "-plugins", bin, "-env-file", vars, "-strict")
	if code != exitOK || strings.Count(out, " ok ") != len(tasks()) {
		t.Errorf("code %d:\n%s", code, out)
	}
}
