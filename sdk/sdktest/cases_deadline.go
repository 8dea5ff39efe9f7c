package sdktest

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const (
	whyDeadline = "an upstream that hangs must not hang its caller"
	// brief is a deadline that is meant to pass, long enough for a request to arrive on a busy machine.
	brief = 500 * time.Millisecond
)

func deadlineCases() []Case {
	late := fails(sdk.KindTimeout)
	return []Case{
		{
			Name:   "deadline/first-token-unary",
			Expect: "a unary call without a reply within the first-token deadline is a timeout, and the connection is closed",
			Why:    whyDeadline,
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Deadlines.FirstToken = brief
				if err := b.Script(simulator.Fault{Kind: simulator.FaultHang}); err != nil {
					return err
				}
				_, err := b.Chat(ctx, call)
				return errors.Join(late.sure(sdk.MaybeSent).judge(err), b.left(ctx))
			},
		},
		{
			Name:   "deadline/first-token-stream",
			Expect: "a stream without headers within the first-token deadline is a timeout, and the connection is closed",
			Why:    whyDeadline,
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Deadlines.FirstToken = brief
				if err := b.Script(simulator.Fault{Kind: simulator.FaultHang}); err != nil {
					return err
				}
				return errors.Join(late.judge(b.Stream(ctx, call).Err), b.left(ctx))
			},
		},
		{
			Name:   "deadline/first-token-comments",
			Expect: "comments and a role are no first token",
			Why:    "an upstream in trouble can send them for ever",
			Needs:  []Need{NeedSSE},
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Deadlines.FirstToken = brief
				if err := b.Script(simulator.Fault{Kind: simulator.FaultStall, Every: brief / 10}); err != nil {
					return err
				}
				return errors.Join(late.judge(b.Stream(ctx, call).Err), b.left(ctx))
			},
		},
		{
			Name:   "deadline/stall",
			Expect: "a stream that goes silent for the stall deadline is a timeout; what came before stays",
			Why:    whyDeadline,
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Deadlines.Stall = brief
				if err := b.Script(simulator.Fault{Kind: simulator.FaultStall, After: 2}); err != nil {
					return err
				}
				t := b.Stream(ctx, call)
				return errors.Join(late.sure(sdk.ResponseStarted).judge(t.Err), equal("the text before", t.Text(), afterText), b.left(ctx))
			},
		},
		{
			Name:   "deadline/comments-keep-alive",
			Expect: "comments after content keep a stream alive",
			Why:    "a model that thinks is not a connection that hangs",
			Needs:  []Need{NeedSSE},
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Deadlines.Stall = 1500 * time.Millisecond
				if err := b.Script(simulator.Fault{Kind: simulator.FaultPause, After: 2, For: 2 * time.Second, Every: 50 * time.Millisecond}); err != nil {
					return err
				}
				t := b.Stream(ctx, call)
				return errors.Join(t.Err, equal("the text", t.Text(), "echo: "+hello))
			},
		},
		{
			Name:   "deadline/total",
			Expect: "the end of the caller's time is a timeout, in one piece and streamed, and the connections are closed",
			Why:    whyDeadline,
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultStall, After: 1}); err != nil {
					return err
				}
				unary, cancel := context.WithTimeout(ctx, brief)
				defer cancel()
				_, err := b.Chat(unary, b.Call(ask(hello)))
				streamed, cancel := context.WithTimeout(ctx, brief)
				defer cancel()
				t := b.Stream(streamed, b.Call(ask(hello)))
				gone := func(e simulator.Entry) bool { return e.ClientGone }
				_, stay := b.Ledger().Wait(ctx, 2, gone)
				return errors.Join(late.judge(err), late.judge(t.Err), stay)
			},
		},
	}
}

func connectCases() []Case {
	unreachable := fails(sdk.KindNetwork, sdk.KindTimeout).sure(sdk.NotSent)
	return []Case{
		{
			Name:   "connect/refused",
			Expect: "an upstream that is not there is a network error that was not sent",
			Why:    "what was not sent can be tried elsewhere at no risk of paying twice",
			Run: func(ctx context.Context, b *Bench) error {
				nobody, err := newFront(ctx)
				if err != nil {
					return err
				}
				nobody.close()
				if err := b.At(ctx, nobody.url()+b.session.path); err != nil {
					return err
				}
				_, err = b.Chat(ctx, b.Call(ask(hello)))
				want := fails(sdk.KindNetwork).sure(sdk.NotSent)
				return errors.Join(want.judge(err), want.judge(b.Stream(ctx, b.Call(ask(hello))).Err))
			},
		},
		{
			Name:   "connect/deadline",
			Expect: "a TLS handshake that is not answered within the connect deadline fails, not sent",
			Why:    whyDeadline,
			Run: func(ctx context.Context, b *Bench) error {
				var config net.ListenConfig
				silent, err := config.Listen(ctx, "tcp", "127.0.0.1:0") // the kernel answers, nobody else does
				if err != nil {
					return err
				}
				defer silent.Close()
				if err := b.At(ctx, "https://"+silent.Addr().String()+b.session.path); err != nil {
					return err
				}
				call := b.Call(ask(hello))
				call.Deadlines.Connect = brief
				_, err = b.Chat(ctx, call)
				return errors.Join(unreachable.judge(err), unreachable.judge(b.Stream(ctx, call).Err))
			},
		},
	}
}
