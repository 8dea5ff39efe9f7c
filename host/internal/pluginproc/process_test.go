//go:build unix

package pluginproc

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	p := start(t, s, spec(install(t, "good"), "good"))
	if d := p.Description(); d.Name != "good" || d.Version != "1.2.3" {
		t.Errorf("description %+v", d)
	}
	reply, err := p.Client().Chat(within(t), &sdk.Call{Model: "m", Body: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"a":1}`, string(reply.Body)); diff != "" {
		t.Error(diff)
	}
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
	wait(t, p.Done(), "end")
	if got := p.ExitNote(); got != "exit status 0" {
		t.Errorf("it ended with %q, want a clean exit; stderr: %q", got, p.LastStderr())
	}
	left, err := os.ReadDir(s.dir.path)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := p.Stop(within(t)); err != nil {
		t.Errorf("stopping it again: %v", err)
	}
}

func TestPluginEnvironment(t *testing.T) {
	host := map[string]string{
		"GROQ_API_KEY": "canary-key", "AWS_SECRET_ACCESS_KEY": "canary-key", "HOME": "/home/canary", "LD_PRELOAD": "",
		"PLUGIN_CLIENT_CERT": "canary-cert", "GODEBUG": "", "LC_ALL": "C", "TZ": "Asia/Tokyo", "https_proxy": "http://127.0.0.1:1",
		"NO_PROXY": "localhost", "SSL_CERT_FILE": "/etc/certs",
	}
	for name, value := range host {
		t.Setenv(name, value)
	}
	s := newSpawner(t)
	sp := spec(install(t, "good"), "good")
	sp.Env = append(sp.Env, "EXTRA=1", "TMPDIR=/elsewhere", "AIO_LIFELINE_FD=9")
	p := start(t, s, sp)
	got := map[string]string{}
	for _, entry := range ask(t, p, "environ") {
		name, value, _ := strings.Cut(entry, "=")
		got[name] = value
		if strings.Contains(value, "canary") {
			t.Errorf("the plugin sees %s", entry)
		}
	}
	dir := s.dir.path + "/1"
	want := map[string]string{
		"LC_ALL": "C", "TZ": "Asia/Tokyo", "https_proxy": "http://127.0.0.1:1", "NO_PROXY": "localhost", "SSL_CERT_FILE": "/etc/certs",
		"EXTRA": "1", "GOTRACEBACK": "single", "TMPDIR": dir, "PLUGIN_UNIX_SOCKET_DIR": dir, sdk.LifelineEnv: "3",
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s=%q, want %q", name, got[name], value)
		}
	}
	allowed := []string{
		"PATH", "LANG", "GORACE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "no_proxy", // as the machine has them
		"AIO_PROVIDER_PLUGIN", "PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_CLIENT_CERT", // the handshake
	}
	for name := range got {
		if _, ok := want[name]; !ok && !slices.Contains(allowed, name) && !strings.HasPrefix(name, "LC_") {
			t.Errorf("the plugin sees %s", name)
		}
	}
}

func TestKilledPluginFailsCallsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	p := start(t, s, spec(install(t, "good"), "good"))
	failed := callInBackground(t, p)
	if err := syscall.Kill(p.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; sdk.KindOf(err) != sdk.KindPluginDown {
		t.Errorf("want plugin_down, got %v", err)
	}
	wait(t, p.Done(), "end")
	if got := p.ExitNote(); got != "signal: killed" {
		t.Errorf("note %q", got)
	}
}

func TestDyingPluginTellsHowAndWhy(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	p := start(t, s, spec(install(t, "good"), "good"))
	if _, err := p.Client().Chat(within(t), &sdk.Call{Model: "die", Body: []byte(`{}`)}); sdk.KindOf(err) != sdk.KindPluginDown {
		t.Errorf("want plugin_down, got %v", err)
	}
	wait(t, p.Done(), "end")
	if got := p.ExitNote(); got != "exit status 6" {
		t.Errorf("note %q", got)
	}
	if got := p.LastStderr(); !slices.Contains(got, "the end is near") {
		t.Errorf("stderr %q", got)
	}
}

// A plugin that floods its standard error still answers, and the host keeps only the last of it.
func TestFloodingPluginAnswers(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	p := start(t, s, spec(install(t, "flood"), "flood"))
	for range 5 {
		if err := p.Client().Health(within(t)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "flood", func() bool { return len(p.LastStderr()) == keptLines })
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
}

// What a plugin forks may hold its standard error, and dies with it if it stayed in the process group. One
// that left the group cannot be reached, but neither can it hide the death.
func TestForkedProcesses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		model string
		dies  bool
	}{{model: "fork", dies: true}, {model: "daemon", dies: false}}
	for _, tt := range tests {
		t.Run(tt.model, func(t *testing.T) {
			t.Parallel()
			s := newSpawner(t)
			p := start(t, s, spec(install(t, "good"), "good"))
			forked, err := strconv.Atoi(ask(t, p, tt.model)[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(p.Pid(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			wait(t, p.Done(), "end")
			if !tt.dies {
				if err := syscall.Kill(forked, syscall.SIGKILL); err != nil {
					t.Errorf("the daemon is gone: %v", err)
				}
			}
			eventually(t, "the end of what it forked", func() bool { return !alive(forked) })
		})
	}
}

// The parent-death signal goes by the thread that forked, not by the process.
func TestPluginOutlivesTheCallersThread(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	sp := spec(install(t, "good"), "good")
	started := make(chan *Process)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		p, err := s.Start(t.Context(), sp)
		if err != nil {
			t.Error(err)
		}
		started <- p
	}()
	p := <-started
	for range 20 { // some calls, so that the thread has surely gone
		if err := p.Client().Health(within(t)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCallerGivesUpStarting(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	ctx, cancel := context.WithCancel(t.Context())
	sp := spec(install(t, "hang"), "hang")
	failed := make(chan error, 1)
	go func() {
		_, err := s.Start(ctx, sp)
		failed <- err
	}()
	eventually(t, "its process", func() bool { return len(children(s)) == 1 })
	pid := children(s)[0].Pid()
	cancel()
	err := <-failed
	wantCauseOnly(t, err, CauseCanceled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it does not wrap context.Canceled: %v", err)
	}
	if pid != 0 && alive(pid) {
		t.Error("the process is still there")
	}
	if len(children(s)) != 0 {
		t.Error("the Spawner still knows it")
	}
}

func TestSpawnerCloseEndsEverything(t *testing.T) {
	t.Parallel()
	s, err := NewSpawner(shortDir(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := install(t, "good", "hang")
	p := start(t, s, spec(dir, "good"))
	failed := make(chan error, 1)
	go func() {
		_, err := s.Start(t.Context(), spec(dir, "hang"))
		failed <- err
	}()
	eventually(t, "two processes", func() bool { return len(children(s)) == 2 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wait(t, p.Done(), "end")
	if err := <-failed; err == nil {
		t.Error("the start under way went well")
	}
	if _, err := os.Stat(s.dir.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory: %v", err)
	}
	_, err = s.Start(t.Context(), spec(dir, "good"))
	if !errors.Is(err, ErrClosed) {
		t.Errorf("starting after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// callInBackground makes a call that lasts until the plugin ends, and returns when the plugin has it.
func callInBackground(t testing.TB, p *Process) <-chan error {
	t.Helper()
	failed := make(chan error, 1)
	go func() {
		_, err := p.Client().Chat(within(t), &sdk.Call{Model: "block", Body: []byte(`{}`)})
		failed <- err
	}()
	eventually(t, "the call", func() bool { return slices.Contains(p.LastStderr(), "blocked") })
	return failed
}

func children(s *Spawner) []*Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Process
	for p := range s.running {
		out = append(out, p)
	}
	return out
}

// alive reports whether a process runs; one that is dead and not yet reaped does not.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return syscall.Kill(pid, 0) == nil && runtime.GOOS != "linux"
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}
