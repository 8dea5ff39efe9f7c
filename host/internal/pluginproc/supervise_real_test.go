//go:build unix

package pluginproc

import (
	"errors"
	"sync"
	"syscall"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

// watched is a Supervisor of a real plugin, with the states it has been in.
type watched struct {
	*Supervisor
	mu     sync.Mutex
	events []Event
}

func supervise(t *testing.T, sp Spec) *watched {
	t.Helper()
	w := &watched{}
	w.Supervisor = NewSupervisor(newSpawner(t), sp, func(e Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, e)
	})
	t.Cleanup(func() { closeNow(t, w.Supervisor) })
	return w
}

func TestSupervisorReplacesAKilledPlugin(t *testing.T) {
	t.Parallel()
	w := supervise(t, spec(install(t, "good"), "good"))
	first, err := w.Get(within(t))
	if err != nil {
		t.Fatal(err)
	}
	failed := callInBackground(t, first)
	if err := syscall.Kill(first.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	failure := <-failed
	if sdk.KindOf(failure) != sdk.KindPluginDown {
		t.Fatal(failure)
	}
	w.Report(failure)
	second, err := w.Get(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if second == first || second.Pid() == first.Pid() {
		t.Error("it is the dead one")
	}
	if _, err := second.Client().Chat(within(t), &sdk.Call{Model: "m", Body: []byte(`{}`)}); err != nil {
		t.Error(err)
	}
	var exit *ExitError
	if st := w.Status(); st.Restarts != 1 || !errors.As(st.LastError, &exit) || exit.Note != "signal: killed" {
		t.Errorf("status %+v", st)
	}
}

func TestSupervisorTellsWhyAPluginDoesNotStart(t *testing.T) {
	t.Parallel()
	w := supervise(t, spec(install(t, "three"), "three"))
	_, err := w.Get(within(t))
	var down *BackoffError
	if !errors.As(err, &down) || down.Provider != "three" || len(down.Stderr()) != 2 || down.Wait <= 0 {
		t.Fatalf("a %T: %v", err, err)
	}
	wantCauseOnly(t, err, CauseExited)
	// An event may come after the caller was told; once the supervisor has ended, all have come.
	if err := w.Close(within(t)); err != nil {
		t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.events) < 2 {
		t.Fatalf("events %+v", w.events)
	}
	rest := w.events[1]
	if rest.State != StateBackoff || len(rest.Stderr) != 2 || rest.Plugin != "three" {
		t.Errorf("event %+v", rest)
	}
}

func TestSupervisorHandsOnRefusedSettings(t *testing.T) {
	t.Parallel()
	sp := spec(install(t, "good"), "good")
	sp.Settings = sdk.Settings(`{"refuse":true}`)
	_, err := supervise(t, sp).Get(within(t))
	var refused *sdk.SettingsError
	if !errors.As(err, &refused) {
		t.Fatalf("a %T: %v", err, err)
	}
}
