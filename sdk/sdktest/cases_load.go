package sdktest

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func loadCases() []Case {
	return []Case{
		{
			Name:   "load/mixed",
			Expect: "32 calls at a time, some in one piece, some streamed, some failing: each gets its own answer",
			Why:    "a plugin serves everybody at once",
			Run:    loadMixed,
		},
		{
			Name:   "load/long-stream",
			Expect: "a stream of 5,000 pieces arrives whole and in order",
			Why:    "back-pressure and batching must lose nothing",
			Run: func(ctx context.Context, b *Bench) error {
				t := b.Stream(ctx, b.Call(ask("count 5000")))
				if t.Err != nil {
					return t.Err
				}
				want := ""
				for i := range 5000 {
					want += fmt.Sprint(" ", i+1)
				}
				return equal("the text", t.Text(), want[1:])
			},
		},
	}
}

// loadMixed has the second key fail, so that the failures are among the rest.
func loadMixed(ctx context.Context, b *Bench) error {
	const callers, rounds = 32, 4
	err := b.Rules(simulator.Rule{Match: simulator.Match{Key: b.keys[1].label}, Fault: simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorServer}})
	if err != nil {
		return err
	}
	var group errgroup.Group
	for caller := range callers {
		group.Go(func() error {
			for round := range rounds {
				if err := b.loadOne(ctx, caller, fmt.Sprintf("caller %d round %d", caller, round)); err != nil {
					return fmt.Errorf("caller %d, round %d: %w", caller, round, err)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return equal("requests", b.Ledger().Len(), callers*rounds)
}

func (b *Bench) loadOne(ctx context.Context, caller int, text string) error {
	call := b.Call(ask(text))
	if caller%4 == 3 {
		call.Key = b.Key(1)
		_, err := b.Chat(ctx, call)
		return fails(sdk.KindServerError, sdk.KindOverloaded).judge(err)
	}
	if caller%2 == 0 {
		reply, err := b.Chat(ctx, call)
		if err != nil {
			return err
		}
		return textIs(reply, "echo: "+text)
	}
	t := b.Stream(ctx, call)
	if t.Err != nil {
		return t.Err
	}
	return equal("the text", t.Text(), "echo: "+text)
}
