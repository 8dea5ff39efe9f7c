package sdktest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// scripts has characters of one to four bytes, joined ones, and what JSON must escape.
const scripts = "naïve 日本語の文章です 👩‍👩‍👧‍👦 🇨🇭 עברית \u2028 \"quoted\" \\ tab\tend"

func framingCases() []Case {
	cut := Case{
		Name:   "framing/cut-anywhere",
		Expect: "output is the same wherever the connection cuts the bytes, inside a character too",
		Why:    "a cut that shows is a broken character in the answer",
		Run: func(ctx context.Context, b *Bench) error {
			for size := range 9 {
				b.note(in(fmt.Sprintf("pieces of %d bytes", size+1), b.sameWith(ctx, simulator.Fault{Kind: simulator.FaultCut, Size: size + 1})))
			}
			return nil
		},
	}
	cases := []Case{cut, {
		Name:   "framing/comments",
		Expect: "ten thousand comments before the first chunk change nothing",
		Why:    "upstreams send them to keep a waiting connection open",
		Needs:  []Need{NeedSSE},
		Run: func(ctx context.Context, b *Bench) error {
			return b.sameWith(ctx, simulator.Fault{Kind: simulator.FaultComments, Size: 10_000})
		},
	}, {
		Name:   "framing/no-done",
		Expect: "a stream with a finish reason is whole without [DONE]",
		Why:    "some upstreams leave it out",
		Needs:  []Need{NeedSSE},
		Run: func(ctx context.Context, b *Bench) error {
			return b.sameWith(ctx, simulator.Fault{Kind: simulator.FaultNoDone})
		},
	}}
	for style, how := range map[string]string{
		"crlf": "lines that end in CRLF", "cr": "lines that end in CR", "bom": "a byte order mark",
		"nospace": "no space behind \"data:\"", "multiline": "data over several lines",
	} {
		cases = append(cases, Case{
			Name:   "framing/" + style,
			Expect: how + " change nothing, nor does the connection that cuts them anywhere",
			Why:    "server-sent events allow it, so somebody does it",
			Needs:  []Need{NeedSSE},
			Run: func(ctx context.Context, b *Bench) error {
				framing := simulator.Fault{Kind: simulator.FaultFraming, Style: style}
				return errors.Join(b.sameWith(ctx, framing), in("cut after each byte", b.sameWith(ctx, framing, simulator.Fault{Kind: simulator.FaultCut, Size: 1})))
			},
		})
	}
	return byName(cases)
}

// sameWith checks that faults make no difference to a reply and to a stream.
func (b *Bench) sameWith(ctx context.Context, faults ...simulator.Fault) error {
	plainReply, plainStream, err := b.both(ctx)
	if err != nil {
		return err
	}
	if err := b.Script(faults...); err != nil {
		return err
	}
	reply, stream, err := b.both(ctx)
	if err != nil {
		return err
	}
	return errors.Join(
		equal("the reply", reply, plainReply), equal("the stream", stream, plainStream), b.Script(),
	)
}

// both asks for the same in one piece and streamed, and returns what came without what differs from call to
// call.
func (b *Bench) both(ctx context.Context) (reply, stream string, err error) {
	whole, err := b.Chat(ctx, b.Call(ask(scripts)))
	if err != nil {
		return "", "", err
	}
	t := b.Stream(ctx, b.Call(ask(scripts)))
	if t.Err != nil {
		return "", "", t.Err
	}
	if got := t.Text(); got != "echo: "+scripts {
		return "", "", fmt.Errorf("the text is %q", got)
	}
	var lines []string
	for _, line := range t.Lines {
		lines = append(lines, timeless(line))
	}
	return timeless(whole.Body), strings.Join(lines, "\n"), nil
}

// timeless is a document without what identifies the call, and without white space between tokens.
func timeless(document []byte) string {
	for _, path := range []string{"id", "created", "x_groq.id"} {
		if gjson.GetBytes(document, path).Exists() {
			if without, err := sjson.DeleteBytes(document, path); err == nil {
				document = without
			}
		}
	}
	var out bytes.Buffer
	if err := json.Compact(&out, document); err != nil {
		return string(document)
	}
	return out.String()
}

func sizeCases() []Case {
	const mega = 1 << 20
	return []Case{
		{
			Name:   "size/request-1MB",
			Expect: "a request of 1 MB arrives whole",
			Why:    "images are that big",
			Run:    func(ctx context.Context, b *Bench) error { return b.carries(ctx, mega) },
		},
		{
			Name:   "size/request-31MB",
			Expect: "a request near the limit of the contract arrives whole",
			Why:    "the limit is a promise",
			Needs:  []Need{NeedLarge},
			Run:    func(ctx context.Context, b *Bench) error { return b.carries(ctx, sdk.MaxBody-mega) },
		},
		{
			Name:   "size/huge-chunk",
			Expect: "a chunk, and a reply, of 2 MB arrive whole",
			Why:    "images come in one",
			Run: func(ctx context.Context, b *Bench) error {
				const size = 2 * mega
				if err := b.Script(simulator.Fault{Kind: simulator.FaultHugeLine, Size: size, After: 1}); err != nil {
					return err
				}
				reply, err := b.Chat(ctx, b.Call(ask(hello)))
				if err != nil {
					return err
				}
				c, err := whole(reply)
				if err != nil {
					return err
				}
				t := b.Stream(ctx, b.Call(ask(hello)))
				return errors.Join(t.Err,
					equal("the length of the text", len(c.Text()), size),
					equal("the length of the streamed text", len(t.Text()), size+len("echo: "+hello)),
				)
			},
		},
		{
			Name:   "size/reply-beyond-limit",
			Expect: "a reply beyond the limit of the contract is a bad reply, and the plugin lives on",
			Why:    "an upstream must not decide how much memory is used",
			Needs:  []Need{NeedLarge},
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultHugeLine, Size: sdk.MaxBody + mega}); err != nil {
					return err
				}
				_, err := b.Chat(ctx, b.Call(ask(hello)))
				t := b.Stream(ctx, b.Call(ask(hello)))
				want := fails(sdk.KindBadReply, sdk.KindBrokenStream)
				return errors.Join(want.judge(err), want.judge(t.Err), b.Script(), b.carries(ctx, 1))
			},
		},
	}
}

// carries checks that a request of this size arrives.
func (b *Bench) carries(ctx context.Context, size int) error {
	body := request([]string{
		`{"role":"system","content":"` + strings.Repeat("x", size) + `"}`, `{"role":"user","content":"count 3"}`,
	})
	reply, err := b.Chat(ctx, b.Call(body))
	if err != nil {
		return err
	}
	t := b.Stream(ctx, b.Call(body))
	b.note(t.Err, textIs(reply, "1 2 3"), equal("the streamed text", t.Text(), "1 2 3"))
	for _, e := range b.Ledger().Select(simulator.Ended()) {
		b.note(check(e.BytesIn >= int64(size), "%d bytes arrived of %d", e.BytesIn, len(body)))
	}
	return nil
}
