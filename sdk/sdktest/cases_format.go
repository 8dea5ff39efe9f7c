package sdktest

import (
	"context"
	"errors"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

func formatCases() []Case {
	return []Case{
		{
			Name:   "format/schema",
			Expect: "a reply by JSON schema is JSON of that schema, in one piece and streamed",
			Why:    "structured output is parsed by programs",
			Needs:  []Need{NeedSchema},
			Run: func(ctx context.Context, b *Bench) error {
				const format = `"response_format":{"type":"json_schema","json_schema":{"name":"trip","strict":true,"schema":{` +
					`"type":"object","additionalProperties":false,"required":["city","days","stops"],"properties":{` +
					`"city":{"type":"string"},"days":{"type":"integer","minimum":3},"stops":{"type":"array","items":{"type":"string"}}}}}}`
				const want = `{"city":"text","days":3,"stops":["text"]}`
				reply, err := b.Chat(ctx, b.Call(ask("plan a trip", format)))
				if err != nil {
					return err
				}
				c, err := whole(reply)
				if err != nil {
					return err
				}
				t := b.Stream(ctx, b.Call(ask("plan a trip", format)))
				return errors.Join(t.Err,
					sameValue("the reply", []byte(c.Text()), []byte(want)),
					sameValue("the streamed reply", []byte(t.Text()), []byte(want)),
				)
			},
		},
		{
			Name:   "format/reasoning",
			Expect: "reasoning arrives beside the answer and before it, and its tokens are counted",
			Why:    "reasoning mixed into the answer breaks whoever parses the answer",
			Needs:  []Need{NeedReasoning},
			Run:    formatReasoning,
		},
	}
}

func formatReasoning(ctx context.Context, b *Bench) error {
	call := b.Call(ask(hello))
	call.Model = reasoningModel
	reply, err := b.Chat(ctx, call)
	if err != nil {
		return err
	}
	c, err := whole(reply)
	if err != nil {
		return err
	}
	t := b.Stream(ctx, call)
	if t.Err != nil {
		return t.Err
	}
	streamed := t.message()
	thinking := c.Choices[0].Message.Thinking()
	return errors.Join(
		check(thinking != "", "the reasoning is missing: %.300s", reply.Body),
		equal("the streamed reasoning", streamed.Thinking(), thinking),
		equal("the text", c.Text(), "echo: "+hello),
		equal("the streamed text", t.Text(), "echo: "+hello),
		equal("the reasoning tokens", reply.Info.Usage.Reasoning(), int64(len(strings.Fields(thinking)))),
		equal("the reasoning tokens of the stream", t.Info.Usage.Reasoning(), int64(len(strings.Fields(thinking)))),
		reasonsFirst(t.Lines),
	)
}

// reasonsFirst checks that no reasoning follows the first piece of text.
func reasonsFirst(lines [][]byte) error {
	text := false
	for _, line := range lines {
		var chunk sdk.ChatChunk
		if err := chunk.UnmarshalJSON(line); err != nil || len(chunk.Choices) == 0 {
			continue // judged elsewhere
		}
		delta := sdk.Message(chunk.Choices[0].Delta)
		text = text || delta.Content.Text() != ""
		if text && delta.Thinking() != "" {
			return errors.New("reasoning follows the text")
		}
	}
	return nil
}
