package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"golang.org/x/term"
)

// screen is an output that may be a terminal.
type screen struct {
	io.Writer
	tty   bool
	color bool
}

func newScreen(w io.Writer, lookup func(string) (string, bool)) *screen {
	s := &screen{Writer: w, tty: isTerminal(w)}
	plain, _ := lookup("NO_COLOR")
	kind, _ := lookup("TERM")
	s.color = s.tty && plain == "" && kind != "dumb"
	return s
}

// fileOf is the file descriptor of a stream, if it has one.
func fileOf(stream any) (fd int, ok bool) {
	f, ok := stream.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	return int(f.Fd()), true
}

func isTerminal(stream any) bool {
	fd, ok := fileOf(stream)
	return ok && term.IsTerminal(fd)
}

// width is the terminal's number of columns; 0 when unknown.
func (s *screen) width() int {
	fd, ok := fileOf(s.Writer)
	if !ok || !s.tty {
		return 0
	}
	columns, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return columns
}

// The styles of text on a terminal.
const (
	styleBold   = "1"
	styleDim    = "2"
	styleRed    = "31"
	styleGreen  = "32"
	styleYellow = "33"
)

// paint puts text in a style where there are colours.
func (s *screen) paint(style, text string) string {
	if !s.color || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// say writes a line. A terminal or pipe that is gone is noticed where the answer is written.
func (s *screen) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s, format+"\n", args...)
}

// text writes what a model or an upstream wrote. On a terminal it cannot move the cursor, change the title or
// do what else escapes do.
func (s *screen) text(t string) error {
	if s.tty {
		t = harmless(t)
	}
	_, err := io.WriteString(s, t)
	return err
}

// harmless takes out control characters but for line breaks and tabs.
func harmless(t string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, t)
}

// table writes rows in columns, the first row being the heading.
func (s *screen) table(rows [][]string) error {
	w := tabwriter.NewWriter(s, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1] // no blanks at the end of lines
		}
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = strings.ReplaceAll(harmless(c), "\t", " ")
		}
		if _, err := fmt.Fprintln(w, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}
