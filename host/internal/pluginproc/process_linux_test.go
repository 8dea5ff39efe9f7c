package pluginproc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

// A plugin gets the standard descriptors and the lifeline, and no other plugin's.
func TestRow_X4_Descriptors(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	sp := spec(install(t, "good"), "good")
	first := start(t, s, sp)
	second := start(t, s, sp)
	for _, p := range []*Process{first, second} {
		if diff := cmp.Diff([]string{"0", "1", "2", "3"}, ask(t, p, "fds")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"0", "EOF"}, ask(t, p, "stdin")); diff != "" {
			t.Errorf("standard input: %s", diff)
		}
	}
}

func TestStopOfFrozenPlugin(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	p := start(t, s, spec(install(t, "good"), "good"))
	failed := callInBackground(t, p)
	freeze(t, p.Pid())
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
	if got := p.ExitNote(); got != "signal: killed (it did not stop when asked)" {
		t.Errorf("note %q", got)
	}
	if err := <-failed; err == nil {
		t.Error("its call went well")
	}
}

// freeze stops a process and returns when each of its threads has stopped, which the signal alone does not
// say.
func freeze(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "standstill", func() bool {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || len(threads) == 0 {
			t.Fatalf("threads of %d: %v, %v", pid, threads, err)
		}
		for _, thread := range threads {
			stat, err := os.ReadFile(thread)
			if _, after, _ := strings.Cut(string(stat), ") "); err != nil || !strings.HasPrefix(after, "T") {
				return false
			}
		}
		return true
	})
}

// A frozen plugin is replaced, and its call fails.
func TestRow_P4_FrozenPlugin(t *testing.T) {
	t.Parallel()
	w := supervise(t, spec(install(t, "good"), "good"))
	first, err := w.Get(within(t))
	if err != nil {
		t.Fatal(err)
	}
	failed := callInBackground(t, first)
	freeze(t, first.Pid())
	failure := <-failed
	if sdk.KindOf(failure) != sdk.KindPluginDown {
		t.Error(failure)
	}
	w.Report(failure)
	second, err := w.Get(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if second.Pid() == first.Pid() {
		t.Error("it is the frozen one")
	}
	if got := first.ExitNote(); got != "signal: killed (no answer to health checks)" {
		t.Errorf("note %q", got)
	}
}
