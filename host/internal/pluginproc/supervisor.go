package pluginproc

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Supervisor keeps the plugin of one provider block running: it starts it when it is first needed, watches
// it, and starts it again when it dies. It is safe for concurrent use.
type Supervisor struct {
	provider, plugin string
	start            func(context.Context) (*Process, error)
	onState          func(Event)
	restarts         restarts // for run alone

	ctx   context.Context //nolint:containedctx // the life of the Supervisor, which no call spans
	end   context.CancelFunc
	check chan struct{} // asks for a health check now
	ended chan struct{} // closed when run has returned

	mu      sync.Mutex
	begun   bool // run was started
	closed  bool
	suspect bool // a caller saw the process fail; wait for the check
	status  Status
	process *Process      // the one that is ready
	changed chan struct{} // closed, and replaced, with every change of the above
}

// NewSupervisor returns a Supervisor that starts the plugin of spec when it is first asked for. onState is
// told every change of state, in order, by one goroutine at a time; it must not block and may be nil.
func NewSupervisor(spawner *Spawner, spec Spec, onState func(Event)) *Supervisor {
	spec = spec.withDefaults()
	return newSupervisor(spec.Name, spec.Binary.Plugin, onState, func(ctx context.Context) (*Process, error) {
		return spawner.Start(ctx, spec)
	})
}

func newSupervisor(provider, plugin string, onState func(Event), start func(context.Context) (*Process, error)) *Supervisor {
	if onState == nil {
		onState = func(Event) {}
	}
	ctx, end := context.WithCancel(context.Background())
	return &Supervisor{
		provider: provider, plugin: plugin, start: start, onState: onState,
		restarts: restarts{jitter: rand.Float64},
		ctx:      ctx, end: end, check: make(chan struct{}, 1), ended: make(chan struct{}),
		status: Status{State: StateIdle, Since: time.Now()}, changed: make(chan struct{}),
	}
}

// Get returns the running process. It starts one if there is none, and waits for a start under way, both
// only as long as ctx allows; callers share a start, and one that gives up does not end it for the others.
// While the plugin rests after a failure the error is a *BackoffError, at once.
func (s *Supervisor) Get(ctx context.Context) (*Process, error) {
	for {
		p, changed, err := s.look()
		if p != nil || err != nil {
			return p, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for plugin %s to start: %w", s.plugin, ctx.Err())
		}
	}
}

// look returns what Get has to say now, or the change to wait for.
func (s *Supervisor) look() (*Process, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, fmt.Errorf("provider %s: %w", s.provider, ErrClosed)
	}
	if !s.begun {
		s.begun = true
		go s.run()
	}
	switch s.status.State {
	case StateReady:
		if !s.suspect && !isClosed(s.process.Done()) {
			return s.process, nil, nil
		}
	case StateBackoff:
		if wait := time.Until(s.status.NextTry); wait > 0 {
			return nil, nil, &BackoffError{Provider: s.provider, Next: s.status.NextTry, Wait: wait, Err: s.status.LastError}
		}
	default:
	}
	return nil, s.changed, nil
}

// Report tells what a call to the process came to. An error that says the process is gone has it checked at
// once, and until that is done Get hands it to nobody else.
func (s *Supervisor) Report(err error) {
	if sdk.KindOf(err) != sdk.KindPluginDown {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.State != StateReady {
		return
	}
	s.suspect = true
	select {
	case s.check <- struct{}{}:
	default: // one is due already
	}
}

// Status returns what is known of the plugin.
func (s *Supervisor) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// Close stops the plugin and waits until it is gone; it takes at most some seconds, and when ctx ends the
// process is killed. Draining calls first is the caller's business. It may be called more than once.
func (s *Supervisor) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.end()
	close(s.changed) // nobody need wait any longer
	s.changed = make(chan struct{})
	if !s.begun {
		s.begun = true
		go s.run() // only to say that it is over
	}
	s.mu.Unlock()
	select {
	case <-s.ended:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	if s.process != nil {
		s.process.kill("the host closed")
	}
	s.mu.Unlock()
	<-s.ended
	return nil
}

// run is the plugin's life, start after start.
func (s *Supervisor) run() {
	defer close(s.ended)
	var last error
	for starts := 0; s.ctx.Err() == nil; starts++ {
		s.update(func(now *Status) { now.State, now.Restarts, now.LastError = StateStarting, starts, last })
		var delay time.Duration
		delay, last = s.live()
		s.rest(delay, last)
	}
	s.update(func(now *Status) { now.State = StateDisabled })
}

// live starts a process and stays with it to its end. It returns why that came and the delay that is due.
func (s *Supervisor) live() (time.Duration, error) {
	p, err := s.start(s.ctx)
	if err != nil {
		return s.restarts.failed(), err
	}
	born := time.Now()
	s.ready(p)
	s.watch(p)
	if s.ctx.Err() != nil {
		s.update(func(now *Status) { now.State, now.Pid = StateDraining, p.Pid() })
		return 0, p.Stop(context.WithoutCancel(s.ctx)) // which has a limit of its own
	}
	return s.restarts.died(time.Since(born)), &ExitError{Plugin: s.plugin, Note: p.ExitNote(), Stderr: p.LastStderr()}
}

// ready hands p to the callers.
func (s *Supervisor) ready(p *Process) {
	s.mu.Lock()
	s.process, s.suspect = p, false
	s.mu.Unlock()
	s.update(func(now *Status) {
		now.State, now.Pid, now.Description = StateReady, p.Pid(), p.Description()
	})
}

// rest waits out the delay after a failure.
func (s *Supervisor) rest(delay time.Duration, err error) {
	if delay == 0 || s.ctx.Err() != nil {
		return
	}
	s.update(func(now *Status) {
		now.State, now.LastError, now.NextTry = StateBackoff, err, time.Now().Add(delay)
	})
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
	}
}

// update changes the status and tells everybody.
func (s *Supervisor) update(change func(*Status)) {
	s.mu.Lock()
	now := &s.status
	now.Pid, now.NextTry = 0, time.Time{}
	change(now)
	now.Since = time.Now()
	if now.State != StateReady && now.State != StateDraining {
		s.process = nil
	}
	close(s.changed)
	s.changed = make(chan struct{})
	event := Event{Provider: s.provider, Plugin: s.plugin, Status: *now, Stderr: stderrOf(now.LastError)}
	s.mu.Unlock()
	s.onState(event)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
