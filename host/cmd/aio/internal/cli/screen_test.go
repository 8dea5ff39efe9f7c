package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

func TestTerminalTextIsHarmless(t *testing.T) {
	t.Parallel()
	const nasty = "a\x1b]0;title\x07b\x1b[2Jc\r\td\ne\u009bf"
	var terminal, pipe bytes.Buffer
	if err := (&screen{Writer: &terminal, tty: true}).text(nasty); err != nil {
		t.Fatal(err)
	}
	if err := (&screen{Writer: &pipe}).text(nasty); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a]0;titleb[2Jc\td\nef", nasty}, []string{terminal.String(), pipe.String()}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPrinter(t *testing.T) {
	t.Parallel()
	pieces := []sdk.Message{
		{Role: sdk.RoleAssistant, Content: sdk.TextContent("")}, {Reasoning: "Hm"}, {ReasoningContent: "m."},
		{Content: sdk.TextContent("Four")}, {Content: sdk.TextContent(".")},
	}
	for _, tt := range []struct {
		name     string
		tty      bool
		out, err string
	}{
		{name: "terminal", tty: true, out: "Four.\n", err: "\x1b[2mHm\x1b[0m\x1b[2mm.\x1b[0m\n\n"},
		{name: "elsewhere", out: "Four.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out, err bytes.Buffer
			p := printer{out: &screen{Writer: &out}, err: &screen{Writer: &err, tty: tt.tty, color: tt.tty}}
			for i := range pieces {
				p.message(&pieces[i])
			}
			if err := p.end(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tt.out, tt.err, "Four."}, []string{out.String(), err.String(), p.said.String()}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoColor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		env  map[string]string
		want bool
	}{
		{name: "pipe"},
		{name: "wished away", env: map[string]string{"NO_COLOR": "1"}},
	} {
		s := newScreen(&bytes.Buffer{}, func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok })
		if s.color != tt.want || strings.Contains(s.paint(styleRed, "x"), "\x1b") != tt.want {
			t.Errorf("%s: colour is %t", tt.name, s.color)
		}
	}
}
