package pluginproc

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aio-llm/aio/sdk"
)

const (
	// quitLimit is how long a plugin may take to leave when it is asked to.
	quitLimit = time.Second
	// killLimit is how long the end of a killed process is waited for. Only one that hangs inside the kernel
	// takes longer.
	killLimit = 2 * time.Second
)

// Process is a plugin process that is ready for calls.
type Process struct {
	plugin      string
	client      *sdk.Client
	description sdk.Description
	machine     machine
	done        <-chan struct{}
	released    chan struct{} // closed when the process and everything that belonged to it is gone

	health  func(context.Context) error
	ask     func() // asks the process to leave; may block for as long as it runs
	asking  sync.Once
	answers chan struct{} // closed when ask has returned
}

// machine is the operating-system side of a process.
type machine interface {
	kill(why string)
	pid() int
	exitNote() string
	lastStderr() []string
	gone() <-chan struct{}
}

func newProcess(plugin string, m machine, ask func()) *Process {
	return &Process{
		plugin: plugin, machine: m, done: m.gone(), ask: ask,
		released: make(chan struct{}), answers: make(chan struct{}),
	}
}

// Client returns the plugin's calls.
func (p *Process) Client() *sdk.Client { return p.client }

// Description returns what the plugin said about itself, with the capabilities it has under its settings.
func (p *Process) Description() sdk.Description { return p.description }

// Done is closed when the process is gone, whoever ended it. A call in flight fails some milliseconds
// earlier.
func (p *Process) Done() <-chan struct{} { return p.done }

// Pid returns the process id.
func (p *Process) Pid() int { return p.machine.pid() }

// LastStderr returns the last lines the process wrote to standard error, at most 20 or 64 KiB, oldest first,
// redacted and escaped.
func (p *Process) LastStderr() []string { return p.machine.lastStderr() }

// ExitNote says how the process ended; empty while it runs.
func (p *Process) ExitNote() string { return p.machine.exitNote() }

// Kill ends the process and all it has forked, at once.
func (p *Process) Kill() { p.kill("killed by the host") }

func (p *Process) kill(why string) { p.machine.kill(why) }

// Stop asks the process to leave, ends it after 1 s or when ctx does, and returns when it is gone. Calls in
// flight fail: draining them first is the caller's business. It takes at most 3 s; an error means that the
// process is still there.
func (p *Process) Stop(ctx context.Context) error {
	p.quit()
	patience := time.NewTimer(quitLimit)
	defer patience.Stop()
	select {
	case <-p.done:
	case <-patience.C:
		p.kill("it did not stop when asked")
	case <-ctx.Done():
		p.kill("it did not stop in time")
	}
	patience.Reset(killLimit)
	select {
	case <-p.released:
		return nil
	case <-patience.C:
		return fmt.Errorf("plugin %s, process %d, does not end though it was killed", p.plugin, p.Pid())
	}
}

// quit asks once, in the background: on a frozen process the asking never returns by itself, only with the
// process.
func (p *Process) quit() {
	p.asking.Do(func() {
		go func() {
			defer close(p.answers)
			p.ask()
		}()
	})
}

// release waits for the end of the process, whatever brings it, and puts away what belonged to it.
func (p *Process) release(cleanup func()) {
	<-p.done
	p.quit() // closes the connection
	limit := time.NewTimer(killLimit)
	defer limit.Stop()
	select {
	case <-p.answers:
	case <-limit.C:
	}
	cleanup()
	close(p.released)
}
