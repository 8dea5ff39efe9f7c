package sdktest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func textCases() []Case {
	return []Case{
		{
			Name:   "text/unary",
			Expect: "the text arrives with role, finish reason, model, usage and the upstream's id of the call",
			Why:    "it is what a provider is for",
			Run:    textUnary,
		},
		{
			Name:   "text/stream",
			Expect: "the text arrives in pieces and in order, then the end, once, with the same particulars",
			Why:    "the end is said, never guessed: a stream without it was cut",
			Run:    textStream,
		},
		{
			Name:   "text/history",
			Expect: "system, user, assistant and user messages all reach the upstream",
			Why:    "a lost turn is a wrong answer nobody notices",
			Run: func(ctx context.Context, b *Bench) error {
				reply, err := b.Chat(ctx, b.Call(request([]string{
					`{"role":"system","content":"one two three"}`, `{"role":"user","content":"four"}`,
					`{"role":"assistant","content":"five six"}`, `{"role":"user","content":"seven"}`,
				})))
				if err != nil {
					return err
				}
				return errors.Join(textIs(reply, "echo: seven"), usageIs("usage", reply.Info.Usage, 7, 2))
			},
		},
		{
			Name:   "text/vision",
			Expect: "an image part reaches the upstream",
			Why:    "an image that is left out in silence is a wrong answer",
			Needs:  []Need{NeedVision},
			Run:    textVision,
		},
		{
			Name:   "text/finish-reasons",
			Expect: "length and content_filter arrive as the finish reason, in one piece and streamed",
			Why:    "callers go on, or stop, by it",
			Run:    textFinish,
		},
		{
			Name:   "text/not-a-request",
			Expect: "a body that is no request is a bad request",
			Why:    "it must not look like the upstream's fault, or it is sent to every target in turn",
			Run: func(ctx context.Context, b *Bench) error {
				for _, body := range []string{"", "[]", "null", `{"messages":`, "\x00"} {
					_, err := b.Chat(ctx, b.Call([]byte(body)))
					if wrong := fails(sdk.KindBadRequest).judge(err); wrong != nil {
						b.Problem("body %q: %w", body, wrong)
					}
				}
				return nil
			},
		},
	}
}

const hello = "say hello to the world"

func textUnary(ctx context.Context, b *Bench) error {
	reply, err := b.Chat(ctx, b.Call(ask(hello)))
	if err != nil {
		return err
	}
	c, err := whole(reply)
	if err != nil {
		return err
	}
	entry, err := b.arrived()
	return errors.Join(err,
		equal("the text", c.Text(), "echo: "+hello),
		equal("the role", c.Choices[0].Message.Role, sdk.RoleAssistant),
		equal("the finish reason", c.Choices[0].FinishReason, sdk.FinishStop),
		infoIs(&reply.Info),
		equal("what the upstream was asked for: a stream", entry.Stream, false),
		equal("how far the exchange got", entry.Phase, simulator.Done),
	)
}

func textStream(ctx context.Context, b *Bench) error {
	t := b.Stream(ctx, b.Call(ask(hello)))
	if t.Err != nil {
		return t.Err
	}
	pieces := 0
	for _, line := range t.Lines {
		if sdk.HasContent(line) {
			pieces++
		}
	}
	entry, err := b.arrived()
	return errors.Join(err,
		equal("the text", t.Text(), "echo: "+hello),
		equal("the role", t.message().Role, sdk.RoleAssistant),
		equal("the pieces of the text", pieces, len(strings.Fields("echo: "+hello))),
		equal("the finish reason", t.acc.Completion().Choices[0].FinishReason, sdk.FinishStop),
		infoIs(t.Info),
		equal("what the upstream was asked for: a stream", entry.Stream, true),
	)
}

// infoIs judges the particulars of the reply to hello.
func infoIs(info *sdk.ReplyInfo) error {
	words := len(strings.Fields(hello))
	return errors.Join(
		equal("the finish reason told to the host", info.FinishReason, "stop"),
		equal("the model told to the host", info.Model, chatModel),
		check(info.UpstreamRequestID != "", "the upstream's id of the call is missing"),
		usageIs("usage", info.Usage, int64(words), int64(words)+1),
		equal("the dropped members", len(info.Dropped), 0),
	)
}

func textIs(reply *sdk.Reply, want string) error {
	c, err := whole(reply)
	if err != nil {
		return err
	}
	return equal("the text", c.Text(), want)
}

func usageIs(what string, u *sdk.Usage, prompt, completion int64) error {
	if u == nil {
		return fmt.Errorf("%s is missing", what)
	}
	return errors.Join(
		equal(what+": prompt tokens", u.PromptTokens, prompt),
		equal(what+": completion tokens", u.CompletionTokens, completion),
		equal(what+": total tokens", u.TotalTokens, prompt+completion),
	)
}

// pixel is the smallest PNG there is.
const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func textVision(ctx context.Context, b *Bench) error {
	call := b.Call(request([]string{
		`{"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"` + pixel + `","detail":"low"}}]}`,
	}))
	call.Model = visionModel
	reply, err := b.Chat(ctx, call)
	if err != nil {
		return err
	}
	entry, err := b.arrived()
	c, wrong := whole(reply)
	return errors.Join(err, wrong, check(strings.HasPrefix(c.Text(), "echo: look"), "the text is %q", c.Text()),
		check(strings.Contains(string(entry.Body), strings.TrimPrefix(pixel, "data:image/png;base64,")), "the image did not arrive: %.200s", entry.Body),
	)
}

func textFinish(ctx context.Context, b *Bench) error {
	for _, reason := range []string{"length", "content_filter"} {
		if err := b.Script(simulator.Fault{Kind: simulator.FaultFinish, Finish: reason}); err != nil {
			return err
		}
		reply, err := b.Chat(ctx, b.Call(ask(hello)))
		if err != nil {
			return fmt.Errorf("%s: %w", reason, err)
		}
		t := b.Stream(ctx, b.Call(ask(hello)))
		if t.Err != nil {
			return fmt.Errorf("%s: %w", reason, t.Err)
		}
		b.note(
			equal("the finish reason", gjson.GetBytes(reply.Body, "choices.0.finish_reason").Str, reason),
			equal("the finish reason told to the host", reply.Info.FinishReason, reason),
			equal("the finish reason of the stream, told to the host", t.Info.FinishReason, reason),
		)
	}
	return nil
}
