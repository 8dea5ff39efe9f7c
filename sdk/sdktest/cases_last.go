package sdktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// lastCases judge the whole run.
func lastCases() []Case {
	return []Case{
		{
			Name:   "process/alive",
			Expect: "after all cases the plugin answers as at the beginning",
			Why:    "one bad upstream reply must not cost the other callers their plugin",
			Last:   true,
			Run: func(ctx context.Context, b *Bench) error {
				reply, err := b.Chat(ctx, b.Call(ask(hello)))
				if err != nil {
					return err
				}
				return errors.Join(b.Client.Health(ctx), textIs(reply, "echo: "+hello))
			},
		},
		{
			Name:   "process/same",
			Expect: "it is still the process that was started",
			Why:    "a crash that goes unseen is a crash",
			Needs:  []Need{NeedProcess},
			Last:   true,
			Run: func(ctx context.Context, b *Bench) error {
				err := b.Client.Health(ctx) // an exit may not have been noticed yet
				return check(err == nil && !b.session.main.Exited(), "process %d is gone: %w%s", b.session.main.PID, orNone(err), lastLine(b.session.main.Log()))
			},
		},
		{
			Name:   "process/stdout",
			Expect: "standard output has the handshake line and nothing else",
			Why:    "what follows the handshake fills a pipe that nobody reads",
			Needs:  []Need{NeedProcess},
			Last:   true,
			Run: func(_ context.Context, b *Bench) error {
				out := b.session.main.Stdout()
				return check(bytes.Count(out, []byte{'\n'}) == 1 && bytes.HasSuffix(out, []byte{'\n'}), "standard output is %q", out[:min(len(out), 2000)])
			},
		},
		{
			Name:   "process/quiet",
			Expect: "nothing was sent that no case asked for, and nothing to another host",
			Why:    "a request after the end of its call is a retry, and is paid for",
			Last:   true,
			Run: func(_ context.Context, b *Bench) error {
				return errors.Join(
					check(len(b.session.upstream.seen()) == 0, "stray requests: %s", strings.Join(b.session.upstream.seen(), ", ")),
					check(b.session.decoy.accepted.Load() == 0, "connections to another host: %d, %s", b.session.decoy.accepted.Load(), strings.Join(b.session.decoy.seen(), ", ")),
				)
			},
		},
		{
			Name:   "process/secrets",
			Expect: "no key of any case shows in what the plugin logged or printed",
			Why:    "logs are kept, copied and searched",
			Last:   true,
			Run: func(_ context.Context, b *Bench) error {
				b.session.mu.Lock()
				keys := append([]canary(nil), b.session.keys...)
				b.session.mu.Unlock()
				for _, output := range b.session.writings() {
					for _, k := range keys {
						if how := k.shows(output); how != "" {
							return fmt.Errorf("key %s of a case shows, %s", k.label, how)
						}
					}
				}
				return nil
			},
		},
	}
}
