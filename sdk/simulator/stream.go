package simulator

import "encoding/json"

// streamer writes one streamed reply as events: comment, role, reasoning,
// content token by token, tool calls in fragments, finish reason, usage, [DONE].
type streamer struct {
	dialect *chatDialect
	call    *call
	answer  *answer
	yield   func(event) bool
	over    bool // the consumer wants no more
}

func (s *streamer) run() {
	p := s.call.prompt
	if s.dialect.preface != "" {
		s.send(event{kind: eventComment, data: []byte(s.dialect.preface)})
	}
	for i := range p.n {
		s.chunk(placeFirst, choice{Index: i, Delta: &message{Role: "assistant", Content: json.RawMessage(`""`)}})
		if p.thinking == thinkField && s.answer.reasoning != "" {
			for t := range tokens(s.answer.reasoning) {
				m := &message{}
				s.dialect.think(m, t)
				s.chunk(placeMiddle, choice{Index: i, Delta: m})
			}
		}
		for t := range tokens(s.dialect.spoken(s.call, s.answer)) {
			s.chunk(placeMiddle, choice{Index: i, Delta: &message{Content: jsonText(t)}, Logprobs: logprobs(p, t)})
			if s.over {
				return
			}
		}
		for t := range tokens(s.answer.refusal) {
			s.chunk(placeMiddle, choice{Index: i, Delta: &message{Refusal: jsonText(t)}})
		}
		s.toolCalls(i)
		s.chunk(placeFinish, choice{Index: i, Delta: &message{}, FinishReason: &s.answer.finish})
	}
	if s.dialect.usageIn(s.call, p, placeUsage) {
		s.chunk(placeUsage)
	}
	s.send(event{kind: eventDone})
}

func (s *streamer) toolCalls(i int) {
	for n, t := range s.answer.calls {
		s.chunk(placeMiddle, choice{Index: i, Delta: &message{ToolCalls: []wireCall{
			{Index: &n, ID: t.id, Type: "function", Function: wireFunction{Name: t.name}},
		}}})
		for piece := range fragments(t.arguments) {
			s.chunk(placeMiddle, choice{Index: i, Delta: &message{ToolCalls: []wireCall{
				{Index: &n, Function: wireFunction{Arguments: piece}},
			}}})
		}
	}
}

func (s *streamer) chunk(at place, choices ...choice) {
	if s.over {
		return
	}
	m := s.dialect.object(s.call, s.answer, "chat.completion.chunk", at)
	for _, c := range choices {
		if c.Logprobs == nil {
			c.Logprobs = json.RawMessage("null")
		}
		m.Choices = append(m.Choices, c)
	}
	s.dialect.dress(s.call, s.answer, m, at)
	s.send(event{kind: eventData, data: encode(m), content: at == placeMiddle, finish: at == placeFinish, usage: at == placeUsage})
}

func (s *streamer) send(e event) {
	if !s.over && !s.yield(e) {
		s.over = true
	}
}
