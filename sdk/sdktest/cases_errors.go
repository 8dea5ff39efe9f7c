package sdktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// errorCases has one case for each error that any upstream of the kit writes; an upstream that does not
// write it is not judged by it.
func errorCases() []Case {
	var cases []Case
	for _, name := range simulator.Errors() {
		cases = append(cases, Case{
			Name:   "errors/" + strings.ReplaceAll(name, "_", "-"),
			Expect: "the provider's real error of this name has the right kind, scope and status, and is sent once",
			Why:    "what the host does next follows from the kind alone",
			Needs:  []Need{needError(name)},
			Run:    func(ctx context.Context, b *Bench) error { return b.meets(ctx, name) },
		})
	}
	return cases
}

// needError is the need for an upstream that writes the error.
func needError(name string) Need { return Need("error " + name) }

func (u Upstream) errorRow(name string) ErrorRow {
	for _, r := range u.Errors {
		if r.Error == name {
			return r
		}
	}
	return ErrorRow{}
}

func (b *Bench) meets(ctx context.Context, name string) error {
	r := b.Upstream.errorRow(name)
	if err := b.Script(simulator.Fault{Kind: simulator.FaultError, Error: name}); err != nil {
		return err
	}
	want := failure{kinds: r.Kinds, scopes: r.Scopes, status: r.Status, certainty: []sdk.Certainty{sdk.ResponseStarted}}
	_, err := b.Chat(ctx, b.Call(ask(hello)))
	t := b.Stream(ctx, b.Call(ask(hello)))
	return errors.Join(in("in one piece", want.judge(err)), in("streamed", want.judge(t.Err)), equal("chunks", len(t.Lines), 0))
}

func hintCases() []Case {
	const wait = 7 * time.Second
	var cases []Case
	for hint, where := range map[string]string{
		simulator.HintRetryAfter:     "in Retry-After, as seconds",
		simulator.HintRetryAfterDate: "in Retry-After, as a date",
		simulator.HintRetryAfterMS:   "in Retry-After-Ms",
		simulator.HintReset:          "in the provider's reset headers",
		simulator.HintBody:           "in the body",
	} {
		cases = append(cases, Case{
			Name:   "hints/" + hint,
			Expect: "the wait that a rate limit asks for " + where + " is told to the host",
			Why:    "a key that rests too long is lost, one that rests too short is punished",
			Needs:  []Need{needHint(hint)},
			Run: func(ctx context.Context, b *Bench) error {
				err := b.Script(simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateMinute, Wait: wait, Hints: []string{hint}})
				if err != nil {
					return err
				}
				_, err = b.Chat(ctx, b.Call(ask(hello)))
				// A date has whole seconds, and some of the wait may be over.
				want := failure{kinds: []sdk.Kind{sdk.KindRateMinute}, status: 429, least: wait / 2, most: wait + time.Second}
				return want.judge(err)
			},
		})
	}
	cases = append(cases,
		Case{
			Name:   "hints/day",
			Expect: "a daily quota's wait is told whole",
			Why:    "a key that comes back after a minute fails all day",
			Needs:  []Need{needError(simulator.ErrorRateDay)},
			Run: func(ctx context.Context, b *Bench) error {
				const wait = 3 * time.Hour
				if err := b.Script(simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateDay, Wait: wait}); err != nil {
					return err
				}
				_, err := b.Chat(ctx, b.Call(ask(hello)))
				r := b.Upstream.errorRow(simulator.ErrorRateDay)
				want := failure{kinds: r.Kinds, scopes: r.Scopes, status: r.Status, least: wait - time.Minute, most: wait + time.Minute}
				return want.judge(err)
			},
		},
		Case{
			Name:   "hints/absurd",
			Expect: "a wait that makes no sense is ignored or bounded, never negative and never years",
			Why:    "one bad header must not retire a key",
			Run:    hintsAbsurd,
		},
	)
	return byName(cases)
}

func needHint(hint string) Need { return Need("hint " + hint) }

func hintsAbsurd(ctx context.Context, b *Bench) error {
	const longest = 26 * time.Hour // a day, with something for clocks that differ
	for _, text := range []string{"-5", "1e30", "soon", "99999999999999999999", "NaN", "Mon, 02 Jan 2006 15:04:05 GMT"} {
		err := b.Script(simulator.Fault{
			Kind: simulator.FaultError, Error: simulator.ErrorRateMinute, Hints: []string{simulator.HintNone}, Header: map[string]string{"Retry-After": text},
		})
		if err != nil {
			return err
		}
		_, err = b.Chat(ctx, b.Call(ask(hello)))
		e := sdk.AsError(err)
		if e == nil {
			return fmt.Errorf("Retry-After %q: the call succeeded", text)
		}
		b.note(check(e.RetryAfter >= 0 && e.RetryAfter <= longest, "Retry-After %q became %v", text, e.RetryAfter))
	}
	return nil
}

func inbandCases() []Case {
	kinds := map[string][]sdk.Kind{
		simulator.ErrorServer:     {sdk.KindServerError, sdk.KindOverloaded},
		simulator.ErrorRateMinute: {sdk.KindRateMinute},
	}
	var cases []Case
	for name, want := range kinds {
		cases = append(cases, Case{
			Name:   "inband/" + strings.ReplaceAll(name, "_", "-"),
			Expect: "an error inside a 200 is an error of its kind: as the reply, before the first chunk, and after some",
			Why:    "a 200 is no success",
			Run: func(ctx context.Context, b *Bench) error {
				judge := fails(want...).sure(sdk.ResponseStarted).judge
				if err := b.Script(simulator.Fault{Kind: simulator.FaultInband, Error: name}); err != nil {
					return err
				}
				_, err := b.Chat(ctx, b.Call(ask(hello)))
				early := b.Stream(ctx, b.Call(ask(hello)))
				if err := b.Script(simulator.Fault{Kind: simulator.FaultInband, Error: name, After: 2}); err != nil {
					return err
				}
				late := b.Stream(ctx, b.Call(ask(hello)))
				return errors.Join(
					in("in one piece", judge(err)), in("as the first event", judge(early.Err)), in("after two chunks", judge(late.Err)),
					equal("the text before the first event", early.Text(), ""),
					equal("the text before the error", late.Text(), "echo: say"),
				)
			},
		})
	}
	return byName(append(cases, Case{
		Name:   "inband/in-a-choice",
		Expect: "a reply that keeps its shape and ends in finish_reason \"error\" is an error",
		Why:    "half an answer with a good status is no answer",
		Needs:  []Need{needInband("finish")},
		Run: func(ctx context.Context, b *Bench) error {
			if err := b.Script(simulator.Fault{Kind: simulator.FaultInband, Error: simulator.ErrorServer, Style: "finish"}); err != nil {
				return err
			}
			_, err := b.Chat(ctx, b.Call(ask(hello)))
			return fails(sdk.KindServerError, sdk.KindOverloaded).sure(sdk.ResponseStarted).judge(err)
		},
	}, Case{
		Name:   "inband/before-done",
		Expect: "a stream whose last chunk says why it stopped early is an error, [DONE] or not",
		Why:    "half an answer with a good end is no answer",
		Needs:  []Need{needInband("x_groq")},
		Run: func(ctx context.Context, b *Bench) error {
			if err := b.Script(simulator.Fault{Kind: simulator.FaultInband, Error: simulator.ErrorServer, Style: "x_groq", After: 2}); err != nil {
				return err
			}
			t := b.Stream(ctx, b.Call(ask(hello)))
			want := fails(sdk.KindServerError, sdk.KindOverloaded, sdk.KindBrokenStream).sure(sdk.ResponseStarted)
			return errors.Join(want.judge(t.Err), equal("the text before", t.Text(), afterText))
		},
	}))
}

// needInband is the need for an upstream that errs in a style.
func needInband(style string) Need { return Need("errors in style " + style) }
