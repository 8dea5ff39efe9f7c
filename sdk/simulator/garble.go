package simulator

import (
	"iter"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// stream applies the faults that concern what a streamed reply says.
func (p plan) stream(c *call, a *answer, events iter.Seq[event]) iter.Seq[event] {
	in := c.dialect.shape()
	if f, ok := p.get(FaultUsage); ok {
		events = moveUsage(events, in, f.Usage, c.dialect.bill(c, a))
	}
	if p.has(FaultEmptyChoices) {
		events = rewrite(events, in.emptyChoices)
	}
	if p.has(FaultNoFinish) {
		events = rewrite(events, in.noFinish)
	}
	if f, ok := p.get(FaultHugeLine); ok {
		events = repeated(strike(events, f.After, false, func(next event) event { return in.huge(next, f.Size) }), f.Times)
	}
	if f, ok := p.get(FaultMalformed); ok {
		events = strike(events, f.After, false, func(next event) event {
			return event{kind: eventData, data: half(next.data)}
		})
	}
	if f, ok := p.get(FaultInband); ok {
		failure := namedError(c, f)
		_, last := c.dialect.inband(c, failure)
		if f.Style == "x_groq" { // Groq SDK types: a string says why the stream stopped early
			last = event{kind: eventData, data: encode(map[string]any{"choices": []any{}, "x_groq": xGroq{Error: failure.message}})}
		}
		events = strike(events, f.After, true, func(event) event { return last })
		if f.Style == "x_groq" {
			events = join(events, list(event{kind: eventDone}))
		}
	}
	if f, ok := p.get(FaultComments); ok {
		events = join(comments(f.Size), events)
	}
	if p.has(FaultNoDone) {
		events = without(events, func(e event) bool { return e.kind == eventDone })
	}
	return events
}

// body applies the same faults to a unary reply.
func (p plan) body(c *call, body []byte) []byte {
	in := c.dialect.shape()
	if f, ok := p.get(FaultInband); ok {
		failure, _ := c.dialect.inband(c, namedError(c, f))
		if f.Style != "finish" {
			return failure
		}
		body = set(body, "choices.0.finish_reason", "error")
		body = setRaw(body, "choices.0.error", gjson.GetBytes(failure, "error").Raw)
	}
	if f, ok := p.get(FaultUsage); ok {
		switch f.Usage {
		case UsageAbsent:
			body = in.noUsage(body)
		case UsageFloat:
			body = in.floatUsage(body)
		}
	}
	if p.has(FaultEmptyChoices) {
		body = in.emptyChoices(body)
	}
	if p.has(FaultNoFinish) {
		body = in.noFinish(body)
	}
	if p.has(FaultMalformed) {
		body = half(body)
	}
	return body
}

// half keeps the first half of a JSON text, which is never JSON.
func half(data []byte) []byte {
	if len(data) < 2 {
		return []byte(`{"id":`)
	}
	return data[:len(data)/2]
}

// rewrite changes the payload of every chunk.
func rewrite(events iter.Seq[event], change func([]byte) []byte) iter.Seq[event] {
	return func(yield func(event) bool) {
		for e := range events {
			if e.kind == eventData {
				e.data = change(e.data)
			}
			if !yield(e) {
				return
			}
		}
	}
}

func without(events iter.Seq[event], drop func(event) bool) iter.Seq[event] {
	return func(yield func(event) bool) {
		for e := range events {
			if !drop(e) && !yield(e) {
				return
			}
		}
	}
}

func comments(n int) iter.Seq[event] {
	return func(yield func(event) bool) {
		for range n {
			if !yield(event{kind: eventComment, data: []byte("keep-alive")}) {
				return
			}
		}
	}
}

// repeated sends each filled chunk so many times.
func repeated(events iter.Seq[event], times int) iter.Seq[event] {
	return func(yield func(event) bool) {
		for e := range events {
			for n := 0; n == 0 || e.kind == eventFill && n < times; n++ {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// hugeBody is the same for a unary reply, whose length is not announced.
func hugeBody(events iter.Seq[event], in shape, size int) iter.Seq[event] {
	return func(yield func(event) bool) {
		for e := range events {
			switch e.kind {
			case eventHead:
				e.header = e.header.Clone()
				e.header.Del("Content-Length")
			case eventRaw:
				e = in.huge(e, size)
				e.raw, e.content = true, false
			}
			if !yield(e) {
				return
			}
		}
	}
}

func set(data []byte, path string, v any) []byte { return setRaw(data, path, encodeText(v)) }

// setRaw leaves data as it is if it is no JSON.
func setRaw(data []byte, path, raw string) []byte {
	out, err := sjson.SetRawBytes(data, path, []byte(raw))
	if err != nil {
		return data
	}
	return out
}
