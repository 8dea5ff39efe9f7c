package pluginproc

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

// world plays the operating system: it makes processes without making any.
type world struct {
	began time.Time

	mu     sync.Mutex
	starts []time.Duration // since began
	broken error           // what a start fails with
	slow   time.Duration   // how long a start takes
	life   time.Duration   // how long a process lives; 0 is for ever
	latest *fakeMachine
	events []string
}

// fakeMachine is a process that is none.
type fakeMachine struct {
	mu     sync.Mutex
	done   chan struct{}
	note   string
	frozen bool
	cut    bool // its connection is gone, though it lives
	checks int
}

func (m *fakeMachine) kill(why string)       { m.end("signal: killed (" + why + ")") }
func (m *fakeMachine) pid() int              { return 42 }
func (m *fakeMachine) lastStderr() []string  { return []string{"last words"} }
func (m *fakeMachine) gone() <-chan struct{} { return m.done }

func (m *fakeMachine) exitNote() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.note
}

func (m *fakeMachine) end(note string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.note == "" {
		m.note = note
		close(m.done)
	}
}

func (m *fakeMachine) health(ctx context.Context) error {
	m.mu.Lock()
	m.checks++
	frozen, cut := m.frozen, m.cut
	m.mu.Unlock()
	switch {
	case frozen:
		<-ctx.Done()
		return sdk.AsError(ctx.Err())
	case cut || m.exitNote() != "":
		return sdk.Errorf(sdk.KindPluginDown, "gone")
	}
	return nil
}

func (m *fakeMachine) set(change func(*fakeMachine)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

func newWorld() *world { return &world{began: time.Now()} }

func (w *world) supervisor() *Supervisor {
	s := newSupervisor("block", "x", func(e Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, string(e.State))
	}, w.start)
	s.restarts.jitter = func() float64 { return 0 }
	return s
}

func (w *world) start(ctx context.Context) (*Process, error) {
	w.mu.Lock()
	w.starts = append(w.starts, time.Since(w.began))
	slow, life, broken := w.slow, w.life, w.broken
	w.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if broken != nil {
		return nil, broken
	}
	m := &fakeMachine{done: make(chan struct{})}
	w.change(func() { w.latest = m })
	p := newProcess("x", m, func() { m.end("exit status 0") })
	p.health = m.health
	p.description = sdk.Description{Name: "x", Version: "1"}
	go p.release(func() {})
	if life > 0 {
		time.AfterFunc(life, func() { m.end("exit status 1") })
	}
	return p, nil
}

func (w *world) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

func (w *world) machine() *fakeMachine {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.latest
}

// pass lets virtual time go by.
func pass(d time.Duration) { <-time.After(d) }

func seconds(s ...float64) []time.Duration {
	var out []time.Duration
	for _, v := range s {
		out = append(out, time.Duration(v*float64(time.Second)))
	}
	return out
}

func closeNow(t *testing.T, s *Supervisor) {
	t.Helper()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// A plugin that dies as soon as it is ready is restarted at once, then ever more slowly.
func TestRow_P6_RestartCurve(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.life = time.Nanosecond
		s := w.supervisor()
		_, _ = s.Get(t.Context()) // it is dead before or after this returns
		pass(5 * time.Minute)
		closeNow(t, s)
		for i := range w.starts {
			w.starts[i] = w.starts[i].Round(time.Millisecond)
		}
		want := seconds(0, 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5, 121.5, 151.5, 181.5, 211.5, 241.5, 271.5)
		if diff := cmp.Diff(want, w.starts); diff != "" {
			t.Error(diff)
		}
	})
}

func TestJitterSpreadsUpwardsButNotTheLongestDelay(t *testing.T) {
	t.Parallel()
	r := restarts{jitter: func() float64 { return 1 }}
	var got []time.Duration
	for range 9 {
		got = append(got, r.died(0))
	}
	if diff := cmp.Diff(seconds(0, 0.625, 1.25, 2.5, 5, 10, 20, 30, 30), got); diff != "" {
		t.Error(diff)
	}
}

func TestFirstStartIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.broken = &StartError{Plugin: "x", Cause: CauseMissing, Detail: "not there", Stderr: []string{"a line"}}
		s := w.supervisor()
		for range 2 { // the second is answered from memory
			_, err := s.Get(t.Context())
			var down *BackoffError
			if !errors.As(err, &down) {
				t.Fatalf("a %T: %v", err, err)
			}
			if want := w.began.Add(firstDelay); !down.Next.Equal(want) || down.Wait != firstDelay {
				t.Errorf("next try %s in %s, want %s", down.Next, down.Wait, want)
			}
			if diff := cmp.Diff([]string{"a line"}, down.Stderr()); diff != "" {
				t.Error(diff)
			}
			wantCauseOnly(t, err, CauseMissing)
		}
		w.change(func() { w.broken = nil })
		pass(firstDelay)
		if _, err := s.Get(t.Context()); err != nil {
			t.Error(err)
		}
		st := s.Status()
		if st.State != StateReady || st.Restarts != 1 || st.LastError == nil || st.Pid != 42 || st.Description.Version != "1" {
			t.Errorf("status %+v", st)
		}
		closeNow(t, s)
		if diff := cmp.Diff([]string{"starting", "backoff", "starting", "ready", "draining", "disabled"}, w.events); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHealthyMinuteForgivesEarlierFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.life = 10 * time.Second
		s := w.supervisor()
		get(t, s)
		pass(10*time.Second + 10*time.Second + 100*time.Millisecond) // two deaths, the second rests
		if st := s.Status(); st.State != StateBackoff {
			t.Fatalf("state %s", st.State)
		}
		w.change(func() { w.life = healthyAfter })
		pass(firstDelay + healthyAfter)
		synctest.Wait()
		if st := s.Status(); st.State != StateReady || st.Restarts != 3 {
			t.Errorf("after a healthy minute: %+v", st)
		}
		closeNow(t, s)
	})
}

func TestFrozenPluginIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.supervisor()
		get(t, s)
		pass(healthEvery) // it has just been checked: the worst moment
		synctest.Wait()
		froze := time.Now()
		first := w.machine()
		first.set(func(m *fakeMachine) { m.frozen = true })
		<-first.done
		if took := time.Since(froze); took > 2600*time.Millisecond {
			t.Errorf("replaced after %s", took)
		}
		if got := first.exitNote(); got != "signal: killed (no answer to health checks)" {
			t.Error(got)
		}
		synctest.Wait()
		if st := s.Status(); st.State != StateReady || st.Restarts != 1 {
			t.Errorf("status %+v", st)
		}
		closeNow(t, s)
	})
}

func TestOneMissedCheckIsForgiven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.supervisor()
		get(t, s)
		for range 5 {
			w.machine().set(func(m *fakeMachine) { m.frozen = true })
			pass(healthEvery + healthLimit)
			w.machine().set(func(m *fakeMachine) { m.frozen = false })
			pass(confirmAfter + time.Millisecond)
		}
		if len(w.starts) != 1 {
			t.Errorf("%d starts", len(w.starts))
		}
		closeNow(t, s)
	})
}

func TestReportHasThePluginCheckedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.supervisor()
		get(t, s)
		first := w.machine()
		s.Report(nil)
		s.Report(sdk.Errorf(sdk.KindServerError, "not the plugin's"))
		s.Report(context.Canceled)
		synctest.Wait()
		if first.checks != 0 {
			t.Errorf("%d checks for what is none of its faults", first.checks)
		}
		s.Report(sdk.Errorf(sdk.KindPluginDown, "EOF")) // it was one call's own trouble
		get(t, s)
		if first.checks != 1 || len(w.starts) != 1 {
			t.Errorf("%d checks, %d starts, want 1 and 1", first.checks, len(w.starts))
		}
		first.set(func(m *fakeMachine) { m.cut = true })
		s.Report(sdk.Errorf(sdk.KindPluginDown, "EOF"))
		began := time.Now()
		get(t, s) // waits for the next process, rather than taking one that is gone
		if took := time.Since(began); took != confirmAfter || len(w.starts) != 2 {
			t.Errorf("a new process after %s, %d starts", took, len(w.starts))
		}
		closeNow(t, s)
	})
}

func TestCallersShareAStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.slow = time.Second
		s := w.supervisor()
		hasty, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := s.Get(hasty); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the hasty caller got %v", err)
		}
		var callers sync.WaitGroup
		got := make(chan *Process, 50)
		for range cap(got) {
			callers.Go(func() { got <- get(t, s) })
		}
		callers.Wait()
		close(got)
		first := <-got
		for p := range got {
			if p != first {
				t.Error("callers got different processes")
			}
		}
		if len(w.starts) != 1 {
			t.Errorf("%d starts", len(w.starts))
		}
		closeNow(t, s)
	})
}

func TestCloseInEveryState(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		reach  func(*testing.T, *world, *Supervisor)
		events []string
	}{
		{name: "idle", reach: func(*testing.T, *world, *Supervisor) {}, events: []string{"disabled"}},
		{name: "starting", reach: func(t *testing.T, w *world, s *Supervisor) {
			w.slow = time.Hour
			go func() {
				if _, err := s.Get(context.WithoutCancel(t.Context())); !errors.Is(err, ErrClosed) {
					t.Errorf("who waits for a start gets %v", err)
				}
			}()
			synctest.Wait()
		}, events: []string{"starting", "disabled"}},
		{name: "ready", reach: func(t *testing.T, _ *world, s *Supervisor) { get(t, s) }, events: []string{"starting", "ready", "draining", "disabled"}},
		{name: "backoff", reach: func(t *testing.T, w *world, s *Supervisor) {
			w.broken = errors.New("broken")
			if _, err := s.Get(t.Context()); err == nil {
				t.Error("it is not broken")
			}
		}, events: []string{"starting", "backoff", "disabled"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.supervisor()
				tt.reach(t, w, s)
				closeNow(t, s)
				closeNow(t, s)
				if _, err := s.Get(t.Context()); !errors.Is(err, ErrClosed) {
					t.Errorf("after Close Get says %v", err)
				}
				if st := s.Status(); st.State != StateDisabled || st.Pid != 0 {
					t.Errorf("status %+v", st)
				}
				if diff := cmp.Diff(tt.events, w.events); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func get(t testing.TB, s *Supervisor) *Process {
	t.Helper()
	p, err := s.Get(t.Context())
	if err != nil {
		t.Error(err)
	}
	return p
}

func wantCauseOnly(t testing.TB, err error, cause Cause) {
	t.Helper()
	var start *StartError
	if !errors.As(err, &start) || start.Cause != cause {
		t.Errorf("want cause %s, got %v", cause, err)
	}
}
