package cli

import (
	"context"
	"errors"
	"os"
	"sync"
)

// errInterrupted is the cause of a context that a signal ended.
var errInterrupted = errors.New("interrupted")

// interrupter decides what a signal ends: the running answer of a conversation, else the command, else the
// process.
type interrupter struct {
	mu     sync.Mutex
	answer context.CancelCauseFunc
}

// interruptible returns a context that the first signal ends, and what ends the watching.
func (a *app) interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-over:
				return
			case s := <-a.Interrupts:
				a.interrupt(ctx, s, cancel)
			}
		}
	})
	return ctx, func() {
		close(over)
		watching.Wait()
		cancel(nil)
	}
}

func (a *app) interrupt(ctx context.Context, s os.Signal, cancel context.CancelCauseFunc) {
	if ctx.Err() != nil {
		a.Exit(exitForced)
		return
	}
	if s == os.Interrupt && a.endAnswer() {
		return
	}
	cancel(errInterrupted)
}

// endAnswer ends the running answer of a conversation and reports whether there was one.
func (i *interrupter) endAnswer() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	end := i.answer
	i.answer = nil
	if end == nil {
		return false
	}
	end(errInterrupted)
	return true
}

// answering returns a context that the next interrupt ends, and nothing else with it.
func (i *interrupter) answering(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = cancel
	return ctx, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.answer = nil
		cancel(nil)
	}
}
