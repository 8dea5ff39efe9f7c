package openaicompat

import (
	"bytes"
	"errors"
	"io"

	"github.com/aio-llm/aio/sdk"
)

// Reading server-sent events as upstreams really send them: lines end in LF, CRLF or CR, a byte order mark
// may come first, "data:x" may lack its space, data may span lines, comments may come by the thousand, the
// last line may lack its end, and every read may stop anywhere, inside a character too.

var errLongEvent = errors.New("an event is longer than 32 MiB")

const (
	eventBuffer = 16 << 10
	// What is kept of lines that are no events, to say what came instead.
	maxStray = 64 << 10
)

// event is one server-sent event. Its data is valid until the next one is read.
type event struct {
	data  []byte
	error bool // named "error"
	cut   bool // the stream ended where the event should have
}

// eventReader cuts a stream into events.
type eventReader struct {
	src   io.Reader
	limit int // bytes of one event
	// idle is called before each read, which may block; comment for each comment.
	idle    func() error
	comment func()

	buf  []byte
	line int // where the line being read begins
	seen int // up to where it was searched for its end
	end  int // of what was read
	err  error

	data   span   // of a one-line event, in buf
	joined []byte // of an event of several lines
	lines  int
	named  bool // the event is named "error"

	begun  bool // the first line is past
	skipLF bool // the last line ended in a CR at the end of what was read
	events int
	stray  []byte
}

// span is a part of the buffer; it moves with the buffer's content.
type span struct{ from, to int }

// next returns the next event, or io.EOF after the last. Another error is the source's, idle's, or
// errLongEvent.
func (r *eventReader) next() (event, error) {
	r.lines, r.named, r.joined = 0, false, r.joined[:0]
	for {
		line, err := r.readLine()
		if err != nil {
			if errors.Is(err, io.EOF) && r.lines > 0 {
				ev := r.event()
				ev.cut = true
				return ev, nil
			}
			return event{}, err
		}
		switch {
		case line.from == line.to:
			if r.lines > 0 {
				return r.event(), nil
			}
			r.named = false
		case r.buf[line.from] == ':':
			r.comment()
		default:
			// Some upstreams leave out the blank line between events: what follows whole JSON is the next.
			if done := r.field(line); done {
				ev := r.event()
				r.line, r.seen = line.from, line.from
				return ev, nil
			}
		}
	}
}

func (r *eventReader) event() event {
	r.events++
	r.stray = nil
	if r.lines > 1 {
		return event{data: r.joined, error: r.named}
	}
	return event{data: r.buf[r.data.from:r.data.to], error: r.named}
}

// field takes in one line. It reports true, and takes nothing, when the line begins another event.
func (r *eventReader) field(line span) (another bool) {
	text := r.buf[line.from:line.to]
	name, value, _ := bytes.Cut(text, []byte{':'})
	skip := len(name) + 1
	if len(value) > 0 && value[0] == ' ' {
		value, skip = value[1:], skip+1
	}
	switch string(name) {
	case "data":
		if r.lines > 0 && sdk.ValidJSON(r.current()) {
			return true
		}
		r.add(value, span{min(line.from+skip, line.to), line.to})
	case "event":
		r.named = string(value) == "error"
	case "id", "retry":
	default:
		if r.events == 0 && len(r.stray)+len(text) < maxStray {
			r.stray = append(append(r.stray, text...), '\n')
		}
	}
	return false
}

func (r *eventReader) current() []byte {
	if r.lines > 1 {
		return r.joined
	}
	return r.buf[r.data.from:r.data.to]
}

func (r *eventReader) add(value []byte, at span) {
	r.lines++
	switch r.lines {
	case 1:
		r.data = at
	case 2:
		r.joined = append(append(r.joined[:0], r.buf[r.data.from:r.data.to]...), '\n')
		r.joined = append(r.joined, value...)
	default:
		r.joined = append(append(r.joined, '\n'), value...)
	}
	if len(r.joined) > r.limit {
		r.err = errLongEvent
	}
}

// readLine returns the next line without its end.
func (r *eventReader) readLine() (span, error) {
	for {
		if errors.Is(r.err, errLongEvent) {
			return span{}, r.err
		}
		window := r.buf[r.seen:r.end]
		if i := endOfLine(window); i >= 0 {
			line := span{r.line, r.seen + i}
			r.line = line.to + 1
			if window[i] == '\r' {
				switch {
				case r.line == r.end:
					r.skipLF = true
				case r.buf[r.line] == '\n':
					r.line++
				}
			}
			r.seen = r.line
			return r.unmarked(line), nil
		}
		r.seen = r.end
		if r.err != nil {
			if r.line < r.end && errors.Is(r.err, io.EOF) {
				line := span{r.line, r.end}
				r.line = r.end
				return r.unmarked(line), nil
			}
			return span{}, r.err
		}
		r.fill()
	}
}

// endOfLine is the index of the first LF or CR, -1 when there is none.
func endOfLine(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// unmarked takes the byte order mark off the first line.
func (r *eventReader) unmarked(line span) span {
	if !r.begun {
		r.begun = true
		if bytes.HasPrefix(r.buf[line.from:line.to], []byte("\xef\xbb\xbf")) {
			line.from += 3
		}
	}
	return line
}

// fill reads more. Everything read before is used up, except the event and the line in the making.
func (r *eventReader) fill() {
	if r.err = r.idle(); r.err != nil {
		return
	}
	keep := r.line
	if r.lines == 1 {
		keep = min(keep, r.data.from)
	}
	if r.end-keep > r.limit+eventBuffer {
		r.err = errLongEvent
		return
	}
	if keep > 0 {
		copy(r.buf, r.buf[keep:r.end])
		r.line, r.seen, r.end = r.line-keep, r.seen-keep, r.end-keep
		r.data.from, r.data.to = r.data.from-keep, r.data.to-keep
	}
	if r.end == len(r.buf) {
		// No more than is allowed, and none for a moment only: an upstream's endless line must not cost a multiple.
		larger := make([]byte, min(max(2*len(r.buf), eventBuffer), r.limit+2*eventBuffer))
		copy(larger, r.buf)
		r.buf = larger
	}
	n, err := r.src.Read(r.buf[r.end:])
	if n > 0 && r.skipLF {
		r.skipLF = false
		if r.buf[r.end] == '\n' && r.line == r.end {
			r.line, r.seen = r.line+1, r.seen+1
		}
	}
	r.end += n
	r.err = err
}
