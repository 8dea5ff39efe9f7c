package simulator

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"strings"
	"time"
)

// outlet sends one reply and writes down how far it got.
type outlet struct {
	w    http.ResponseWriter
	ctl  *http.ResponseController
	ctx  context.Context
	rec  *record
	gap  time.Duration // between chunks with content
	log  func(Entry)
	wire wire

	buf     []byte // reused for framing
	held    []byte // bytes that wait to fill a piece
	begun   bool   // headers are written
	chunked bool   // the body's length was not announced
	stream  bool   // an event stream
	sent    int64
	content bool // a chunk with content was sent
	dripped bool // a piece was sent
	broken  bool // the exchange ended before the reply did
}

// send performs the events of a reply in order. The event after is looked at
// before an event is performed, so that the last one is known: the ledger says
// done before its bytes leave.
func (o *outlet) send(r reply) {
	o.wire = r.wire
	next, stop := iter.Pull(r.events)
	defer stop()
	e, ok := next()
	for ok {
		following, more := next()
		if !o.perform(e, !more) {
			return
		}
		e, ok = following, more
	}
}

// perform does one event and tells whether to go on.
func (o *outlet) perform(e event, last bool) bool {
	switch e.kind {
	case eventHead:
		return o.begin(e, last)
	case eventRaw:
		return o.write(e.data, false, last)
	case eventComment:
		return o.write(o.frame(event{data: e.data, kind: eventComment}), false, last)
	case eventDone:
		return o.write(o.frame(event{data: []byte("[DONE]")}), false, last)
	case eventData:
		if e.content && o.content && o.gap > 0 && !o.rest(o.gap, 0) {
			return false
		}
		o.content = o.content || e.content
		return o.write(o.frame(e), true, last)
	case eventFill:
		return o.fill(e, last)
	case eventPause:
		return o.rest(e.wait, e.every)
	case eventStall:
		if o.rest(e.wait, e.every) {
			o.drop(false, nil)
		}
	case eventReset:
		o.flush()
		o.drop(true, o.torn(e))
	case eventCutShort:
		o.flush()
	}
	return false
}

func (o *outlet) begin(e event, last bool) bool {
	o.begun = true
	h := o.w.Header()
	for name, v := range e.header {
		h[name] = v
	}
	o.chunked = h.Get("Content-Length") == ""
	o.stream = strings.HasPrefix(h.Get("Content-Type"), "text/event-stream")
	o.rec.update(func(entry *Entry) {
		entry.Status, entry.Phase = e.status, Headers
		if last {
			entry.finish()
		}
	})
	o.w.WriteHeader(e.status)
	return true
}

// write hands bytes to the connection, having said so in the ledger.
func (o *outlet) write(data []byte, chunk, last bool) bool {
	if o.wire.framing == "bom" && o.sent == 0 && o.stream {
		data = append([]byte("\ufeff"), data...)
	}
	o.note(len(data), chunk, last)
	if o.wire.piece > 0 {
		o.held = append(o.held, data...)
		return o.pieces(last)
	}
	_, err := o.w.Write(data)
	if err == nil && o.stream && !last {
		err = o.ctl.Flush()
	}
	return o.check(err)
}

// pieces writes what is held in pieces of the wanted size, and the rest too
// when nothing is to follow soon.
func (o *outlet) pieces(rest bool) bool {
	for len(o.held) >= o.wire.piece || rest && len(o.held) > 0 {
		if o.wire.drip > 0 && o.dripped && !o.wait(o.wire.drip) {
			return false
		}
		o.dripped = true
		n := min(o.wire.piece, len(o.held))
		_, err := o.w.Write(o.held[:n])
		if err == nil {
			err = o.ctl.Flush()
		}
		o.held = o.held[n:]
		if !o.check(err) {
			return false
		}
	}
	return true
}

// fill writes a payload with many bytes of filler in it, in blocks.
func (o *outlet) fill(e event, last bool) bool {
	before, after := e.data, e.tail
	if !e.raw {
		before, after = append([]byte("data: "), before...), append(after, "\n\n"...)
	}
	if !o.write(before, !e.raw, false) {
		return false
	}
	block := bytes.Repeat([]byte("x"), min(e.size, 32<<10))
	for left := e.size; left > 0; left -= len(block) {
		if !o.write(block[:min(left, len(block))], false, false) {
			return false
		}
	}
	return o.write(after, false, last)
}

// rest waits with everything sent so far on its way, which is for ever when
// wait is 0. It tells whether to go on.
func (o *outlet) rest(wait, every time.Duration) bool {
	if !o.flush() {
		return false
	}
	if !o.stream || every <= 0 {
		return o.wait(wait)
	}
	for left := wait; wait == 0 || left > 0; left -= every {
		step := every
		if wait > 0 {
			step = min(every, left)
		}
		if !o.wait(step) {
			return false
		}
		if (wait == 0 || left > every) && (!o.write(o.frame(event{kind: eventComment, data: []byte("keep-alive")}), false, false) || !o.flush()) {
			return false
		}
	}
	return true
}

// wait waits for a time, or for ever when it is 0, or until the client leaves.
func (o *outlet) wait(d time.Duration) bool {
	var elapsed <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		elapsed = t.C
	}
	select {
	case <-elapsed:
		return true
	case <-o.ctx.Done():
		o.left()
		return false
	}
}

// flush sends what is still held back.
func (o *outlet) flush() bool {
	if !o.begun {
		return true
	}
	if o.wire.piece > 0 && !o.pieces(true) {
		return false
	}
	return o.check(o.ctl.Flush())
}

func (o *outlet) check(err error) bool {
	if err != nil {
		o.left()
	}
	return err == nil
}
