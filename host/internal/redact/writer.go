package redact

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// maxLine is how much of a line without an end is kept before it is written in parts.
const maxLine = 64 << 10

// Writer redacts what is written through it, line by line, so that a secret cut in two by its writer is
// still seen whole. A line longer than 64 KiB is passed on in parts, cut where no known secret is. It is
// safe for concurrent use.
type Writer struct {
	r     *Redactor
	limit int

	mu   sync.Mutex
	w    io.Writer
	rest []byte
}

// Writer returns a Writer in front of w. Close it to get an unfinished last line out; w stays open.
func (r *Redactor) Writer(w io.Writer) *Writer {
	return &Writer{r: r, w: w, limit: max(maxLine, 4*r.known.Load().longest)}
}

// Write implements io.Writer. It reports p as written even when part of it still waits for its line's end;
// an error is that of the writer behind.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	written := len(p)
	for len(p) > 0 {
		n := min(len(p), w.limit)
		if err := w.take(p[:n]); err != nil {
			return written - len(p), err
		}
		p = p[n:]
	}
	return written, nil
}

// take adds to the line at hand and passes on what is complete.
func (w *Writer) take(p []byte) error {
	w.rest = append(w.rest, p...)
	end := len(w.rest) - len(p)
	if i := bytes.LastIndexByte(p, '\n'); i >= 0 {
		return w.pass(end + i + 1)
	}
	if len(w.rest) >= w.limit {
		return w.pass(w.cut())
	}
	return nil
}

// pass redacts and writes the first n bytes.
func (w *Writer) pass(n int) error {
	clean := w.r.String(string(w.rest[:n]))
	w.rest = append(w.rest[:0], w.rest[n:]...)
	if cap(w.rest) > 4*w.limit {
		w.rest = bytes.Clone(w.rest)
	}
	_, err := io.WriteString(w.w, clean)
	return err
}

// cut returns where an endless line may be cut: behind the last space that leaves room for the longest
// secret to be complete, or without one just there, and never within a secret.
func (w *Writer) cut() int {
	text, known := string(w.rest), w.r.known.Load()
	at := max(len(text)-known.longest, len(text)/2)
	if i := strings.LastIndexAny(text[:at], " \t,;"); i >= at/2 {
		at = i + 1
	}
	for start, end := known.next(text, 0); start >= 0 && start < at; start, end = known.next(text, end) {
		at = max(at, end)
	}
	return at
}

// Close writes out what is left. The Writer can still be used.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rest) == 0 {
		return nil
	}
	return w.pass(len(w.rest))
}
