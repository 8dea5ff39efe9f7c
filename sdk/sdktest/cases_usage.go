package sdktest

import (
	"context"
	"errors"

	"github.com/aio-llm/aio/sdk/simulator"
)

func usageCases() []Case {
	cases := []Case{
		{
			Name:   "usage/cached",
			Expect: "cached prompt tokens are told to the host, in one piece and streamed",
			Why:    "they cost less, and budgets count money",
			Run: func(ctx context.Context, b *Bench) error {
				body := request([]string{`{"role":"system","content":"one two three"}`, `{"role":"user","content":"four"}`})
				reply, err := b.Chat(ctx, b.Call(body))
				if err != nil {
					return err
				}
				t := b.Stream(ctx, b.Call(body))
				if t.Err != nil {
					return t.Err
				}
				return errors.Join(
					equal("the cached tokens", reply.Info.Usage.Cached(), 3),
					equal("the cached tokens of the stream", t.Info.Usage.Cached(), 3),
				)
			},
		},
		{
			Name:   "usage/absent",
			Expect: "usage the upstream does not tell is not made up",
			Why:    "a made-up zero is a wrong bill",
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultUsage, Usage: simulator.UsageAbsent}); err != nil {
					return err
				}
				reply, err := b.Chat(ctx, b.Call(ask(hello)))
				if err != nil {
					return err
				}
				t := b.Stream(ctx, b.Call(ask(hello)))
				if t.Err != nil {
					return t.Err
				}
				return errors.Join(
					check(reply.Info.Usage == nil, "usage is %+v, want none", reply.Info.Usage),
					check(t.Info.Usage == nil, "usage of the stream is %+v, want none", t.Info.Usage),
				)
			},
		},
		{
			Name:   "usage/floats",
			Expect: "counts written as floats are counts",
			Why:    "some upstreams write 3.0",
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultUsage, Usage: simulator.UsageFloat}); err != nil {
					return err
				}
				reply, err := b.Chat(ctx, b.Call(ask("one two")))
				if err != nil {
					return err
				}
				t := b.Stream(ctx, b.Call(ask("one two")))
				if t.Err != nil {
					return t.Err
				}
				return errors.Join(usageIs("usage", reply.Info.Usage, 2, 3), usageIs("usage of the stream", t.Info.Usage, 2, 3))
			},
		},
	}
	for form, where := range map[string]string{
		simulator.UsageEvery:       "in every chunk",
		simulator.UsageLastContent: "in the last chunk with content",
		simulator.UsageWithFinish:  "with the finish reason",
		simulator.UsageSeparate:    "in a chunk of its own without choices",
	} {
		cases = append(cases, Case{
			Name:   "usage/" + form,
			Expect: "usage " + where + " of a stream is told to the host",
			Why:    "upstreams differ in where they put it",
			Needs:  []Need{NeedSSE},
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultUsage, Usage: form}); err != nil {
					return err
				}
				t := b.Stream(ctx, b.Call(ask("one two")))
				if t.Err != nil {
					return t.Err
				}
				return errors.Join(usageIs("usage", t.Info.Usage, 2, 3), equal("the text", t.Text(), "echo: one two"))
			},
		})
	}
	return byName(cases)
}
