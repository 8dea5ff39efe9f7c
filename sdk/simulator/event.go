package simulator

import (
	"iter"
	"net/http"
	"time"
)

// event is one step of sending a reply. A reply is a sequence of them, and most
// faults are a change to that sequence.
type event struct {
	kind eventKind
	data []byte // payload of an SSE event, text of a comment, or verbatim bytes
	name string // the SSE event's name, "" for none

	content bool // a chunk with content, which Fault.After counts
	finish  bool // the chunk with the finish reason
	usage   bool // a chunk for usage only

	status int           // eventHead
	header http.Header   // eventHead
	wait   time.Duration // eventPause, eventStall
	every  time.Duration // SSE comments during the wait
	size   int           // eventFill: so many bytes between data and tail
	tail   []byte
	raw    bool // eventFill outside of SSE
}

type eventKind int

const (
	eventHead     eventKind = iota // status and headers
	eventRaw                       // bytes of the body, verbatim
	eventData                      // an SSE event
	eventDone                      // data: [DONE]
	eventComment                   // an SSE comment
	eventPause                     // wait, then go on
	eventStall                     // wait for the client to leave, or drop the connection after wait
	eventReset                     // drop the connection, data being the half-sent rest
	eventCutShort                  // the body ends here, incomplete
	eventFill                      // size bytes of filler
)

func list(events ...event) iter.Seq[event] {
	return func(yield func(event) bool) {
		for _, e := range events {
			if !yield(e) {
				return
			}
		}
	}
}

func join(parts ...iter.Seq[event]) iter.Seq[event] {
	return func(yield func(event) bool) {
		for _, part := range parts {
			for e := range part {
				if !yield(e) {
					return
				}
			}
		}
	}
}
