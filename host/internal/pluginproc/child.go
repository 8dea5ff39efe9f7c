package pluginproc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/aio-llm/aio/sdk"
)

// drainLimit bounds the wait for what a dead process left in its pipes: a process it forked may hold them
// open for ever.
const drainLimit = 200 * time.Millisecond

// child is the operating-system side of a plugin process, and go-plugin's runner for it.
type child struct {
	path   string
	dir    string
	extra  []string
	fork   func(context.Context, *exec.Cmd) error
	strays []int // descriptors the plugin must not inherit
	stderr *stderr
	stdout *stdout

	env       []string      // complete, once go-plugin has added its part
	connected chan struct{} // closed when go-plugin has made its connection or given up
	done      chan struct{} // closed when the process is gone

	mu     sync.Mutex
	cmd    *exec.Cmd // nil until forked
	life   *os.File  // our end of the lifeline
	dead   bool      // reaped: the number may be another's now
	killed string    // why we killed it
	note   string    // how it ended
}

var _ runner.Runner = (*child)(nil)

// attach is go-plugin's RunnerFunc. The command it passes is only a carrier of the environment.
func (c *child) attach(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
	handshake := append(slices.Clone(cmd.Env), sdk.LifelineEnv+"="+strconv.Itoa(lifelineFD))
	c.env = environment(hostEnvironment(), c.extra, handshake, c.dir)
	return c, nil
}

// lifelineFD is the plugin's descriptor of the lifeline: the first after the standard ones.
const lifelineFD = 3

// Start implements runner.Runner.
func (c *child) Start(ctx context.Context) error {
	var pipes pipes
	out, outEnd := pipes.open()
	errs, errsEnd := pipes.open()
	lifeEnd, life := pipes.open()
	if pipes.err != nil {
		pipes.close()
		return pipes.err
	}
	cmd, err := c.forkRetrying(ctx, outEnd, errsEnd, lifeEnd)
	if err != nil {
		pipes.close()
		return err
	}
	for _, f := range []*os.File{outEnd, errsEnd, lifeEnd} {
		_ = f.Close() // the child has its own
	}
	c.mu.Lock()
	c.cmd, c.life = cmd, life
	if c.killed != "" { // while it was being forked
		killGroup(cmd)
	}
	c.mu.Unlock()
	go c.watch(cmd, out, errs)
	return nil
}

// forkRetrying waits out a binary that is busy: a file that was just written can still be open in a process
// another thread forked at that moment, for a few milliseconds.
func (c *child) forkRetrying(ctx context.Context, out, errs, life *os.File) (*exec.Cmd, error) {
	const tries = 5
	for try := 1; ; try++ {
		cmd := exec.Command(c.path) //nolint:noctx // it outlives the start; kill ends it
		cmd.Env = c.env
		cmd.Dir = c.dir
		cmd.Stdout, cmd.Stderr = out, errs // files, so that Wait waits for the process alone
		cmd.ExtraFiles = c.inherit(life)
		isolate(cmd)
		if c.wasKilled() {
			return nil, errKilled
		}
		err := c.fork(ctx, cmd)
		if err == nil {
			return cmd, nil
		}
		if try == tries || !retryable(err) {
			return nil, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// inherit returns the files the plugin gets as descriptors from 3 on: the lifeline, and nothing in the place
// of each stray, which closes it in the plugin alone.
func (c *child) inherit(life *os.File) []*os.File {
	if len(c.strays) == 0 {
		return extraFiles(life)
	}
	files := make([]*os.File, max(slices.Max(c.strays)-lifelineFD, 0)+1)
	copy(files, extraFiles(life))
	return files
}

var errKilled = errors.New("killed before it was started")

// watch is there from fork to end: it takes what the process writes, waits for it, and ends its group.
func (c *child) watch(cmd *exec.Cmd, out, errs *os.File) {
	var readers sync.WaitGroup
	dead := make(chan struct{})
	readers.Go(func() { c.stdout.read(out, dead) })
	readers.Go(func() {
		_, _ = io.Copy(c.stderr, errs) // ends with the process, by end of file or deadline
		c.stderr.close()
	})
	awaitExit(cmd)

	c.mu.Lock()
	killGroup(cmd) // what it forked; the leader is not reaped yet, so the group's number is still its own
	_ = cmd.Wait() // the state below says all that the error does
	c.dead = true
	_ = c.life.Close()
	c.mu.Unlock()
	close(dead)

	limit := time.Now().Add(drainLimit)
	for _, f := range []*os.File{out, errs} {
		_ = f.SetReadDeadline(limit)
	}
	readers.Wait()
	_ = out.Close()
	_ = errs.Close()

	c.mu.Lock()
	c.note = cmd.ProcessState.String()
	if !wasKilled(cmd.ProcessState) {
		c.killed = "" // it was faster
	}
	if c.killed != "" {
		c.note += " (" + c.killed + ")"
	}
	c.mu.Unlock()
	close(c.done)
}

// kill ends the process and what it forked, now or as soon as it is there. The first reason given is the one
// that is told.
func (c *child) kill(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return
	}
	if c.killed == "" {
		c.killed = why
	}
	if c.cmd != nil {
		killGroup(c.cmd)
	}
}

func (c *child) wasKilled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.killed != ""
}

func (c *child) pid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil {
		return 0
	}
	return c.cmd.Process.Pid
}

// exitNote says how the process ended; empty while it runs.
func (c *child) exitNote() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.note
}

// endedByItself returns how the process ended; empty if it runs or was killed by us.
func (c *child) endedByItself() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.killed != "" {
		return ""
	}
	return c.note
}

func (c *child) lastStderr() []string { return c.stderr.lines() }

func (c *child) gone() <-chan struct{} { return c.done }

// Wait implements runner.Runner. It holds back the news of an exit until go-plugin has made its connection:
// should the process end in between, go-plugin would lose the half-made one for ever.
func (c *child) Wait(context.Context) error {
	<-c.done
	<-c.connected
	return nil
}

// Kill implements runner.Runner.
func (c *child) Kill(context.Context) error {
	c.kill("stopped")
	return nil
}

// Stdout implements runner.Runner.
func (c *child) Stdout() io.ReadCloser { return c.stdout.handshake }

// Stderr implements runner.Runner. go-plugin gets nothing: its reader trusts what a plugin says about
// itself and has no limit.
func (c *child) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name implements runner.Runner.
func (c *child) Name() string { return c.path }

// ID implements runner.Runner.
func (c *child) ID() string {
	if pid := c.pid(); pid != 0 {
		return strconv.Itoa(pid)
	}
	return ""
}

// Diagnose implements runner.Runner.
func (c *child) Diagnose(context.Context) string { return "" }

// HostToPlugin implements runner.Runner.
func (c *child) HostToPlugin(network, addr string) (string, string, error) { return network, addr, nil }

// PluginToHost implements runner.Runner. A plugin may only announce an address of its own, so that it cannot
// make the host connect to others.
func (c *child) PluginToHost(network, addr string) (string, string, error) {
	if !ownAddress(network, addr, c.dir) {
		return "", "", fmt.Errorf("%w: %s %s", errAddress, clip(network, maxWords), clip(addr, maxWords))
	}
	return network, addr, nil
}

var errAddress = errors.New("the address it announced is not its own")

// pipes opens several pipes and remembers the first error.
type pipes struct {
	ends []*os.File
	err  error
}

func (p *pipes) open() (r, w *os.File) {
	if p.err != nil {
		return nil, nil
	}
	r, w, p.err = os.Pipe()
	if p.err == nil {
		p.ends = append(p.ends, r, w)
	}
	return r, w
}

func (p *pipes) close() {
	for _, f := range p.ends {
		_ = f.Close()
	}
}
