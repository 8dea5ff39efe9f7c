package sdktest

import (
	"context"
	"errors"
	"strings"

	"github.com/aio-llm/aio/sdk/simulator"
)

func fidelityCases() []Case {
	return []Case{
		{
			Name:   "fidelity/explicit-zeros",
			Expect: "temperature 0, seed 0, n 1 and the like reach the upstream as they were written",
			Why:    "a zero that is taken for absent changes the answer",
			Needs:  []Need{NeedRelay},
			Run: func(ctx context.Context, b *Bench) error {
				return b.sent(ctx, map[string]string{
					"temperature": "0", "top_p": "0.10", "seed": "0", "n": "1", "max_tokens": "16", "stop": `[]`, "user": `""`,
					"parallel_tool_calls": "false", "tools": `[{"type":"function","function":{"name":"f","parameters":{}}}]`,
				})
			},
		},
		{
			Name:   "fidelity/unknown-request-members",
			Expect: "members nobody knows reach the upstream as they were written, big integers included",
			Why:    "providers add members faster than gateways learn them",
			Needs:  []Need{NeedRelay},
			Run: func(ctx context.Context, b *Bench) error {
				return b.sent(ctx, map[string]string{
					"x_number": "9007199254740993", "x_float": "1.0", "x_huge": "1e400", "x_null": "null", "x_false": "false",
					"x_nested": `{"b":1,"a":[0,-0.0,{"deep":18446744073709551615}],"text":"a\u0000b \ud83d\ude80 <&>"}`,
				})
			},
		},
		{
			Name:   "fidelity/unknown-message-members",
			Expect: "unknown members inside messages and parts reach the upstream",
			Why:    "cache marks and thought signatures live there",
			Needs:  []Need{NeedRelay},
			Run: func(ctx context.Context, b *Bench) error {
				const messages = `[{"role":"user","x_sign":9007199254740993,"content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]`
				if _, err := b.Chat(ctx, b.Call([]byte(`{"messages":`+messages+`}`))); err != nil {
					return err
				}
				entry, err := b.arrived()
				return errors.Join(err, member(entry.Body, "messages", messages))
			},
		},
		{
			Name:   "fidelity/unknown-reply-members",
			Expect: "members of the reply that nobody knows reach the caller as they were written",
			Why:    "what is lost here cannot be had again",
			Needs:  []Need{NeedRelay},
			Run:    fidelityReply,
		},
		{
			Name:   "fidelity/unknown-chunk-members",
			Expect: "members of a chunk that nobody knows reach the caller as they were written",
			Why:    "what is lost here cannot be had again",
			Needs:  []Need{NeedRelay, NeedSSE},
			Run:    fidelityChunks,
		},
	}
}

// sent checks that request members arrive as they were written, in one piece and streamed.
func (b *Bench) sent(ctx context.Context, members map[string]string) error {
	var all []string
	for name, value := range members {
		all = append(all, quote(name)+":"+value)
	}
	if _, err := b.Chat(ctx, b.Call(ask(hello, all...))); err != nil {
		return err
	}
	if t := b.Stream(ctx, b.Call(ask(hello, all...))); t.Err != nil {
		return t.Err
	}
	for _, e := range b.Ledger().Entries() {
		for name, value := range members {
			if renamed := b.Upstream.Renamed[name]; renamed != "" {
				name = renamed
			}
			b.note(member(e.Body, name, value))
		}
	}
	return nil
}

const strange = `"x_number":9007199254740993,"x_zero":0,"x_float":1.0,"x_list":[null,{"deep":18446744073709551615}],"x_text":"\ud83d\ude80 <&>"`

func fidelityReply(ctx context.Context, b *Bench) error {
	const body = `{"id":"x-1","object":"chat.completion","created":1,"model":"` + chatModel + `","choices":[{"index":0,` + strange +
		`,"message":{"role":"assistant","content":"hi",` + strange + `},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,` + strange + `},` + strange + `}`
	if err := b.Script(simulator.Fault{Kind: simulator.FaultReply, Body: body}); err != nil {
		return err
	}
	reply, err := b.Chat(ctx, b.Call(ask(hello)))
	if err != nil {
		return err
	}
	return sameJSON("the reply", reply.Body, []byte(body))
}

func fidelityChunks(ctx context.Context, b *Bench) error {
	chunks := []string{
		`{"id":"x-1","choices":[{"index":0,"delta":{"role":"assistant","content":"",` + strange + `},"finish_reason":null}],` + strange + `}`,
		`{"id":"x-1","choices":[{"index":0,` + strange + `,"delta":{"content":"hi"},"finish_reason":null}]}`,
		`{"id":"x-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],` + strange + `}`,
	}
	err := b.Script(simulator.Fault{
		Kind: simulator.FaultReply, Header: map[string]string{"Content-Type": "text/event-stream"},
		Body: "data: " + strings.Join(chunks, "\n\ndata: ") + "\n\ndata: [DONE]\n\n",
	})
	if err != nil {
		return err
	}
	t := b.Stream(ctx, b.Call(ask(hello)))
	if t.Err != nil {
		return t.Err
	}
	if len(t.Lines) != len(chunks) {
		return equal("the number of chunks", len(t.Lines), len(chunks))
	}
	for i, line := range t.Lines {
		b.note(sameJSON("a chunk", line, []byte(chunks[i])))
	}
	return nil
}
