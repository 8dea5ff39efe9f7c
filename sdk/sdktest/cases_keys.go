package sdktest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func identityCases() []Case {
	return []Case{
		{
			Name:   "model/envelope-wins",
			Expect: "the upstream gets the model of the envelope, whatever the body says, once or twice",
			Why:    "the host chose the target; the body still has the name the caller used",
			Run: func(ctx context.Context, b *Bench) error {
				for _, members := range [][]string{
					{`"model":"someone/elses"`},
					{`"model":"someone/elses"`, `"model":"another/ones"`},
					{`"model":null`},
					{`"m\u006fdel":"someone/elses"`},
					nil,
				} {
					reply, err := b.Chat(ctx, b.Call(ask(hello, members...)))
					if err != nil {
						b.Problem("%s: %w", members, err)
						continue
					}
					t := b.Stream(ctx, b.Call(ask(hello, members...)))
					b.note(t.Err, equal("the model told to the host", reply.Info.Model, chatModel))
				}
				for _, e := range b.Ledger().Entries() {
					b.note(equal("the model that the upstream was asked for", e.Model, chatModel))
				}
				return nil
			},
		},
		{
			Name:   "model/unknown",
			Expect: "a model the upstream does not have is model_gone",
			Why:    "the host goes on to another model and rests no key",
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Model = "sdktest/none"
				_, err := b.Chat(ctx, call)
				return fails(sdk.KindModelGone).sure(sdk.ResponseStarted).judge(err)
			},
		},
	}
}

func keyCases() []Case {
	return []Case{
		{
			Name:   "key/of-the-call",
			Expect: "the key of the call arrives, and nothing else that is a key",
			Why:    "a call is charged to whoever's key it carries",
			Run: func(ctx context.Context, b *Bench) error {
				for i := range 2 {
					call := b.Call(ask(hello))
					call.Key = b.Key(i)
					if _, err := b.Chat(ctx, call); err != nil {
						return err
					}
				}
				return b.labels(b.keys[0].label, b.keys[1].label)
			},
		},
		{
			Name:   "key/interleaved",
			Expect: "calls with two keys at the same time never mix them",
			Why:    "a provider that keeps a key between calls charges one customer for another",
			Run:    keysInterleaved,
		},
		{
			Name:   "key/refused",
			Expect: "a key the upstream refuses is auth_invalid about that key, and the next call with a good one works",
			Why:    "only this kind disables a key",
			Run: func(ctx context.Context, b *Bench) error {
				call := b.Call(ask(hello))
				call.Key = b.Key(2)
				_, err := b.Chat(ctx, call)
				streamed := b.Stream(ctx, call)
				_, after := b.Chat(ctx, b.Call(ask(hello)))
				want := fails(sdk.KindAuthInvalid).with(b.Upstream.refusal()).sure(sdk.ResponseStarted)
				return errors.Join(want.judge(err), want.judge(streamed.Err), after)
			},
		},
		{
			Name:   "key/none",
			Expect: "a call without a key sends none",
			Why:    "an earlier call's key, or one from the environment, must not fill the gap",
			Last:   true, // requests without a key can be told apart only while no other case runs
			Run: func(ctx context.Context, b *Bench) error {
				b.session.upstream.route("", b.sim)
				defer b.session.upstream.route("", nil)
				_, before := b.Chat(ctx, b.Call(ask(hello)))
				call := b.Call(ask(hello))
				call.Key = sdk.Secret{}
				_, err := b.Chat(ctx, call)
				t := b.Stream(ctx, call)
				want := fails(sdk.KindAuthInvalid)
				return errors.Join(before, want.judge(err), want.judge(t.Err), b.labels(b.keys[0].label, "none", "none"))
			},
		},
	}
}

// labels compares whose keys arrived, in order.
func (b *Bench) labels(want ...string) error {
	var got []string
	for _, e := range b.Ledger().Entries() {
		got = append(got, e.KeyLabel)
	}
	return equal("the keys that arrived", strings.Join(got, " "), strings.Join(want, " "))
}

func keysInterleaved(ctx context.Context, b *Bench) error {
	const calls = 32
	var group errgroup.Group
	for i := range calls {
		group.Go(func() error {
			call := b.Call(ask(fmt.Sprintf("mine is %s.", b.keys[i%2].label)))
			call.Key = b.Key(i % 2)
			if i%4 < 2 {
				_, err := b.Chat(ctx, call)
				return err
			}
			return b.Stream(ctx, call).Err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, e := range b.Ledger().Entries() {
		if !strings.Contains(string(e.Body), "mine is "+e.KeyLabel+".") {
			b.Problem("request %d came with key %s: %.200s", e.Seq, e.KeyLabel, e.Body)
		}
	}
	return equal("requests", b.Ledger().Count(simulator.Ended()), calls)
}
