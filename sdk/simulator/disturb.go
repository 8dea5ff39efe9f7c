package simulator

import (
	"iter"
	"time"
)

// wire is how the bytes of a reply's body are put on the connection.
type wire struct {
	framing string        // of SSE, as FaultFraming says
	piece   int           // flushed pieces of so many bytes; 0 means whole
	drip    time.Duration // between pieces
}

// disturb applies the faults that concern the transport of a reply, whatever
// the reply is.
func (p plan) disturb(r reply) reply {
	r.events = p.interrupt(r.events)
	if f, ok := p.get(FaultSlowFirstByte); ok {
		r.events = afterHead(r.events, event{kind: eventPause, wait: f.For, every: f.Every})
	}
	if f, ok := p.get(FaultReset); ok {
		switch f.At {
		case AfterHeaders:
			r.events = afterHead(r.events, event{kind: eventReset})
		case BeforeHeaders, "":
			r.events = list(event{kind: eventReset})
		}
	}
	if f, ok := p.get(FaultHang); ok {
		r.events = list(event{kind: eventStall, wait: f.For})
	}
	if f, ok := p.get(FaultDelay); ok {
		r.events = join(list(event{kind: eventPause, wait: f.For}), r.events)
	}
	if f, ok := p.get(FaultFraming); ok {
		r.wire.framing = f.Style
	}
	if f, ok := p.get(FaultCut); ok {
		r.wire.piece = f.Size
	}
	if f, ok := p.get(FaultDrip); ok {
		r.wire.piece, r.wire.drip = 1, f.For
	}
	return r
}

// interrupt applies the faults that strike in the middle of a body.
func (p plan) interrupt(events iter.Seq[event]) iter.Seq[event] {
	if f, ok := p.get(FaultPause); ok {
		events = strike(events, f.After, false, func(event) event { return event{kind: eventPause, wait: f.For, every: f.Every} })
	}
	if f, ok := p.get(FaultStall); ok {
		events = strike(events, f.After, true, func(event) event { return event{kind: eventStall, wait: f.For, every: f.Every} })
	}
	if f, ok := p.get(FaultTruncate); ok {
		events = strike(events, f.After, true, func(event) event { return event{kind: eventCutShort} })
	}
	if f, ok := p.get(FaultReset); ok && (f.At == MidBody || f.At == MidChunk) {
		events = strike(events, f.After, true, func(next event) event {
			if f.At == MidChunk {
				return event{kind: eventReset, data: next.data, name: next.name}
			}
			return event{kind: eventReset}
		})
	}
	return events
}

// strike puts an event into a body: before the first chunk that follows after
// chunks with content, or before the end if there are fewer; into the middle of
// a verbatim body, or before it when after is 0. With stop nothing follows.
func strike(events iter.Seq[event], after int, stop bool, make func(next event) event) iter.Seq[event] {
	return func(yield func(event) bool) {
		seen, struck := 0, false
		for e := range events {
			switch {
			case struck:
			case e.kind == eventRaw:
				before := e.data[:0]
				if after > 0 {
					before = e.data[:len(e.data)/2]
				}
				rest := e
				rest.data = e.data[len(before):]
				if len(before) > 0 && !yield(event{kind: eventRaw, data: before}) {
					return
				}
				if !yield(make(event{})) || stop {
					return
				}
				struck, e = true, rest
			case e.kind == eventDone || e.kind == eventData && seen >= after:
				if !yield(make(e)) || stop {
					return
				}
				struck = true
			}
			if e.content {
				seen++
			}
			if !yield(e) {
				return
			}
		}
		if !struck && stop && seen < after { // a body without [DONE]
			yield(make(event{}))
		}
	}
}

// afterHead puts an event right behind the headers; nothing follows a reset.
func afterHead(events iter.Seq[event], extra event) iter.Seq[event] {
	return func(yield func(event) bool) {
		for e := range events {
			if !yield(e) {
				return
			}
			if e.kind == eventHead && (!yield(extra) || extra.kind == eventReset) {
				return
			}
		}
	}
}
