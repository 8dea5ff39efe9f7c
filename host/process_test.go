package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// servePlugin is the life of a plugin process of these tests; it does not return.
func servePlugin(name string) {
	switch name {
	case "hangs":
		select {}
	case "relay": // a real provider; its settings say where the upstream is
		d := openaicompat.Dialect{Name: name, BaseURL: "https://relay.invalid/v1", StreamUsage: true}
		sdk.Serve(sdk.Plugin{
			Name: name, Version: "test", Settings: openaicompat.Settings(d),
			Open: func(ctx context.Context, s sdk.Setup) (sdk.Provider, error) { return openaicompat.Open(ctx, d, s) },
		})
	}
	sdk.Serve(sdk.Plugin{
		Name: name, Version: "test", Settings: sdk.Schema{{Name: "mood", Type: sdk.String, Values: []string{"good", "bad"}}},
		Open: func(_ context.Context, s sdk.Setup) (sdk.Provider, error) {
			s.Log.Info("opened", "settings", string(s.Settings))
			return moody{log: s.Log}, nil
		},
	})
}

// moody does what the prompt says.
type moody struct{ log hclog.Logger }

func (p moody) ChatStream(ctx context.Context, call *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
	req, err := call.ChatRequest()
	if err != nil {
		return nil, err
	}
	say := func(word string) error {
		return out.SendRaw(fmt.Appendf(nil, `{"choices":[{"index":0,"delta":{"content":%q}}]}`, word))
	}
	command, arg, _ := strings.Cut(req.Messages[len(req.Messages)-1].Content.Text(), " ")
	switch command {
	case "panic":
		panic("told to, with the key " + call.Key.Reveal())
	case "exit":
		p.log.Error("leaving", "key", call.Key.Reveal())
		os.Exit(3)
	case "leak":
		fmt.Println("stdout", call.Key.Reveal())
		fmt.Fprintln(os.Stderr, "stderr", call.Key.Reveal())
		p.log.Warn("log " + call.Key.Reveal())
		return nil, &sdk.Error{Kind: sdk.KindBadRequest, Message: "bad key " + call.Key.Reveal(), Code: call.Key.Reveal()}
	case "wait": // says one word, then waits for a file to appear
		if err := say("waiting"); err != nil {
			return nil, err
		}
		for {
			if _, err := os.Stat(arg); err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(5 * time.Millisecond):
			}
		}
		return &sdk.ReplyInfo{FinishReason: "stop"}, say(" done")
	case "pid":
		return &sdk.ReplyInfo{FinishReason: "stop"}, say(fmt.Sprint(os.Getpid()))
	case "env":
		return &sdk.ReplyInfo{FinishReason: "stop"}, say(strings.Join(os.Environ(), "\n"))
	}
	return &sdk.ReplyInfo{FinishReason: "stop"}, say("said " + command)
}

// pluginDir returns a directory with the test binary under these plugin names.
func pluginDir(t *testing.T, plugins ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range plugins {
		to := filepath.Join(dir, "aio-provider-"+p)
		if err := os.Link(self, to); err == nil {
			continue
		}
		// Another file system: copy.
		data, err := os.ReadFile(self)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// journal is a log sink to look into.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

const canary = "gsk_CanaryCanary0123456789abcdefXYZ"

// processes starts a host over plugin processes, each a provider with one model and one key.
func processes(t *testing.T, change func(*host.Config), plugins ...string) (*host.Host, *journal) {
	t.Helper()
	// A machine under many tests is slow to start processes; how long that may take is not what they test.
	config := host.Config{Plugins: host.Plugins{Dir: pluginDir(t, plugins...), StartTimeout: time.Minute}}
	for i, p := range plugins {
		config.Providers = append(config.Providers, host.Provider{
			Name: p, Priority: -i, Models: []host.Model{{Name: "m"}},
			Keys: []host.Key{{Label: p + "-key", Value: sdk.NewSecret(canary + p)}},
		})
	}
	if change != nil {
		change(&config)
	}
	log := &journal{}
	h, err := host.New(t.Context(), config, host.WithLogger(hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: log})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return h, log
}

func pidOf(t *testing.T, h *host.Host, provider string) int {
	t.Helper()
	for _, p := range h.Status().Providers {
		if p.Name == provider {
			return p.Plugin.Pid
		}
	}
	t.Fatalf("no provider %s", provider)
	return 0
}

// A panic in a handler fails its own call. The process, and the streams of its neighbours, live on.
func TestRow_P8_HandlerPanicFailsOneCall(t *testing.T) {
	t.Parallel()
	h, log := processes(t, nil, "one")
	gate := filepath.Join(t.TempDir(), "go")
	s, err := h.ChatStream(t.Context(), ask("wait "+gate))
	if err != nil {
		t.Fatal(err)
	}
	pid := pidOf(t, h, "one")
	n := rows.Dose(10, 1000)
	for range n {
		_, err := h.Chat(t.Context(), ask("panic"))
		if host.KindOf(err) != sdk.KindInternal {
			t.Fatalf("the call that panicked: %v", err)
		}
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(s)
	if err != nil || got != "waiting done" {
		t.Errorf("the neighbour's stream: %q, %v", got, err)
	}
	if now := pidOf(t, h, "one"); now != pid || pid == 0 {
		t.Errorf("process %d became %d", pid, now)
	}
	if out := log.String(); !strings.Contains(out, "provider panicked") || !strings.Contains(out, "process_test.go") {
		t.Errorf("the stack is not in the log: %s", out)
	}
	assertNoCanary(t, "log", log.String())
	rows.Report(t, "P8", fmt.Sprintf("%d handler panics beside a stream", n), "only that call fails, the process lives, stack kept and redacted", func() string {
		return fmt.Sprintf("pid %d throughout", pid)
	})
}

// A plugin that dies before content costs nothing but its own call; it is started again.
func TestPluginDeathBeforeContentFallsBack(t *testing.T) {
	t.Parallel()
	// The second provider would die of the same prompt, so the first one alone is made to.
	h, log := processes(t, func(c *host.Config) {
		c.Providers = append(c.Providers, host.Provider{Name: "steady", Priority: -9, Models: []host.Model{{Name: "m"}}, Local: steady()})
	}, "fragile")
	for range 3 {
		reply, err := h.Chat(t.Context(), ask("exit"))
		if err != nil {
			t.Fatal(err)
		}
		if a := reply.Route.Attempts; reply.Route.Provider != "steady" || a[0].Kind != sdk.KindPluginDown {
			t.Errorf("%s", pretty(reply.Route))
		}
		assertNoCanary(t, "trail", pretty(reply.Route))
		// Wait for the restart, so that the next round meets a live process.
		if err := startAgain(t, h, "fragile"); err != nil {
			t.Fatal(err)
		}
	}
	assertNoCanary(t, "log", log.String())
	assertNoCanary(t, "status", pretty(h.Status()))
}

func startAgain(t *testing.T, h *host.Host, provider string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		err := h.Start(ctx, provider)
		if err == nil || sdk.KindOf(err) != sdk.KindPluginDown {
			return err
		}
		select {
		case <-time.After(max(sdk.AsError(err).RetryAfter, 10*time.Millisecond)):
		case <-ctx.Done():
			return err
		}
	}
}

func steady() *sdk.Plugin {
	return &sdk.Plugin{Name: "steady", Version: "test", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
		return steadyProvider{}, nil
	}}
}

type steadyProvider struct{}

func (steadyProvider) Chat(context.Context, *sdk.Call) (*sdk.Reply, error) {
	return &sdk.Reply{Body: []byte(`{"choices":[{"index":0,"message":{"role":"assistant","content":"steady"},"finish_reason":"stop"}]}`)}, nil
}

// A plugin killed in the middle of a stream ends it in an error; nothing is tried again behind content.
func TestPluginKilledMidStream(t *testing.T) {
	t.Parallel()
	h, _ := processes(t, nil, "one")
	s, err := h.ChatStream(t.Context(), ask("wait /nonexistent"))
	if err != nil {
		t.Fatal(err)
	}
	if err := signalPlugin(t, h, os.Kill); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(s)
	if got != "waiting" || host.KindOf(err) != sdk.KindPluginDown || len(s.Route().Attempts) != 1 {
		t.Errorf("%q, %v, %s", got, err, pretty(s.Route()))
	}
	reply, err := h.Chat(t.Context(), ask("hello"))
	if err != nil || text(t, reply) != "said hello" {
		t.Errorf("after the restart: %v", err)
	}
}

func TestOnlyWhatIsNeededIsStarted(t *testing.T) {
	t.Parallel()
	h, _ := processes(t, nil, "one", "two")
	req := ask("hello")
	req.Model = "two/m"
	if _, err := h.Chat(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, p := range h.Status().Providers {
		states[p.Name] = p.Plugin.State
	}
	if diff := cmp.Diff(map[string]string{"one": "idle", "two": "ready"}, states); diff != "" {
		t.Error(diff)
	}
}

func TestTwoHostsInOneProcess(t *testing.T) {
	t.Parallel()
	a, _ := processes(t, nil, "one")
	b, _ := processes(t, nil, "one")
	first, err := a.Chat(t.Context(), ask("pid"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := b.Chat(t.Context(), ask("pid"))
	if err != nil {
		t.Fatal(err)
	}
	if text(t, first) == text(t, second) {
		t.Error("two hosts share a plugin process")
	}
	if _, err := a.Chat(t.Context(), ask("pid")); !errors.Is(err, host.ErrClosed) {
		t.Errorf("a closed host answers %v", err)
	}
}

// One bad plugin is its own trouble: a clear error where it is asked, and service everywhere else.
func TestBadPluginsHarmNobodyElse(t *testing.T) {
	t.Parallel()
	h, _ := processes(t, func(c *host.Config) {
		c.Plugins.StartTimeout = 3 * time.Second
		c.Providers = append([]host.Provider{
			{Name: "absent", Priority: 9, Models: []host.Model{{Name: "m"}}},
			{Name: "picky", Plugin: "good", Priority: 7, Models: []host.Model{{Name: "m"}}, Settings: []byte(`{"mood":"strange","modo":"good"}`)},
		}, c.Providers...)
		for i := range c.Providers {
			if c.Providers[i].Name == "hangs" {
				c.Providers[i].Priority = 8
			}
		}
	}, "hangs", "good")
	reply, err := h.Chat(t.Context(), ask("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if reply.Route.Provider != "good" || len(reply.Route.Skipped) != 3 {
		t.Errorf("%s", pretty(reply.Route))
	}
	for name, want := range map[string]string{
		"absent": "aio-provider-absent",
		"hangs":  "3s",
		"picky":  `"good", "bad"`,
	} {
		req := ask("hello")
		req.Model = name + "/m"
		_, err := h.Chat(t.Context(), req)
		if host.KindOf(err) != sdk.KindPluginDown || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want plugin_down naming %s", name, err, want)
		}
	}
}

// The plugin sees no variable of the host but the allowed ones.
func TestPluginEnvironment(t *testing.T) {
	t.Setenv("GROQ_API_KEY", canary)
	t.Setenv("SOME_HOST_VARIABLE", "x")
	h, _ := processes(t, nil, "one")
	reply, err := h.Chat(t.Context(), ask("env"))
	if err != nil {
		t.Fatal(err)
	}
	env := text(t, reply)
	if strings.Contains(env, "GROQ_API_KEY") || strings.Contains(env, "SOME_HOST_VARIABLE") || !strings.Contains(env, "AIO_LIFELINE_FD") {
		t.Errorf("the plugin's environment:\n%s", env)
	}
}

// A service manager's SIGTERM goes to the whole group. The plugin leaves it to its host to drain and end it.
func TestPluginsLeaveSIGTERMToTheHost(t *testing.T) {
	t.Parallel()
	h, _ := processes(t, nil, "one")
	gate := filepath.Join(t.TempDir(), "go")
	s, err := h.ChatStream(t.Context(), ask("wait "+gate))
	if err != nil {
		t.Fatal(err)
	}
	if err := signalPlugin(t, h, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(s); err != nil || got != "waiting done" {
		t.Errorf("%q, %v", got, err)
	}
}

func signalPlugin(t *testing.T, h *host.Host, sig os.Signal) error {
	t.Helper()
	p, err := os.FindProcess(pidOf(t, h, "one"))
	if err != nil {
		return err
	}
	return p.Signal(sig)
}
