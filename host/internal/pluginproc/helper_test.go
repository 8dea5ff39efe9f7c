//go:build unix

package pluginproc

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

// patience bounds every wait in these tests; only a failing one uses it up.
const patience = 60 * time.Second

// install puts the test binary into a new plugin directory under the given names.
func install(t testing.TB, plugins ...string) string {
	t.Helper()
	dir := safeDir(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range plugins {
		to := filepath.Join(dir, prefix+name)
		if err := os.Link(self, to); err == nil {
			continue
		}
		body, err := os.ReadFile(self)
		if err != nil {
			t.Fatal(err)
		}
		write(t, to, body, 0o755)
	}
	return dir
}

// safeDir is a directory that passes the checks whatever the umask.
func safeDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// shortDir is a safe directory whose path leaves room for sockets.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "aio") //nolint:usetesting // its path would be too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func write(t testing.TB, path string, body []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, body, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // past the umask
		t.Fatal(err)
	}
}

func newSpawner(t testing.TB) *Spawner {
	t.Helper()
	s, err := NewSpawner(shortDir(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func spec(dir, plugin string) Spec {
	return Spec{
		Binary: Binary{Dir: dir, Plugin: plugin}, HostVersion: "test", StartTimeout: patience,
		Env: []string{"GORACE=atexit_sleep_ms=0"}, // a race-enabled program otherwise takes 1 s to leave
	}
}

func start(t testing.TB, s *Spawner, sp Spec) *Process {
	t.Helper()
	p, err := s.Start(within(t), sp)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// ask calls the plugin's model and returns the strings it answers.
func ask(t testing.TB, p *Process, model string) []string {
	t.Helper()
	reply, err := p.Client().Chat(within(t), &sdk.Call{Model: model, Body: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	if err := json.Unmarshal(reply.Body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func wait(t testing.TB, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("no %s within %s", what, patience)
	}
}

// eventually waits until ok, which it asks again and again.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("no %s within %s", what, patience)
		}
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares what people see with the file of that name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte(got), 0o644)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (write it anew with -update): %s", path, diff)
	}
}
