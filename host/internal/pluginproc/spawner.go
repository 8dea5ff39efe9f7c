package pluginproc

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// Spawner forks the plugin processes of one host, and ends them with it. A host makes one and closes it
// last.
//
// All forks happen on one operating-system thread that lives as long as the Spawner: the kernel's
// parent-death signal goes by the thread that forked, and Go ends threads as it likes.
type Spawner struct {
	dir    *hostDir
	strays []int // descriptors that this process itself was given, and would hand on
	forks  chan fork
	quit   chan struct{}
	ended  chan struct{}

	mu      sync.Mutex
	closed  bool
	running map[*Process]struct{}
}

type fork struct {
	cmd *exec.Cmd
	err chan<- error
}

// NewSpawner makes a Spawner whose processes get their sockets and scratch directories under root. An empty
// root, or one too long for socket paths, means the user's run-time directory or the temporary directory.
// Leftovers of hosts that were killed are removed.
func NewSpawner(root string) (*Spawner, error) {
	dir, err := newHostDir(root)
	if err != nil {
		return nil, err
	}
	s := &Spawner{
		dir: dir, strays: strays(), forks: make(chan fork), quit: make(chan struct{}), ended: make(chan struct{}),
		running: make(map[*Process]struct{}),
	}
	go s.forkAll()
	return s, nil
}

// forkAll never unlocks its thread, so the thread ends with it and takes with it whatever it had forked.
func (s *Spawner) forkAll() {
	defer close(s.ended)
	runtime.LockOSThread()
	for {
		select {
		case f := <-s.forks:
			f.err <- f.cmd.Start()
		case <-s.quit:
			return
		}
	}
}

// fork starts cmd. Once the fork has begun it is waited for: a process nobody knows must not come about.
func (s *Spawner) fork(ctx context.Context, cmd *exec.Cmd) error {
	result := make(chan error, 1)
	select {
	case s.forks <- fork{cmd: cmd, err: result}:
		return <-result
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return ErrClosed
	}
}

func (s *Spawner) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// add enters a process that is about to start.
func (s *Spawner) add(p *Process) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.running[p] = struct{}{}
	return nil
}

func (s *Spawner) remove(p *Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, p)
}

// Close kills the processes that still run, waits until they are gone, at most 3 s, and removes their
// directories. It may be called more than once.
func (s *Spawner) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	var left []*Process
	for p := range s.running {
		left = append(left, p)
	}
	s.mu.Unlock()
	if !first {
		<-s.ended
		return nil
	}
	for _, p := range left {
		p.kill("host closed")
	}
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	var stuck error
	for _, p := range left {
		select {
		case <-p.released:
		case <-limit.C:
			limit.Reset(0)
			stuck = fmt.Errorf("plugin %s, process %d, does not end though it was killed", p.plugin, p.Pid())
		}
	}
	close(s.quit)
	<-s.ended
	if err := s.dir.close(); err != nil {
		return fmt.Errorf("remove the plugins' directories: %w", err)
	}
	return stuck
}

const closeLimit = 3 * time.Second
