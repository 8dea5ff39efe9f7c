package googleai

import (
	"cmp"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// callIndex finds the call that a tool's result answers: the latest with its id.
type callIndex struct {
	byID  map[string]earlierCall
	count int
}

type earlierCall struct {
	name  string
	place int // among all calls of the conversation
}

func (c *callIndex) add(id, name string) {
	c.byID[id] = earlierCall{name: name, place: c.count}
	c.count++
}

// callParts are the tool calls of an earlier turn.
func (m *mapping) callParts(path string, msg *sdk.Message, calls *callIndex) []part {
	var out []part
	for i := range msg.ToolCalls {
		call, at := &msg.ToolCalls[i], below(path, "tool_calls", i)
		if call.Type != sdk.ToolFunction && call.Type != "" {
			m.fail(sdk.KindUnsupported, at+".type", "Gemini knows calls of functions only")
			return nil
		}
		calls.add(call.ID, call.Function.Name)
		out = append(out, part{
			FunctionCall:     &functionCall{ID: call.ID, Name: call.Function.Name, Args: m.arguments(at, call.Function.Arguments)},
			ThoughtSignature: m.signature(at, call.Extra),
		})
		m.unknown(at, call.Extra, "extra_content")
		m.unknown(at+".function", call.Function.Extra)
	}
	if raw, ok := msg.Extra["function_call"]; ok && raw.Kind() == jsontext.KindBeginObject {
		name := gjson.GetBytes(raw, "name").String()
		calls.add(name, name)
		args := m.arguments(path+".function_call", gjson.GetBytes(raw, "arguments").String())
		out = append(out, part{FunctionCall: &functionCall{Name: name, Args: args}})
	}
	return out
}

// arguments are an object for Gemini. What a model wrote that is none goes back as it was, wrapped.
func (m *mapping) arguments(path, text string) jsontext.Value {
	raw := jsontext.Value(text)
	switch {
	case text == "":
		return jsontext.Value("{}")
	case isObject(raw) && json.Valid(raw):
		return raw
	}
	m.note(path+".function.arguments", "not a JSON object; sent as {\"arguments\": ...}")
	return wrapped("arguments", text)
}

// resultParts is the answer to a call. Gemini wants the function's name, which the caller's message does not
// have, and an object.
func (m *mapping) resultParts(path string, msg *sdk.Message, calls *callIndex) []part {
	id, name := msg.ToolCallID, msg.Name
	call, known := calls.byID[cmp.Or(id, name)]
	if known {
		name = call.name
	}
	if name == "" {
		m.fail(sdk.KindBadRequest, path+".tool_call_id", "answers no tool call of an earlier assistant message")
		return nil
	}
	var texts []sdk.Part
	var media []part
	for i, p := range msg.Content.Parts() {
		if p.Type == sdk.PartText {
			m.unknown(below(path, "content", i), p.Extra)
			texts = append(texts, p)
		} else if one, ok := m.part(below(path, "content", i), &p); ok {
			media = append(media, one)
		}
	}
	answer := part{FunctionResponse: &functionResponse{ID: id, Name: name, Response: result(joined(texts)), place: call.place}}
	return append([]part{answer}, media...)
}

// result is a tool's answer as an object: as it is, or wrapped.
func result(text string) jsontext.Value {
	raw := jsontext.Value(text)
	switch {
	case isObject(raw) && json.Valid(raw):
		return raw
	case json.Valid(raw):
		return jsontext.Value(`{"output":` + text + `}`)
	default:
		return wrapped("output", text)
	}
}

func wrapped(name, text string) jsontext.Value {
	quoted, err := json.Marshal(map[string]string{name: text})
	if err != nil {
		return jsontext.Value("{}") // strings always encode
	}
	return quoted
}
