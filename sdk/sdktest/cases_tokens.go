package sdktest

import (
	"context"
	"errors"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func tokenCases() []Case {
	return []Case{
		{
			Name:   "tokens/count",
			Expect: "the tokens of a request are those the upstream counts, system messages and history included",
			Why:    "budgets are reserved and targets are chosen by it",
			Needs:  []Need{NeedTokens},
			Run: func(ctx context.Context, b *Bench) error {
				one, err := b.countTokens(ctx, b.Call(ask("one two three")))
				if err != nil {
					return err
				}
				all, err := b.countTokens(ctx, b.Call(request([]string{
					`{"role":"system","content":"one two three"}`, `{"role":"user","content":"four"}`,
					`{"role":"assistant","content":"five six"}`, `{"role":"user","content":"seven"}`,
				})))
				return errors.Join(err, equal("the tokens of three words", one.Tokens, 3), equal("the tokens of seven", all.Tokens, 7))
			},
		},
		{
			Name:   "tokens/failure",
			Expect: "a count that fails is an error of its kind, and a refused key is auth_invalid",
			Why:    "a made-up count is a wrong decision",
			Needs:  []Need{NeedTokens},
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Key = b.Key(2)
				_, refused := b.countTokens(ctx, call)
				if err := b.Script(simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorOverloaded}); err != nil {
					return err
				}
				_, busy := b.countTokens(ctx, b.Call(ask(hello)))
				return errors.Join(in("a bad key", fails(sdk.KindAuthInvalid).judge(refused)), fails(sdk.KindOverloaded).judge(busy))
			},
		},
	}
}

func (b *Bench) countTokens(ctx context.Context, call *sdk.Call) (sdk.TokenCount, error) {
	count, err := b.Client.CountTokens(ctx, call)
	b.counted(err)
	return count, b.inspectError(err)
}
