package sdktest

import (
	"context"
	"errors"
	"fmt"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func toolCases() []Case {
	return []Case{
		{
			Name:   "tools/one",
			Expect: "a tool call arrives with id, name and arguments, in one piece and streamed",
			Why:    "agents act on it",
			Needs:  []Need{NeedTools},
			Run: func(ctx context.Context, b *Bench) error {
				return b.calls(ctx, []wanted{{"weather", `{"city":"Zürich","days":[1,2],"quote":"a \"b\" \\ c","emoji":"👩‍🚀"}`}})
			},
		},
		{
			Name:   "tools/parallel",
			Expect: "several tool calls in one reply arrive apart and in order",
			Why:    "arguments of one appended to another are valid JSON for neither",
			Needs:  []Need{NeedTools},
			Run: func(ctx context.Context, b *Bench) error {
				return b.calls(ctx, []wanted{{"weather", `{"city":"Oslo"}`}, {"clock", `{}`}, {"weather", `{"city":"東京"}`}})
			},
		},
		{
			Name:   "tools/cut-anywhere",
			Expect: "the same when the connection delivers three bytes at a time",
			Why:    "arguments come in fragments, and fragments in pieces",
			Needs:  []Need{NeedTools, NeedSSE},
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultCut, Size: 3}); err != nil {
					return err
				}
				return b.calls(ctx, []wanted{{"weather", `{"city":"Łódź","n":9007199254740993}`}, {"clock", `{"zone":"Asia/Kolkata"}`}})
			},
		},
		{
			Name:   "tools/result",
			Expect: "a tool's result goes back to the upstream with the call it answers",
			Why:    "without it the conversation cannot go on",
			Needs:  []Need{NeedTools},
			Run: func(ctx context.Context, b *Bench) error {
				reply, err := b.Chat(ctx, b.Call(request([]string{
					`{"role":"user","content":"call weather {}"}`,
					`{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{}"}}]}`,
					`{"role":"tool","tool_call_id":"call_1","content":"sunny"}`,
				}, tools)))
				if err != nil {
					return err
				}
				return textIs(reply, "echo: sunny")
			},
		},
		{
			Name:   "tools/choice",
			Expect: "tool_choice reaches the upstream: none calls nothing, a named tool is called",
			Why:    "a forced tool that is not forced breaks structured extraction",
			Needs:  []Need{NeedTools},
			Run: func(ctx context.Context, b *Bench) error {
				none, err := b.Chat(ctx, b.Call(ask("call weather {}", tools, `"tool_choice":"none"`)))
				if err != nil {
					return err
				}
				b.note(textIs(none, "echo: call weather {}"))
				forced, err := b.Chat(ctx, b.Call(ask("what time is it", tools, `"tool_choice":{"type":"function","function":{"name":"clock"}}`)))
				if err != nil {
					return err
				}
				c, err := whole(forced)
				if err != nil {
					return err
				}
				return toolCallsAre(c.Choices[0].Message.ToolCalls, []wanted{{"clock", `{"zone":"text"}`}})
			},
		},
	}
}

const tools = `"tools":[` +
	`{"type":"function","function":{"name":"weather","description":"the weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},` +
	`{"type":"function","function":{"name":"clock","parameters":{"type":"object","properties":{"zone":{"type":"string"}},"required":["zone"]}}}]`

// wanted is a tool call that the upstream is told to make.
type wanted struct{ name, arguments string }

// calls makes the upstream call these tools, in one piece and streamed.
func (b *Bench) calls(ctx context.Context, want []wanted) error {
	text := ""
	for _, w := range want {
		text += "call " + w.name + " " + w.arguments + "\n"
	}
	reply, err := b.Chat(ctx, b.Call(ask(text, tools)))
	if err != nil {
		return err
	}
	c, err := whole(reply)
	if err != nil {
		return err
	}
	t := b.Stream(ctx, b.Call(ask(text, tools)))
	return errors.Join(t.Err,
		toolCallsAre(c.Choices[0].Message.ToolCalls, want),
		equal("the finish reason", reply.Info.FinishReason, "tool_calls"),
		in("the stream", toolCallsAre(t.message().ToolCalls, want)),
		check(t.Info != nil && t.Info.FinishReason == "tool_calls", "the stream's finish reason is not tool_calls"),
	)
}

func in(where string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", where, err)
}

func toolCallsAre(got []sdk.ToolCall, want []wanted) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d tool calls, want %d: %s", len(got), len(want), short(got))
	}
	ids := map[string]bool{}
	var problems []error
	for i, w := range want {
		ids[got[i].ID] = true
		problems = append(problems,
			equal("the tool's name", got[i].Function.Name, w.name),
			check(got[i].ID != "", "tool call %d has no id", i),
			sameValue("the arguments", []byte(got[i].Function.Arguments), []byte(w.arguments)),
		)
	}
	problems = append(problems, equal("different ids", len(ids), len(want)))
	return errors.Join(problems...)
}
