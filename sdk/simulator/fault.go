package simulator

import "time"

// FaultKind names a way to misbehave.
type FaultKind string

// The faults. Those of one request combine; of two that both replace the reply
// the first rule's wins, and so does the first of two of the same kind.
//
// After counts chunks with content. A streamed reply is disturbed after that
// many of them, 0 meaning before any chunk at all; the body of a unary reply is
// disturbed before its first byte when After is 0, else in its middle.
const (
	// FaultNone does nothing and keeps later rules from applying.
	FaultNone FaultKind = "none"

	// FaultError replies with the dialect's real error: Error names it, or
	// Status alone chooses one. Status, Message, Body and Header override; Wait
	// and Hints say how long to wait and where that is said.
	FaultError FaultKind = "error"
	// FaultRedirect replies with Status (default 307) and Location.
	FaultRedirect FaultKind = "redirect"
	// FaultHTML replies with an HTML page and Status (default 200).
	FaultHTML FaultKind = "html"
	// FaultReply replies with Status (default 200), Header and Body verbatim.
	FaultReply FaultKind = "reply"

	// FaultDelay waits For before the reply's headers.
	FaultDelay FaultKind = "delay"
	// FaultHang never sends headers: it waits until the client leaves, or For
	// and then closes the connection.
	FaultHang FaultKind = "hang"
	// FaultSlowFirstByte sends headers at once and waits For before the body.
	FaultSlowFirstByte FaultKind = "slow_first_byte"
	// FaultPause waits For after After chunks and goes on.
	FaultPause FaultKind = "pause"
	// FaultStall stops after After chunks until the client leaves, or For and
	// then closes the connection.
	FaultStall FaultKind = "stall"
	// FaultDrip sends the body one byte at a time, For apart.
	FaultDrip FaultKind = "drip"
	// FaultCut sends the body in flushed pieces of Size bytes, cutting UTF-8
	// and events anywhere.
	FaultCut FaultKind = "cut"

	// FaultReset drops the connection with a TCP RST, At a point.
	FaultReset FaultKind = "reset"
	// FaultTruncate ends the body cleanly after After chunks: no finish reason,
	// no [DONE]; a unary body ends in the middle, short of its Content-Length.
	FaultTruncate FaultKind = "truncate"
	// FaultNoDone leaves out [DONE] only.
	FaultNoDone FaultKind = "no_done"
	// FaultNoFinish leaves out the finish reason only.
	FaultNoFinish FaultKind = "no_finish"
	// FaultFinish replaces the finish reason with Finish.
	FaultFinish FaultKind = "finish"

	// FaultInband puts the error that Error, Status and Message choose into a
	// 200: the body of a unary reply, or an event after After chunks that ends
	// the stream. Style "finish" makes a unary reply keep its shape and end in
	// finish_reason "error", as OpenRouter's can; style "x_groq" makes a stream
	// end early with x_groq.error and [DONE], as Groq's can.
	FaultInband FaultKind = "inband"
	// FaultMalformed sends one chunk of broken JSON after After chunks and goes
	// on; the body of a unary reply is broken.
	FaultMalformed FaultKind = "malformed"
	// FaultEmptyChoices sends choices as an empty list.
	FaultEmptyChoices FaultKind = "empty_choices"
	// FaultComments sends Size SSE comments before the first chunk.
	FaultComments FaultKind = "comments"
	// FaultHugeLine sends a chunk whose content has Size bytes after After
	// chunks, Times of them (0 means one); a unary reply gets content of that
	// size.
	FaultHugeLine FaultKind = "huge_line"
	// FaultUsage reports usage in an odd place or form, chosen by Usage.
	FaultUsage FaultKind = "usage"
	// FaultFraming writes SSE in another legal way, chosen by Style: "crlf",
	// "cr", "bom", "nospace", "multiline".
	FaultFraming FaultKind = "framing"
	// FaultJSONForSSE answers a streaming request with a unary JSON body.
	FaultJSONForSSE FaultKind = "json_for_sse"
	// FaultSSEForJSON answers a unary request with an event stream.
	FaultSSEForJSON FaultKind = "sse_for_json"
)

// Places of FaultReset.
const (
	BeforeHeaders = "before_headers"
	AfterHeaders  = "after_headers"
	MidBody       = "mid_body"  // after After chunks
	MidChunk      = "mid_chunk" // after After chunks and half of the next
)

// Forms of FaultUsage.
const (
	UsageEvery       = "every"        // in every chunk
	UsageLastContent = "last_content" // in the last chunk with content
	UsageWithFinish  = "with_finish"  // in the chunk with the finish reason
	UsageSeparate    = "separate"     // in a chunk of its own with empty choices
	UsageAbsent      = "absent"       // nowhere
	UsageFloat       = "float"        // where it belongs, counts as floats
)

// Places where a rate-limit error says how long to wait (Fault.Hints).
const (
	HintRetryAfter     = "retry-after"      // header, seconds
	HintRetryAfterDate = "retry-after-date" // header, HTTP date
	HintRetryAfterMS   = "retry-after-ms"   // header, milliseconds
	HintReset          = "reset"            // the provider's rate-limit reset headers
	HintBody           = "body"             // the error body
	HintNone           = "none"             // nowhere
)

// Fault is one way to misbehave, with its parameters. Which of them a kind
// uses is said there; the others must be zero.
type Fault struct {
	Kind FaultKind `json:"kind"`

	Error    string            `json:"error,omitempty"`    // a name of Errors
	Status   int               `json:"status,omitempty"`   // HTTP status
	Message  string            `json:"message,omitempty"`  // replaces the error's message
	Body     string            `json:"body,omitempty"`     // replaces the whole body, verbatim
	Header   map[string]string `json:"header,omitempty"`   // set on the reply, verbatim; "" removes
	Location string            `json:"location,omitempty"` // of a redirect
	Wait     time.Duration     `json:"wait,omitempty"`     // the wait a rate-limit error asks for; 0 means the provider's usual
	Hints    []string          `json:"hints,omitempty"`    // where that wait is said; empty means where the provider says it

	At     string        `json:"at,omitempty"`     // place of a reset; "" means before headers
	After  int           `json:"after,omitempty"`  // chunks with content before the fault
	For    time.Duration `json:"for,omitempty"`    // how long
	Every  time.Duration `json:"every,omitempty"`  // sends an SSE comment so often during a wait after headers
	Size   int           `json:"size,omitempty"`   // bytes, or comments
	Times  int           `json:"times,omitempty"`  // how many of them
	Usage  string        `json:"usage,omitempty"`  // form of FaultUsage
	Finish string        `json:"finish,omitempty"` // of FaultFinish
	Style  string        `json:"style,omitempty"`  // of FaultFraming and FaultInband
}

// name is how the ledger names the fault.
func (f Fault) name() string {
	if f.Kind == FaultError && f.Error != "" {
		return string(f.Kind) + ":" + f.Error
	}
	if f.Kind == FaultReset && f.At != "" {
		return string(f.Kind) + ":" + f.At
	}
	return string(f.Kind)
}

// replaces reports whether the fault stands in for the whole reply.
func (f Fault) replaces() bool {
	switch f.Kind {
	case FaultError, FaultRedirect, FaultHTML, FaultReply:
		return true
	}
	return false
}
