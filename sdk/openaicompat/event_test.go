package openaicompat

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// heard is everything an eventReader made of a stream.
type heard struct {
	Events   []string // the data, with a mark for error events and cut ones
	Comments int
	Err      string
}

func listen(src io.Reader, limit int) heard {
	var out heard
	r := eventReader{src: src, limit: limit, idle: func() error { return nil }, comment: func() { out.Comments++ }, buf: make([]byte, 64)}
	for {
		ev, err := r.next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				out.Err = err.Error()
			}
			return out
		}
		text := string(ev.data)
		if ev.error {
			text = "error:" + text
		}
		if ev.cut {
			text += ":cut"
		}
		out.Events = append(out.Events, text)
	}
}

const whole = 1 << 20

func TestEvents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, stream string
		want         heard
	}{
		{"LF", "data: a\n\ndata: b\n\n", heard{Events: []string{"a", "b"}}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", heard{Events: []string{"a", "b"}}},
		{"CR", "data: a\r\rdata: b\r\r", heard{Events: []string{"a", "b"}}},
		{"mixed line ends", "data: a\r\n\ndata: b\r\r\ndata: c\n\r", heard{Events: []string{"a", "b", "c"}}},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n", heard{Events: []string{"a"}}},
		{"no space after the colon", "data:a\n\ndata:  b\n\n", heard{Events: []string{"a", " b"}}},
		{"no value", "data\n\ndata:\n\n", heard{Events: []string{"", ""}}},
		{"comments", ": OPENROUTER PROCESSING\n\n: x\n:\ndata: a\n\n", heard{Events: []string{"a"}, Comments: 3}},
		{"comment inside an event", "data: a\n: x\n\n", heard{Events: []string{"a"}, Comments: 1}},
		{"data over several lines", "data: {\"a\":\ndata: \n data: not this\ndata: 1}\n\n", heard{Events: []string{"{\"a\":\n\n1}"}}},
		{"no blank line between", "data: {\"a\":1}\ndata: {\"b\":2}\ndata: [DONE]\n", heard{Events: []string{`{"a":1}`, `{"b":2}`, "[DONE]:cut"}}},
		{"error event", "event: error\ndata: {}\n\ndata: a\n\n", heard{Events: []string{"error:{}", "a"}}},
		{"other fields", "id: 1\nretry: 2\nevent: message\ndata: a\n\n", heard{Events: []string{"a"}}},
		{"event without data", "event: error\n\ndata: a\n\n", heard{Events: []string{"a"}}},
		{"last line without its end", "data: a\n\ndata: b", heard{Events: []string{"a", "b:cut"}}},
		{"no blank line at the end", "data: a\n", heard{Events: []string{"a:cut"}}},
		{"cut inside a character", "data: \xe4\xbd", heard{Events: []string{"\xe4\xbd:cut"}}},
		{"CJK and emoji", "data: 你好👩‍👩‍👧\n\n", heard{Events: []string{"你好👩‍👩‍👧"}}},
		{"line of the limit", "data: " + strings.Repeat("x", whole) + "\n\n", heard{Events: []string{strings.Repeat("x", whole)}}},
		{"empty", "", heard{}},
		{"blank lines only", "\n\n\r\n\r", heard{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, listen(strings.NewReader(tt.stream), whole)); diff != "" {
				t.Errorf("uncut: %s", diff)
			}
			if diff := cmp.Diff(tt.want, listen(iotest.DataErrReader(strings.NewReader(tt.stream)), whole)); diff != "" {
				t.Errorf("end with the last bytes: %s", diff)
			}
			if len(tt.stream) > 1000 {
				return
			}
			if diff := cmp.Diff(tt.want, listen(iotest.OneByteReader(strings.NewReader(tt.stream)), whole)); diff != "" {
				t.Errorf("byte by byte: %s", diff)
			}
			for cut := range len(tt.stream) {
				parts := io.MultiReader(strings.NewReader(tt.stream[:cut]), strings.NewReader(tt.stream[cut:]))
				if diff := cmp.Diff(tt.want, listen(parts, whole)); diff != "" {
					t.Errorf("cut at %d: %s", cut, diff)
				}
			}
		})
	}
}

// endless gives the same byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte{byte(e)}, len(p)))
	return len(p), nil
}

func TestEndlessLinesAreRefused(t *testing.T) {
	t.Parallel()
	lines := func() io.Reader { return io.MultiReader(strings.NewReader("data: "), endless('x')) }
	for name, src := range map[string]io.Reader{
		"data":          lines(),
		"comment":       io.MultiReader(strings.NewReader(":"), endless('x')),
		"many lines":    &repeated{text: "data: xxxxxxxxxxxxxxxxxxxx\n"},
		"after a start": io.MultiReader(strings.NewReader("data: a\n"), lines()),
	} {
		if got := listen(src, whole); got.Err != errLongEvent.Error() || len(got.Events) > 0 {
			t.Errorf("%s: got %d events and %q", name, len(got.Events), got.Err)
		}
	}
}

// repeated gives the same text for ever.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func TestIdleComesBeforeEveryRead(t *testing.T) {
	t.Parallel()
	var log []string
	parts := []string{"data: a\n\ndata: b\n", "\ndata: c\n\n"}
	src := readerFunc(func(p []byte) (int, error) {
		if len(parts) == 0 {
			return 0, io.EOF
		}
		log = append(log, "read")
		n := copy(p, parts[0])
		parts = parts[1:]
		return n, nil
	})
	r := eventReader{src: src, limit: whole, idle: func() error { log = append(log, "idle"); return nil }, comment: func() {}}
	for {
		ev, err := r.next()
		if err != nil {
			break
		}
		log = append(log, string(ev.data))
	}
	if diff := cmp.Diff([]string{"idle", "read", "a", "idle", "read", "b", "c", "idle"}, log); diff != "" {
		t.Error(diff)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// FuzzEvents: however a stream is cut into reads, the same comes out of it.
func FuzzEvents(f *testing.F) {
	for _, seed := range []string{
		"data: {\"a\":1}\n\ndata: [DONE]\n\n", "\xef\xbb\xbfdata: a\r\n\r\n: c\r\rdata:b\rdata: c\n\n", "event: error\ndata: {}\ndata: {}\n",
		"data: 你好👩‍👩‍👧\n\ndata", ": \n:\n\n\r\n", "x\ny\n{\"error\":1}",
	} {
		f.Add([]byte(seed), uint8(3), uint8(7))
	}
	f.Fuzz(func(t *testing.T, stream []byte, a, b uint8) {
		want := listen(bytes.NewReader(stream), whole)
		for _, sizes := range [][2]int{{1, 1}, {int(a)%17 + 1, int(b)%5 + 1}} {
			if diff := cmp.Diff(want, listen(&chopped{rest: stream, sizes: sizes}, whole)); diff != "" {
				t.Fatalf("reads of %v: %s", sizes, diff)
			}
		}
		all := strings.Join(want.Events, "")
		if strings.Count(all, "\uFFFD") > bytes.Count(stream, []byte("\uFFFD")) {
			t.Fatal("made a replacement character")
		}
	})
}

// chopped reads in pieces of two sizes in turn.
type chopped struct {
	rest  []byte
	sizes [2]int
	turn  int
}

func (c *chopped) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	c.turn++
	n := copy(p[:min(len(p), c.sizes[c.turn%2])], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}
