package simulator

import "iter"

// moveUsage reports usage where the form says and nowhere else.
func moveUsage(events iter.Seq[event], in shape, form string, bill []byte) iter.Seq[event] {
	if form == UsageFloat {
		return rewrite(events, in.floatUsage)
	}
	events = without(rewrite(events, in.noUsage), func(e event) bool { return e.usage })
	here := func(data []byte) []byte { return setRaw(data, in.usage[0], string(bill)) }
	switch form {
	case UsageEvery:
		return rewrite(events, here)
	case UsageWithFinish:
		return atEvent(events, func(e event) bool { return e.finish }, here)
	case UsageLastContent:
		return lastContent(events, here)
	case UsageSeparate:
		return separate(events, func(last []byte) []byte { return here(in.emptyChoices(last)) })
	}
	return events
}

func atEvent(events iter.Seq[event], chosen func(event) bool, change func([]byte) []byte) iter.Seq[event] {
	return func(yield func(event) bool) {
		for e := range events {
			if chosen(e) {
				e.data = change(e.data)
			}
			if !yield(e) {
				return
			}
		}
	}
}

// lastContent changes the last chunk with content, which is known as such only
// when the next event is no content.
func lastContent(events iter.Seq[event], change func([]byte) []byte) iter.Seq[event] {
	return func(yield func(event) bool) {
		var held *event
		for e := range events {
			if held != nil {
				if !e.content {
					held.data = change(held.data)
				}
				if !yield(*held) {
					return
				}
				held = nil
			}
			if e.content {
				held = &e
				continue
			}
			if !yield(e) {
				return
			}
		}
		if held != nil {
			held.data = change(held.data)
			yield(*held)
		}
	}
}

// separate adds a chunk without choices at the end, before [DONE] where there is one, made from the one before.
func separate(events iter.Seq[event], make func(last []byte) []byte) iter.Seq[event] {
	return func(yield func(event) bool) {
		var last []byte
		for e := range events {
			if e.kind == eventDone && last != nil {
				if !yield(event{kind: eventData, data: make(last), usage: true}) {
					return
				}
				last = nil
			}
			if e.kind == eventData {
				last = e.data
			}
			if !yield(e) {
				return
			}
		}
		if last != nil {
			yield(event{kind: eventData, data: make(last), usage: true})
		}
	}
}
