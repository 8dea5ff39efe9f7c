package simulator

import (
	"slices"
	"strconv"
	"strings"
)

// answer is a reply as every dialect understands it. It depends on the request
// only, so the same request always gets the same answer.
type answer struct {
	text      string
	reasoning string
	refusal   string
	calls     []toolCall
	finish    string // OpenAI's words: stop, length, tool_calls, content_filter
	tally     tally
}

type toolCall struct {
	id, name, arguments string
}

// tally counts tokens, which here are words.
type tally struct {
	prompt, cached, completion, reasoning int
}

func (t tally) total() int { return t.prompt + t.completion }

// respond decides what the model says. In this order: tool calls asked for,
// canned text, JSON, a directive in the last user text ("count <n>", "refuse"),
// the echo of a tool's result, the echo of the last user text.
func respond(c *call, p *prompt) *answer {
	a := &answer{finish: "stop"}
	if a.calls = callTools(c, p); len(a.calls) > 0 {
		a.finish = "tool_calls"
	} else {
		a.text, a.refusal = speak(p)
	}
	if p.model.Reasoning && p.thinking != thinkOff {
		a.reasoning = "The user says something; I answer."
	}
	a.stopAt(p.stops)
	a.cutTo(p.limit)
	a.count(p)
	return a
}

func speak(p *prompt) (text, refusal string) {
	last := p.last("user")
	directive, rest, _ := strings.Cut(last.text, " ")
	answered := p.messages[len(p.messages)-1].role == "tool"
	switch n, err := strconv.Atoi(rest); {
	case p.model.Reply != "":
		return p.model.Reply, ""
	case p.format.schema != nil:
		return instance(p.format.schema), ""
	case p.format.object:
		return encodeText(map[string]string{"echo": last.text}), ""
	case answered:
		result := p.messages[len(p.messages)-1]
		return "echo: " + result.text, ""
	case directive == "refuse":
		const sorry = "I'm sorry, but I can't help with that."
		if p.plain {
			return sorry, ""
		}
		return "", sorry
	case directive == "count" && err == nil && n > 0:
		return numbers(min(n, 1_000_000)), ""
	}
	return "echo: " + last.text, ""
}

func numbers(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(i))
	}
	return b.String()
}

// callTools calls what the last user text says, one line a call: "call <tool>
// {json}". A tool that must be called and is not named there is called with the
// smallest arguments its schema allows. Once results have come no tool is
// called again, or a loop of calls would never end.
func callTools(c *call, p *prompt) []toolCall {
	if len(p.tools) == 0 || p.choice.none || p.messages[len(p.messages)-1].role == "tool" {
		return nil
	}
	var calls []toolCall
	add := func(name, arguments string) {
		id := "call_" + strconv.FormatInt(c.id, 10) + "_" + strconv.Itoa(len(calls))
		calls = append(calls, toolCall{id: id, name: name, arguments: arguments})
	}
	last := p.last("user")
	for line := range strings.Lines(last.text) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "call ")
		name, arguments, _ := strings.Cut(rest, " ")
		wanted := p.choice.name == "" || p.choice.name == name
		if ok && wanted && slices.ContainsFunc(p.tools, func(t tool) bool { return t.name == name }) {
			add(name, orElse(strings.TrimSpace(arguments), "{}"))
		}
	}
	if len(calls) == 0 && (p.choice.required || p.choice.name != "") {
		t := p.tools[max(0, slices.IndexFunc(p.tools, func(t tool) bool { return t.name == p.choice.name }))]
		add(t.name, instance(t.schema))
	}
	if !p.parallel && len(calls) > 1 {
		calls = calls[:1]
	}
	return calls
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// stopAt ends the text before the first stop sequence in it.
func (a *answer) stopAt(stops []string) {
	for _, s := range stops {
		if i := strings.Index(a.text, s); i >= 0 && s != "" {
			a.text = a.text[:i]
		}
	}
}

// cutTo ends the text after limit tokens, reasoning included.
func (a *answer) cutTo(limit int) {
	if limit <= 0 || len(a.calls) > 0 {
		return
	}
	left := limit - len(strings.Fields(a.reasoning))
	var kept strings.Builder
	for token := range tokens(a.text) {
		if left <= 0 {
			a.text, a.finish = kept.String(), "length"
			return
		}
		kept.WriteString(token)
		left--
	}
}

func (a *answer) count(p *prompt) {
	a.tally = tally{prompt: p.tokens(), cached: p.cached(), reasoning: len(strings.Fields(a.reasoning))}
	for range tokens(a.text + a.refusal) {
		a.tally.completion++
	}
	for _, t := range a.calls {
		a.tally.completion += 1 + len(strings.Fields(t.arguments))
	}
	a.tally.completion = a.tally.completion*p.n + a.tally.reasoning
}
