package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/sdk/simulator"
)

// members of a crowd are at work at the same time.
const members = 50

func heldUp(u upstream) []simulator.Rule {
	return []simulator.Rule{{Match: simulator.Match{Model: u.slow}, Fault: simulator.Fault{Kind: simulator.FaultStall, After: 2 + u.before}}}
}

// crowd: mixed requests at once, none of which may get anything of another's.
func crowd(t *testing.T, s stage) {
	kinds := crowdKinds()
	group, ctx := errgroup.WithContext(within(t))
	for i := range members {
		group.Go(func() error {
			kind := kinds[i%len(kinds)]
			if err := kind.play(ctx, s, fmt.Sprintf("%s-%d", kind.name, i)); err != nil {
				return fmt.Errorf("%s %d: %w", kind.name, i, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

type kind struct {
	name string
	play func(ctx context.Context, s stage, text string) error
}

func crowdKinds() []kind {
	echo := func(stream bool) func(context.Context, stage, string) error {
		return func(ctx context.Context, s stage, text string) error {
			a, err := s.try(ctx, stream, question{Model: s.upstream.model(s.upstream.chat), Text: text, Usage: stream})
			return wants(a, err, a.Text == "echo: "+text && a.Prompt > 0)
		}
	}
	tools := func(stream bool) func(context.Context, stage, string) error {
		return func(ctx context.Context, s stage, text string) error {
			arguments := fmt.Sprintf(`{"city":%q}`, text)
			a, err := s.try(ctx, stream, question{
				Model: s.upstream.model(s.upstream.chat), Tools: []string{"weather", "clock"},
				Text: "call weather " + arguments + "\ncall clock " + arguments, Results: []string{"sunny", "noon in " + text},
			})
			return wants(a, err, len(a.Calls) == 2 && a.Calls[0].Arguments == arguments && a.Calls[1].Arguments == arguments && a.Text == "echo: noon in "+text)
		}
	}
	return []kind{
		{"text", echo(false)}, {"stream", echo(true)}, {"tools", tools(false)}, {"streamed tools", tools(true)},
		{"image", func(ctx context.Context, s stage, text string) error {
			a, err := s.chat(ctx, question{Model: s.upstream.model(s.upstream.chat), Text: text, Image: picture})
			return wants(a, err, a.Text == "echo: "+text+"\n[image]")
		}},
		{"reasoning", func(ctx context.Context, s stage, text string) error {
			a, err := s.try(ctx, true, question{Model: s.upstream.model(s.upstream.think), Text: text, Effort: "low"})
			return wants(a, err, a.Text == "echo: "+text && a.Reasoning == s.reasoning())
		}},
		{"schema", func(ctx context.Context, s stage, text string) error {
			schema := fmt.Sprintf(`{"type":"object","properties":{"name":{"type":"string","enum":[%q]}},"required":["name"],"additionalProperties":false}`, text)
			a, err := s.chat(ctx, question{Model: s.upstream.model(s.upstream.chat), Text: "who", Schema: json.RawMessage(schema)})
			return wants(a, err, a.Text == fmt.Sprintf(`{"name":%q}`, text))
		}},
		{"embedding", crowdEmbeds},
		{"error", func(ctx context.Context, s stage, text string) error {
			_, err := s.chat(ctx, question{Model: s.upstream.model(text), Text: text})
			var f *failure
			if !errors.As(err, &f) || f.Status != 404 {
				return fmt.Errorf("got %w, want a 404", err)
			}
			return nil
		}},
		{"abort", func(ctx context.Context, s stage, text string) error {
			ctx, abort := context.WithCancel(ctx)
			defer abort()
			_, err := s.stream(ctx, question{Model: s.upstream.model(s.upstream.slow), Text: text}, func() bool { abort(); return true })
			var f *failure
			if !errors.As(err, &f) || !f.Canceled {
				return fmt.Errorf("got %w, want the error of an abort", err)
			}
			return nil
		}},
	}
}

func crowdEmbeds(ctx context.Context, s stage, text string) error {
	e := embedding{Model: s.upstream.model(s.upstream.embed), Input: []string{text, "other"}}
	got, err := s.embed(ctx, e)
	if err != nil {
		return err
	}
	e.Input = []string{"other", text}
	turned, err := s.embed(ctx, e)
	if err != nil {
		return err
	}
	if len(got) != 2 || len(turned) != 2 || !slices.Equal(got[0], turned[1]) || !slices.Equal(got[1], turned[0]) || slices.Equal(got[0], got[1]) {
		return fmt.Errorf("got %v and %v", got, turned)
	}
	return nil
}

func wants(a answer, err error, ok bool) error {
	if err == nil && !ok {
		err = fmt.Errorf("got %+v", a)
	}
	return err
}
