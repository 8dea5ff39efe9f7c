package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

const conversationHelp = `  /reset   forget what was said
  /help    this
  /exit    leave (also Ctrl-D)
  Ctrl-C cancels a running answer.`

// converse talks with a person: each line is a message, and the model sees all before it.
func (a *app) converse(ctx context.Context, s *session, f chatFlags, request *sdk.ChatRequest, attached []sdk.Part) error {
	a.err.say("%s", a.err.paint(styleDim, "A conversation. /help lists the commands, Ctrl-D ends it."))
	lines := a.newLineReader()
	opening := len(request.Messages)
	for {
		line, err := lines.next(ctx)
		if errors.Is(err, io.EOF) { // Ctrl-D, or Ctrl-C with nothing running: either asks to leave
			a.err.say("")
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from the terminal: %w", err)
		}
		switch line = strings.TrimSpace(line); line {
		case "":
		case "/exit", "/quit":
			return nil
		case "/reset":
			request.Messages = request.Messages[:opening]
			a.err.say("%s", a.err.paint(styleDim, "forgotten"))
		case "/help":
			a.err.say("%s", conversationHelp)
		default:
			said := len(request.Messages)
			request.Messages = append(request.Messages, user(line, attached))
			if text := a.turn(ctx, s, f, request); text == "" { // nothing was said in return: as if not asked
				request.Messages = request.Messages[:said]
			} else {
				request.Messages, attached = append(request.Messages, sdk.Assistant(text)), nil
			}
		}
	}
}

// turn answers one message. What goes wrong is told, and the conversation goes on.
func (a *app) turn(ctx context.Context, s *session, f chatFlags, request *sdk.ChatRequest) string {
	ctx, done := a.answering(ctx)
	defer done()
	text, err := a.answer(ctx, s, f, request)
	switch {
	case err == nil:
	case host.KindOf(err) == sdk.KindCanceled:
		a.err.say("%s", a.err.paint(styleDim, "(canceled)"))
	default:
		_ = a.report(err)
	}
	return text
}
