package recut

import "strings"

// Stream is a stream of events, written in one way.
type Stream struct {
	// Name says in which way.
	Name string
	Body []byte
}

// Corpus writes events, each a JSON document on one line, in every way the format allows. done, such as
// [DONE], is written behind the last; empty is nothing.
//
// The first stream has all of it at once, as far as that is possible; it is as short as the events.
func Corpus(events []string, done string) []Stream {
	if done != "" {
		events = append(events[:len(events):len(events)], done)
	}
	var out []Stream
	for _, w := range []writing{
		{name: "all at once", breaks: []string{"\r\n", "\n", "\r"}, bom: true, comments: true, tight: true, lines: true, fields: true},
		{name: "LF"},
		{name: "CRLF", breaks: []string{"\r\n"}},
		{name: "CR", breaks: []string{"\r"}},
		{name: "every line break", breaks: []string{"\r\n", "\n", "\r"}},
		{name: "byte order mark", bom: true},
		{name: "comments", comments: true},
		{name: "no space behind the colon", tight: true},
		{name: "data over several lines", lines: true},
		{name: "other fields", fields: true},
		{name: "no line break at the end", open: true},
		{name: "CRLF, data over several lines", breaks: []string{"\r\n"}, lines: true},
		{name: "CR, comments", breaks: []string{"\r"}, comments: true},
	} {
		out = append(out, Stream{Name: w.name, Body: w.write(events)})
	}
	return out
}

// writing is one way to write events.
type writing struct {
	name     string
	breaks   []string // in turn; LF when empty
	bom      bool
	comments bool // between events and inside them
	tight    bool // data:x
	lines    bool // a document over several data lines
	fields   bool // event, id and retry
	open     bool // the last event ends with the stream
}

func (w writing) write(events []string) []byte {
	var b strings.Builder
	if w.bom {
		b.WriteString("\ufeff")
	}
	turn := 0
	end := func(line string) {
		b.WriteString(line)
		if len(w.breaks) == 0 {
			b.WriteByte('\n')
			return
		}
		b.WriteString(w.breaks[turn%len(w.breaks)])
		turn++
	}
	field := func(name, value string) {
		if w.tight {
			end(name + ":" + value)
		} else {
			end(name + ": " + value)
		}
	}
	for i, event := range events {
		if w.comments {
			end(": keep-alive 日本語 👩‍👩‍👧")
			end(":")
			end("")
		}
		if w.fields {
			field("id", "7")
			field("retry", "3000")
		}
		for n, line := range w.split(event) {
			if w.comments && n > 0 {
				end(":inside")
			}
			field("data", line)
		}
		if !w.open || i < len(events)-1 {
			end("")
		}
	}
	return []byte(b.String())
}

// split cuts a document between two of its members: the line break is white space there.
func (w writing) split(event string) []string {
	if !w.lines {
		return []string{event}
	}
	inText, escaped := false, false
	var lines []string
	from := 0
	for i, c := range event {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = inText
		case c == '"':
			inText = !inText
		case c == ',' && !inText && len(lines) < 3:
			lines = append(lines, event[from:i+1])
			from = i + 1
		}
	}
	return append(lines, event[from:])
}
