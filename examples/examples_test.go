package examples_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk/simulator"
)

// example is one folder: how it is run, and what the upstreams are like.
type example struct {
	name   string
	args   []string
	models []simulator.Model
	rules  []simulator.Rule
	gap    time.Duration
}

func refuse(match simulator.Match, name string) simulator.Rule {
	return simulator.Rule{Match: match, Fault: simulator.Fault{Kind: simulator.FaultError, Error: name, Wait: 30 * time.Minute}}
}

var all = []example{
	{name: "basic"},
	{name: "auto"},
	{name: "priority", rules: []simulator.Rule{
		refuse(simulator.Match{Key: "groq 1"}, simulator.ErrorAuthInvalid),
		refuse(simulator.Match{Key: "groq 2"}, simulator.ErrorOverloaded),
	}},
	{name: "streaming"},
	{
		name: "abort", gap: 5 * time.Millisecond,
		models: []simulator.Model{{ID: "openai/gpt-oss-20b", Dialect: simulator.Groq, Reply: strings.Repeat("one two three four ", 5000)}},
	},
	{
		name: "multimodal", args: []string{"square.png", "note.pdf"},
		models: []simulator.Model{{ID: "gemini-flash-latest", Dialect: simulator.Gemini, Vision: true}},
	},
	{
		name:   "structured",
		models: []simulator.Model{{ID: "openai/gpt-oss-20b", Dialect: simulator.Groq}},
	},
	{name: "keystats", rules: []simulator.Rule{refuse(simulator.Match{Key: "groq 1", From: 2}, simulator.ErrorRateMinute)}},
	{name: "cache"},
	{
		name: "embed-host", args: []string{"Why is the sky blue?", "And at sunset?"},
		rules: []simulator.Rule{refuse(simulator.Match{From: 2}, simulator.ErrorForbidden)},
	},
}

// TestExamples runs every example as its reader would, in its own folder with its own config.hcl, against the
// simulator. The golden files hold what it prints and what arrived at the upstreams.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, e := range all {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			compare(t, filepath.Join("testdata", e.name+".golden"), e.run(t))
		})
	}
}

// An example that is not run here would rot.
func TestEveryFolderIsRun(t *testing.T) {
	t.Parallel()
	programs, err := filepath.Glob("*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	var found, run []string
	for _, p := range programs {
		found = append(found, filepath.Dir(p))
	}
	for _, e := range all {
		run = append(run, e.name)
	}
	slices.Sort(run)
	if diff := cmp.Diff(found, run); diff != "" {
		t.Errorf("folders (-) and runs (+):\n%s", diff)
	}
}

// TestWithoutKeys: what an example says to who has not set a key is what to do about it.
func TestWithoutKeys(t *testing.T) {
	t.Parallel()
	cmd := command(t, example{name: "basic"}, nil)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("it ran: %s", out)
	}
	if !strings.Contains(string(out), "GROQ_API_KEY") {
		t.Errorf("the variable is not named: %s", out)
	}
}

func (e example) run(t *testing.T) string {
	sim := simulator.New(simulator.Options{
		Keys: keys(), Models: e.models, Script: simulator.Script{Rules: e.rules}, TokenGap: e.gap,
	})
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	cmd := command(t, e, server)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", e.name, err, &stdout, &stderr)
	}
	for _, k := range keys() {
		if strings.Contains(stdout.String()+stderr.String(), k.Value) {
			t.Errorf("the key %s shows", k.Label)
		}
	}
	// A client that left is noticed by the upstream a moment later.
	if err := sim.Ledger().WaitFor(t.Context(), func(entries []simulator.Entry) bool {
		return !slices.ContainsFunc(entries, func(entry simulator.Entry) bool { return !simulator.Ended()(entry) })
	}); err != nil {
		t.Fatal(err)
	}
	return stdout.String() + "\n-- upstream --\n" + ledger(sim.Ledger().Entries())
}

// command is the example's binary in a copy of its folder, as far from bin/plugins as the folder itself.
func command(t *testing.T, e example, server *simulator.Server) *exec.Cmd {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	dir := filepath.Join(root, "examples", e.name)
	for _, err := range []error{
		os.CopyFS(dir, os.DirFS(e.name)),
		adapt(filepath.Join(dir, "config.hcl")),
		os.Symlink(filepath.Join(built, "bin"), filepath.Join(root, "bin")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "bin", e.name), e.args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir()}
	if server != nil {
		cmd.Env = append(cmd.Env, environment(server)...)
	}
	return cmd
}

// adapt lets tests run as root, as they do in containers, and on machines where much else goes on.
func adapt(config string) error {
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	const block = "plugins {\n"
	if !bytes.Contains(text, []byte(block)) {
		return fmt.Errorf("%s has no plugins block", config)
	}
	text = bytes.Replace(text, []byte(block), []byte(block+"allow_root = true\nstart_timeout = \"2m\"\n"), 1)
	return os.WriteFile(config, text, 0o600)
}

func keys() []simulator.Key {
	return []simulator.Key{
		{Label: "groq 1", Value: "gsk_example_1", Dialect: simulator.Groq},
		{Label: "groq 2", Value: "gsk_example_2", Dialect: simulator.Groq},
		{Label: "groq 3", Value: "gsk_example_3", Dialect: simulator.Groq},
		{Label: "openrouter", Value: "sk-or-example", Dialect: simulator.OpenRouter},
		{Label: "google", Value: "AIza-example", Dialect: simulator.Gemini},
	}
}

func environment(server *simulator.Server) []string {
	return []string{
		"GROQ_BASE_URL=" + server.BaseURL(simulator.Groq),
		"GROQ_API_KEY=gsk_example_1", "GROQ_API_KEY_2=gsk_example_2", "GROQ_API_KEY_3=gsk_example_3",
		"OPENROUTER_BASE_URL=" + server.BaseURL(simulator.OpenRouter), "OPENROUTER_API_KEY=sk-or-example",
		"GOOGLE_BASE_URL=" + server.BaseURL(simulator.Gemini), "GOOGLE_API_KEY=AIza-example",
	}
}

// ledger is what arrived at the upstreams, one line a request.
func ledger(entries []simulator.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %s, key %q: %d", e.Dialect, e.Model, e.KeyLabel, e.Status)
		if e.Stream {
			b.WriteString(", streamed")
		}
		if e.ClientGone {
			b.WriteString(", the client left")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", file, diff)
	}
}
