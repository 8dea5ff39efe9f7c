package pluginproc

import (
	"context"
	"time"
)

const (
	// healthEvery is the pause between health checks, healthLimit how long an answer may take.
	healthEvery = time.Second
	healthLimit = time.Second
	// A plugin that missed one check gets another, after a pause and with less time: together a frozen one is
	// found in at most 2.6 s.
	confirmAfter = 100 * time.Millisecond
	confirmLimit = healthLimit / 2
)

// watch returns when p is gone, having ended it if it stopped answering, or when the Supervisor ends.
func (s *Supervisor) watch(p *Process) {
	timer := time.NewTimer(healthEvery)
	defer timer.Stop()
	missed := false
	for {
		select {
		case <-p.Done():
			return
		case <-s.ctx.Done():
			return
		case <-timer.C:
		case <-s.check:
		}
		limit := healthLimit
		if missed {
			limit = confirmLimit
		}
		switch healthy := s.ping(p, limit); {
		case s.ctx.Err() != nil:
			return
		case healthy:
			s.trust()
			missed = false
			timer.Reset(healthEvery)
		case missed:
			s.replace(p)
			return
		default:
			missed = true
			timer.Reset(confirmAfter)
		}
	}
}

func (s *Supervisor) ping(p *Process, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(s.ctx, limit)
	defer cancel()
	return p.health(ctx) == nil
}

// doubt keeps the process from further callers.
func (s *Supervisor) doubt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspect = true
}

// trust lets callers have a process again that one of them had doubted.
func (s *Supervisor) trust() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.suspect {
		s.suspect = false
		close(s.changed)
		s.changed = make(chan struct{})
	}
}

// replace ends a process that does not answer and waits until it is gone. One that hangs inside the kernel
// is left to itself.
func (s *Supervisor) replace(p *Process) {
	s.doubt()
	p.kill("no answer to health checks")
	limit := time.NewTimer(killLimit)
	defer limit.Stop()
	select {
	case <-p.Done():
	case <-limit.C:
	}
}
