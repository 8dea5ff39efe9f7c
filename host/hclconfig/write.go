package hclconfig

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mitchellh/go-wordwrap"
)

// WriteDiagnostics writes err for a person to read: Diagnostics with their lines, any other error in one
// line. color uses terminal escapes; width wraps the explanations, 0 means 100 columns.
func WriteDiagnostics(w io.Writer, err error, color bool, width int) error {
	if err == nil {
		return nil
	}
	if width <= 0 {
		width = 100
	}
	paint := plain
	if color {
		paint = colored
	}
	var b strings.Builder
	ds, ok := diagnosticsOf(err)
	if !ok {
		fmt.Fprintf(&b, "%s %s\n", paint.red("error:"), err)
	}
	for i, d := range ds {
		if i > 0 {
			b.WriteByte('\n')
		}
		d.write(&b, paint, max(width, 40))
	}
	_, werr := io.WriteString(w, b.String())
	return werr
}

func (d Diagnostic) write(b *strings.Builder, paint painter, width int) {
	level := paint.red("error:")
	if d.Warning {
		level = paint.yellow("warning:")
	}
	head := d.Summary
	if place := d.Place(); place != "" {
		head = place + ": " + head
	}
	fmt.Fprintf(b, "%s %s\n", level, paint.bold(head))
	if d.Snippet != "" {
		number := strconv.Itoa(d.Line)
		gutter := strings.Repeat(" ", len(number))
		fmt.Fprintf(b, "\n  %s | %s\n", number, d.Snippet)
		fmt.Fprintf(b, "  %s | %s%s\n", gutter, strings.Repeat(" ", d.Mark), paint.red(strings.Repeat("^", max(1, d.MarkLen))))
	}
	if d.Detail == "" {
		return
	}
	b.WriteByte('\n')
	// The wrapped width is at least 38, far from negative.
	text := wordwrap.WrapString(d.Detail, uint(width-2))
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString("  " + line + "\n")
	}
}

// painter wraps a text in terminal escapes, or not.
type painter bool

const (
	plain   painter = false
	colored painter = true
)

func (p painter) wrap(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p painter) red(text string) string    { return p.wrap("1;31", text) }
func (p painter) yellow(text string) string { return p.wrap("1;33", text) }
func (p painter) bold(text string) string   { return p.wrap("1", text) }
