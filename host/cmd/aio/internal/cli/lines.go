package cli

import (
	"bufio"
	"context"
	"errors"
	"io"

	"golang.org/x/term"
)

// lineReader reads what a person types: with editing and a history where it can be shown, else as the
// terminal hands it over.
type lineReader struct {
	fd     int
	editor *term.Terminal
	screen *screen
	plain  *bufio.Reader
}

func (a *app) newLineReader() *lineReader {
	fd, ok := fileOf(a.in.Reader)
	if !ok || !a.err.tty {
		return &lineReader{plain: bufio.NewReader(a.in)}
	}
	both := struct {
		io.Reader
		io.Writer
	}{a.in, a.err}
	return &lineReader{fd: fd, screen: a.err, editor: term.NewTerminal(both, a.err.paint(styleBold, "> "))}
}

// next returns the next line, or io.EOF when there is none or ctx ends. Then the reading itself ends with the
// process, because nothing interrupts a terminal.
func (r *lineReader) next(ctx context.Context) (string, error) {
	type result struct {
		line string
		err  error
	}
	got := make(chan result, 1)
	read := r.readPlain
	if r.editor != nil {
		// Only while reading: during an answer Ctrl-C must be a signal.
		before, err := term.MakeRaw(r.fd)
		if err != nil {
			return "", err
		}
		defer func() { _ = term.Restore(r.fd, before) }()
		if width := r.screen.width(); width > 0 {
			_ = r.editor.SetSize(width, 1)
		}
		read = r.editor.ReadLine
	}
	go func() {
		line, err := read()
		if errors.Is(err, term.ErrPasteIndicator) { // a pasted line is one like any other
			err = nil
		}
		got <- result{line, err}
	}()
	select {
	case r := <-got:
		return r.line, r.err
	case <-ctx.Done():
		return "", io.EOF
	}
}

func (r *lineReader) readPlain() (string, error) {
	line, err := r.plain.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	return line, err
}
