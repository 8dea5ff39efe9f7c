package simulator

import (
	"iter"
	"net/http"
	"strconv"
)

// reply is a whole HTTP reply: its events, beginning with the head, and how
// their bytes are put on the wire.
type reply struct {
	events iter.Seq[event]
	wire   wire
}

// verbatim is a reply with a body that is sent as it is.
func verbatim(status int, contentType, body string) reply {
	return unary(status, http.Header{"Content-Type": {contentType}}, []byte(body))
}

func unary(status int, h http.Header, body []byte) reply {
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return reply{events: list(event{kind: eventHead, status: status, header: h}, event{kind: eventRaw, data: body})}
}

// reply is a JSON reply with the provider's headers.
func (c *call) reply(status int, body []byte) reply {
	h := http.Header{"Content-Type": {"application/json"}}
	c.dialect.header(c, h)
	return unary(status, h, body)
}

// refuse is an error reply.
func (c *call) refuse(e *apiError) reply {
	h := http.Header{"Content-Type": {"application/json"}}
	c.dialect.header(c, h)
	for name, v := range e.header {
		h[name] = v
	}
	if e.status == http.StatusOK && c.stream { // a provider that says it inside a reply
		h.Set("Content-Type", "text/event-stream")
		return reply{events: list(event{kind: eventHead, status: e.status, header: h}, event{kind: eventData, data: c.dialect.body(e)})}
	}
	return unary(e.status, h, c.dialect.body(e))
}

// chat is the answer as the client asked for it, or as the script confuses it.
func (c *call) chat(a *answer) reply {
	c.plan.alter(a)
	if c.plan.streams(c) {
		h := http.Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-cache"}}
		c.dialect.header(c, h)
		head := list(event{kind: eventHead, status: http.StatusOK, header: h})
		return reply{events: join(head, c.plan.stream(c, a, c.dialect.chunks(c, a)))}
	}
	r := c.reply(http.StatusOK, c.plan.body(c, c.dialect.whole(c, a)))
	if f, ok := c.plan.get(FaultHugeLine); ok {
		r.events = hugeBody(r.events, c.dialect.shape(), f.Size)
	}
	return r
}
