package googleai

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/aio-llm/aio/sdk"
)

// messages maps the conversation: system and developer messages become the system instruction, assistant
// speaks as "model", tools answer as the user. Neighbours of one role become one content, since Gemini wants
// the roles to alternate and all results of parallel calls together.
func (m *mapping) messages() {
	var system []part
	calls := &callIndex{byID: map[string]earlierCall{}}
	for i := range m.req.Messages {
		msg, path := &m.req.Messages[i], below("messages", i)
		m.leftovers(path, msg)
		switch msg.Role {
		case sdk.RoleSystem, sdk.RoleDeveloper:
			system = append(system, m.systemParts(path, msg)...)
		case sdk.RoleUser:
			m.say(roleUser, m.userParts(path, msg)...)
		case sdk.RoleAssistant:
			m.say(roleModel, m.assistantParts(path, msg, calls)...)
		case sdk.RoleTool, sdk.RoleFunction:
			m.say(roleUser, m.resultParts(path, msg, calls)...)
		default:
			m.fail(sdk.KindBadRequest, path+".role", "want system, developer, user, assistant or tool, got "+strconv.Quote(string(msg.Role)))
		}
		if m.err != nil {
			return
		}
	}
	switch {
	case len(m.out.Contents) == 0 && len(system) > 0:
		m.say(roleUser, system...) // Gemini wants at least one content
	case len(m.out.Contents) == 0:
		m.fail(sdk.KindBadRequest, "messages", "there is nothing to answer")
	case len(system) > 0:
		m.out.SystemInstruction = &content{Parts: system}
	}
	m.sign()
	for _, c := range m.out.Contents {
		orderResults(c.Parts)
	}
}

// say adds parts to the conversation.
func (m *mapping) say(role string, parts ...part) {
	if len(parts) == 0 {
		return
	}
	last := len(m.out.Contents) - 1
	if last >= 0 && m.out.Contents[last].Role == role {
		m.out.Contents[last].Parts = append(m.out.Contents[last].Parts, parts...)
		return
	}
	m.out.Contents = append(m.out.Contents, content{Role: role, Parts: parts})
}

// leftovers reports the members of a message that have no place in a content.
func (m *mapping) leftovers(path string, msg *sdk.Message) {
	if msg.Name != "" && msg.Role != sdk.RoleTool && msg.Role != sdk.RoleFunction {
		m.drop(path+".name", "Gemini does not tell speakers apart by name")
	}
	for _, other := range []struct {
		name string
		raw  jsontext.Value
	}{{"reasoning_details", msg.ReasoningDetails}, {"annotations", msg.Annotations}} {
		if other.raw != nil && other.raw.Kind() != jsontext.KindNull {
			m.note(below(path, other.name), "another provider's form")
		}
	}
	if msg.Role != sdk.RoleAssistant {
		m.misplaced(path, msg)
	}
	m.unknown(path, msg.Extra, "extra_content", "function_call")
}

// misplaced reports what only an assistant says.
func (m *mapping) misplaced(path string, msg *sdk.Message) {
	for _, member := range []struct {
		name  string
		there bool
	}{
		{"tool_calls", len(msg.ToolCalls) > 0},
		{"reasoning", msg.Thinking() != ""},
		{"refusal", msg.Refusal != ""},
		{"images", len(msg.Images) > 0},
		{"audio", msg.Audio != nil},
	} {
		if member.there {
			m.drop(below(path, member.name), "only an assistant message has it")
		}
	}
}

func (m *mapping) systemParts(path string, msg *sdk.Message) []part {
	var out []part
	for i, p := range msg.Content.Parts() {
		if p.Type != sdk.PartText {
			m.fail(sdk.KindUnsupported, below(path, "content", i), "a system instruction is text only; put this into a user message")
			return nil
		}
		m.unknown(below(path, "content", i), p.Extra)
		if p.Text != "" {
			out = append(out, textPart(p.Text))
		}
	}
	return out
}

func (m *mapping) userParts(path string, msg *sdk.Message) []part {
	var out []part
	for i, p := range msg.Content.Parts() {
		if one, ok := m.part(below(path, "content", i), &p); ok {
			out = append(out, one)
		}
	}
	return out
}

// assistantParts is an earlier turn of the model: its thoughts, what it said, what it called.
func (m *mapping) assistantParts(path string, msg *sdk.Message, calls *callIndex) []part {
	var out []part
	if thoughts := msg.Thinking(); thoughts != "" {
		p := textPart(thoughts)
		p.Thought = true
		out = append(out, p)
	}
	first := len(out)
	for _, p := range m.userParts(path, msg) {
		if p.Text == nil || *p.Text != "" {
			out = append(out, p)
		}
	}
	if msg.Refusal != "" {
		out = append(out, textPart(msg.Refusal))
	}
	for i := range msg.Images {
		if p, ok := m.part(below(path, "images", i), &msg.Images[i]); ok {
			out = append(out, p)
		}
	}
	if msg.Audio != nil {
		m.drop(path+".audio", "Gemini keeps no audio of earlier turns")
	}
	if signature := m.signature(path, msg.Extra); signature != "" {
		if len(out) == first {
			out = append(out, textPart(""))
		}
		out[len(out)-1].ThoughtSignature = signature
	}
	return append(out, m.callParts(path, msg, calls)...)
}

// orderResults puts the results of parallel calls into the order of the calls: without ids Gemini tells them
// apart by it.
func orderResults(parts []part) {
	for len(parts) > 0 {
		n := slices.IndexFunc(parts, func(p part) bool { return p.FunctionResponse == nil })
		if n < 0 {
			n = len(parts)
		}
		slices.SortStableFunc(parts[:n], func(a, b part) int {
			return cmp.Compare(a.FunctionResponse.place, b.FunctionResponse.place)
		})
		parts = parts[min(n+1, len(parts)):]
	}
}

func joined(parts []sdk.Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}
