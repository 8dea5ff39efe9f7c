package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// whole prints an answer that comes in one piece.
func (a *app) whole(ctx context.Context, s *session, f chatFlags, request *sdk.ChatRequest) (string, *host.Trail, error) {
	reply, err := s.Chat(ctx, request, f.options()...)
	if err != nil {
		return "", nil, err
	}
	completion, err := reply.Completion()
	if f.json {
		return completion.Text(), &reply.Route, a.out.text(strings.TrimRight(string(reply.Body), "\n") + "\n")
	}
	if err != nil {
		return "", &reply.Route, err
	}
	p := printer{out: a.out, err: a.err}
	if len(completion.Choices) > 0 {
		p.message(&completion.Choices[0].Message)
		p.finish = completion.Choices[0].FinishReason
	}
	return p.said.String(), &reply.Route, p.end()
}

// stream prints an answer as it comes.
func (a *app) stream(ctx context.Context, s *session, f chatFlags, request *sdk.ChatRequest) (string, *host.Trail, error) {
	stream, err := s.ChatStream(ctx, request, f.options()...)
	if err != nil {
		return "", nil, err
	}
	defer stream.Close()
	p := printer{out: a.out, err: a.err}
	for chunk, broken := range stream.Events() {
		if broken != nil {
			err = broken
			break
		}
		for _, c := range chunk.Choices {
			if c.Index == 0 {
				p.message((*sdk.Message)(&c.Delta))
				p.finish = cmp.Or(c.FinishReason, p.finish)
			}
		}
		if p.failed != nil {
			break // nobody reads on: closing the stream cancels it upstream
		}
	}
	err = errors.Join(err, p.end())
	trail := stream.Route()
	return p.said.String(), &trail, err
}

// printer writes an answer: what it says to out, what it thinks dimly to err if that is a terminal.
type printer struct {
	out, err *screen
	said     strings.Builder
	thinking bool
	finish   sdk.FinishReason
	failed   error
}

// message prints a message, or a piece of one.
func (p *printer) message(m *sdk.Message) {
	if t := m.Thinking(); t != "" && p.err.tty {
		p.thinking = true
		_, _ = io.WriteString(p.err, p.err.paint(styleDim, harmless(t))) // a nicety
	}
	p.say(m.Content.Text())
	p.say(m.Refusal)
}

func (p *printer) say(text string) {
	if text == "" || p.failed != nil {
		return
	}
	if p.thinking {
		p.err.say("\n")
		p.thinking = false
	}
	p.said.WriteString(text)
	p.failed = p.out.text(text)
}

// end closes the last line and says why an answer is shorter than it wanted to be.
func (p *printer) end() error {
	if p.thinking {
		p.err.say("")
	}
	if text := p.said.String(); p.failed == nil && text != "" && !strings.HasSuffix(text, "\n") {
		p.failed = p.out.text("\n")
	}
	switch p.finish {
	case sdk.FinishLength:
		p.note("the answer was cut off at the limit of tokens; raise it with --max-tokens")
	case sdk.FinishContentFilter:
		p.note("the provider's filter cut the answer off")
	default:
	}
	return p.failed
}

func (p *printer) note(text string) { p.err.say("%s %s", p.err.paint(styleYellow, "note:"), text) }
