package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/aio-llm/aio/sdk/simulator"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

// The keys of the scripts. Their values must never show anywhere.
const (
	keyOne  = "gsk_canary1_8f4e7a20c6b94d13"
	keyTwo  = "gsk_canary2_51d0b3e9a7c84f62"
	keyMain = "sk-or-canary3-9b2f60d1e8a74c35"
)

const config = `auto = true

plugins { dir = env("PLUGINS") }

provider "groq" {
  priority = 20
  settings { base_url = env("GROQ_URL") }
  key "one" {
    value    = env("KEY_ONE")
    priority = 1
  }
  key "two" {
    value       = env("KEY_TWO")
    daily_limit = 1000
  }
  model "gpt-oss" {
    id       = "openai/gpt-oss-120b"
    context  = 131072
    features = ["tools", "json_schema", "reasoning"]
  }
}

provider "openrouter" {
  priority = 10
  settings { base_url = env("OPENROUTER_URL") }
  key "main" { value = env("KEY_MAIN") }
  model "gemma" {
    id       = "google/gemma-4-31b-it:free"
    features = ["vision"]
  }
}

route "fast" { targets = ["groq/gpt-oss", "openrouter"] }
`

// TestMain lets scripts run the test binary as aio, beside plugins built from source.
func TestMain(m *testing.M) {
	testscript.Main(withPlugins{m}, map[string]func(){
		"aio": func() { os.Exit(run(os.Getenv("AIO_TEST_ROOT") != "")) },
	})
}

type withPlugins struct{ m *testing.M }

func (w withPlugins) Run() int {
	dir, err := os.MkdirTemp("", "aio-plugins-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"groq", "openrouter"} {
		binary := "aio-provider-" + name
		build := exec.Command("go", "build", "-ldflags=-s -w", "-o", filepath.Join(dir, binary), "../../../plugins/"+name+"/cmd/"+binary)
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", binary, err, out)
			return 1
		}
	}
	os.Setenv("AIO_TEST_PLUGINS", dir)
	return w.m.Run()
}

// TestScripts runs aio as people do. Each script has a fake upstream of its own, and config.hcl unless it
// brings one.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireUniqueNames: true, RequireExplicitExec: true,
		Setup: setup,
		Cmds:  commands(),
	})
}

func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits": exits, "fault": fault, "ledger": ledger, "await": await, "steady": steady, "absent": absent,
		"ask": askCommand, "until": until, "stream": streamCommand, "rest": rest, "put": put, "signal": signalCommand,
		"hygiene": hygiene,
	}
}

type simKey struct{}

func setup(env *testscript.Env) error {
	err := upstream(env, simulator.Key{Label: "one", Value: keyOne, Dialect: simulator.Groq},
		simulator.Key{Label: "two", Value: keyTwo, Dialect: simulator.Groq},
		simulator.Key{Label: "main", Value: keyMain, Dialect: simulator.OpenRouter})
	if err != nil {
		return err
	}
	env.Setenv("KEY_ONE", keyOne)
	env.Setenv("KEY_TWO", keyTwo)
	env.Setenv("KEY_MAIN", keyMain)
	path := filepath.Join(env.WorkDir, "config.hcl")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(path, []byte(config), 0o600)
	}
	return nil
}

// upstream starts the fake upstream of a script, and tells the script where it is.
func upstream(env *testscript.Env, keys ...simulator.Key) error {
	sim := simulator.New(simulator.Options{Keys: keys})
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		return err
	}
	env.Defer(func() { _ = server.Close() })
	env.Values[simKey{}] = sim
	env.Values[streamsKey{}] = &streams{named: map[string]*sideStream{}}
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("PLUGINS", os.Getenv("AIO_TEST_PLUGINS"))
	env.Setenv("SIM", strings.TrimPrefix(server.URL(), "http://"))
	env.Setenv("GROQ_URL", server.BaseURL(simulator.Groq))
	env.Setenv("OPENROUTER_URL", server.BaseURL(simulator.OpenRouter))
	return nil
}

func simOf(ts *testscript.TestScript) *simulator.Simulator {
	return ts.Value(simKey{}).(*simulator.Simulator)
}

// exits runs a command that must end with a certain exit code: exits CODE COMMAND ARGS...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// fault puts a script of faults into force: fault FILE
func fault(ts *testscript.TestScript, _ bool, args []string) {
	script, err := simulator.ReadScript(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	simOf(ts).SetScript(script)
}

// ledger prints what arrived upstream, for stdout and cmp stdout.
func ledger(ts *testscript.TestScript, _ bool, _ []string) {
	for _, e := range simOf(ts).Ledger().Entries() {
		line := fmt.Sprintf("%s %s %s %s %d %s", e.Dialect, filepath.Base(e.Path), e.KeyLabel, e.Model, e.Status, e.Phase)
		if e.Stream {
			line += " stream"
		}
		if e.ClientGone {
			line += " gone"
		}
		fmt.Fprintln(ts.Stdout(), strings.ReplaceAll(line, "  ", " "))
	}
}

// await waits for the upstream: await chunks N for a reply with so many chunks sent, await arrived for any
// request, await gone for a client that left.
func await(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ok := func(e simulator.Entry) bool { return e.ClientGone }
	switch args[0] {
	case "arrived":
		ok = func(simulator.Entry) bool { return true }
	case "chunks":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		ok = func(e simulator.Entry) bool { return e.Chunks >= n }
	}
	ts.Check(simOf(ts).Ledger().WaitFor(ctx, func(all []simulator.Entry) bool { return slices.ContainsFunc(all, ok) }))
}

var (
	loopback = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	moment   = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	duration = regexp.MustCompile(` +\d+(\.\d+)?(µs|ms|s|m\d+s|m|h\d+m\d+s)\b( ?) *`)
	process  = regexp.MustCompile(`\bpid \d+, ours is \d+|\bpid \d+`)
)

// steady prints stdout, stderr or a file with all that differs from run to run replaced.
func steady(ts *testscript.TestScript, _ bool, args []string) {
	text := duration.ReplaceAllString(ts.ReadFile(args[0]), " <time>$3")
	text = process.ReplaceAllString(text, "pid <n>")
	text = loopback.ReplaceAllString(text, "<loopback>")
	text = moment.ReplaceAllString(text, "<moment>")
	text = strings.ReplaceAll(text, ts.Getenv("SIM"), "<upstream>")
	text = strings.ReplaceAll(text, ts.Getenv("PLUGINS"), "<plugins>")
	text = strings.ReplaceAll(text, ts.Getenv("WORK"), "<work>")
	for line := range strings.Lines(text) {
		fmt.Fprintln(ts.Stdout(), strings.TrimRight(line, " \n"))
	}
}

// absent fails if a key shows in any file of the script's folder.
func absent(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, part := range []string{keyOne[4:], keyTwo[4:], keyMain[6:], "canary"} {
			if strings.Contains(string(text), part) {
				return fmt.Errorf("%s holds a key: %q", path, part)
			}
		}
		return err
	}))
}
