package cli

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aio-llm/aio/sdk"
)

// input is the standard input, which may be a terminal.
type input struct {
	io.Reader
	tty bool
}

func newInput(r io.Reader) input { return input{Reader: r, tty: isTerminal(r)} }

// prompt is what the arguments ask: their text, with "-" standing for the standard input, or the standard
// input alone. Without arguments at a terminal there is no prompt but a conversation.
func (a *app) prompt(args []string) (text string, conversation bool, err error) {
	if len(args) == 0 {
		if a.in.tty {
			return "", true, nil
		}
		args = []string{"-"}
	}
	args = slices.Clone(args)
	if i := slices.Index(args, "-"); i >= 0 {
		if args[i], err = a.in.all(); err != nil {
			return "", false, err
		}
	}
	text = strings.TrimSpace(strings.Join(args, " "))
	if text == "" {
		return "", false, misusef(`Run aio chat "your question", or pipe the question in.`, "the prompt is empty")
	}
	return text, false, nil
}

// all reads everything, up to what a request may hold.
func (in input) all() (string, error) {
	text, err := io.ReadAll(io.LimitReader(in, sdk.MaxBody+1))
	switch {
	case err != nil:
		return "", misusef("", "read the prompt from standard input: %w", err)
	case len(text) > sdk.MaxBody:
		return "", misusef("Shorten it.", "the prompt on standard input is larger than %d MiB", sdk.MaxBody>>20)
	case !utf8.Valid(text):
		return "", misusef("Give files that are no text with --file.", "the prompt on standard input is not UTF-8 text")
	}
	return string(bytes.TrimPrefix(text, []byte("\ufeff"))), nil
}
