package demo

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aio-llm/aio/host"
)

// teller writes the story and keeps the score.
type teller struct {
	out    io.Writer
	color  bool
	checks int
	failed []string
}

func (t *teller) paint(style, text string) string {
	if !t.color {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

const (
	bold  = "1"
	dim   = "2"
	red   = "1;31"
	green = "32"
)

// line writes one line. A reader that is gone ends the demo no sooner than it ends by itself.
func (t *teller) line(format string, args ...any) {
	_, _ = fmt.Fprintf(t.out, format+"\n", args...)
}

func (t *teller) step(n int, title string) {
	t.line("\n%s", t.paint(bold, fmt.Sprintf("%d. %s", n, title)))
}

func (t *teller) say(format string, args ...any) { t.line("   "+format, args...) }

// piece writes a part of an answer as it comes.
func (t *teller) piece(text string) { _, _ = io.WriteString(t.out, text) }

// check writes down whether something is as it should be.
func (t *teller) check(ok bool, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	t.checks++
	if ok {
		t.say("%s %s", t.paint(green, "[ok]"), what)
		return
	}
	t.failed = append(t.failed, what)
	t.say("%s %s", t.paint(red, "[FAILED]"), what)
}

// route shows the calls of a request.
func (t *teller) route(trail host.Trail) {
	for i, a := range trail.Attempts {
		outcome := "answered"
		if a.Kind != "" {
			outcome = string(a.Kind)
			if a.Status != 0 {
				outcome += fmt.Sprintf(" (HTTP %d)", a.Status)
			}
			outcome += ", so: " + strings.ReplaceAll(a.Next, "_", " ")
		}
		t.say("%s", t.paint(dim, fmt.Sprintf("call %d: %s/%s, key %s, %s: %s", i+1, a.Provider, a.Model, a.Key, a.Duration.Round(100*time.Microsecond), outcome)))
	}
}

// verdict is the end of the story.
func (t *teller) verdict() error {
	if len(t.failed) > 0 {
		t.line("\n%s", t.paint(red, fmt.Sprintf("%d of %d checks failed.", len(t.failed), t.checks)))
		return fmt.Errorf("not as it should be: %s", strings.Join(t.failed, "; "))
	}
	t.line("\n%s", t.paint(green, fmt.Sprintf("All %d checks hold.", t.checks)))
	return nil
}
