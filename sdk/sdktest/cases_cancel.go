package sdktest

import (
	"context"
	"errors"
	"fmt"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const whyCancel = "an answer nobody waits for costs money until the connection closes"

func cancelCases() []Case {
	return []Case{
		{
			Name:   "cancel/unary",
			Expect: "canceling a call that waits ends it at once, as canceled, and closes the upstream connection",
			Why:    whyCancel,
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultHang}); err != nil {
					return err
				}
				return b.canceled(ctx, func(ctx context.Context) error {
					_, err := b.Chat(ctx, b.Call(ask(hello)))
					return err
				})
			},
		},
		{
			Name:   "cancel/stream-before-headers",
			Expect: "the same for a stream that has not begun",
			Why:    whyCancel,
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultHang}); err != nil {
					return err
				}
				return b.canceled(ctx, func(ctx context.Context) error { return b.Stream(ctx, b.Call(ask(hello))).Err })
			},
		},
		{
			Name:   "cancel/unary-body",
			Expect: "the same for a reply whose headers have come",
			Why:    whyCancel,
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultStall, After: 1}); err != nil {
					return err
				}
				return b.canceled(ctx, func(ctx context.Context) error {
					_, err := b.Chat(ctx, b.Call(ask(hello)))
					return err
				})
			},
		},
		{
			Name:   "cancel/stream",
			Expect: "canceling a stream after its first content ends it at once, as canceled, and closes the upstream connection",
			Why:    whyCancel,
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultStall, After: 2}); err != nil {
					return err
				}
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				t := b.Start(ctx, b.Call(ask(hello)))
				// All of it, so that the plugin is waiting for the upstream: a chunk on its way would tell it too.
				if !t.Until(afterText) {
					return fmt.Errorf("got only %q: %w", t.Text(), orNone(t.Err))
				}
				cancel()
				t.Rest()
				return errors.Join(fails(sdk.KindCanceled).judge(t.Err), b.left(context.WithoutCancel(ctx)))
			},
		},
		{
			Name:   "cancel/then-go-on",
			Expect: "after a canceled call the next one works",
			Why:    "a canceled call must not take a shared connection or a lock with it",
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Rules(simulator.Rule{Match: simulator.Match{To: 1}, Fault: simulator.Fault{Kind: simulator.FaultHang}}); err != nil {
					return err
				}
				err := b.canceled(ctx, func(ctx context.Context) error {
					_, err := b.Chat(ctx, b.Call(ask(hello)))
					return err
				})
				_, after := b.Chat(ctx, b.Call(ask(hello)))
				return errors.Join(err, after)
			},
		},
	}
}

// canceled runs a call, cancels it once it has arrived, and judges.
func (b *Bench) canceled(ctx context.Context, call func(context.Context) error) error {
	calling, cancel := context.WithCancel(ctx)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- call(calling) }()
	if _, err := b.Ledger().Wait(ctx, 1, nil); err != nil {
		return err
	}
	cancel()
	return errors.Join(fails(sdk.KindCanceled).judge(<-result), b.left(ctx))
}

// left waits until the upstream has seen the client leave.
func (b *Bench) left(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.session.runner.Patience)
	defer cancel()
	if _, err := b.Ledger().Wait(ctx, 1, func(e simulator.Entry) bool { return e.ClientGone }); err != nil {
		return fmt.Errorf("the upstream connection stays open: %w", err)
	}
	return nil
}
