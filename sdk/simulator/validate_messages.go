package simulator

import (
	"fmt"
	"slices"
	"strings"
)

func (v *validator) messages() *apiError {
	if !v.req.has("messages") {
		return invalid("messages", "Missing required parameter: 'messages'.")
	}
	list, ok := v.req.list("messages")
	if !ok {
		return invalid("messages", "Invalid type for 'messages': expected an array of objects.")
	}
	if len(list) == 0 {
		return invalid("messages", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	open := map[string]bool{} // tool calls not answered yet
	for i, item := range list {
		at := fmt.Sprintf("messages[%d]", i)
		m, ok := asObject(item)
		if !ok {
			return invalid(at, fmt.Sprintf("Invalid type for '%s': expected an object.", at))
		}
		if e := v.message(at, m, open); e != nil {
			return e
		}
	}
	return v.unanswered(open, fmt.Sprintf("messages[%d]", len(list)-1))
}

func (v *validator) message(at string, m object, open map[string]bool) *apiError {
	role, _ := m.str("role")
	if !slices.Contains(v.rules.roles, role) {
		return invalid(at+".role", fmt.Sprintf("Invalid value: '%v'. Supported values are: %s.", m["role"], quoted(v.rules.roles)))
	}
	if v.rules.nameRefused && m.has("name") {
		// Groq docs: messages[].name is refused with 400.
		return invalid(at+".name", fmt.Sprintf("'%s' : property 'name' is unsupported", strings.NewReplacer("[", ".", "]", "").Replace(at)))
	}
	if role != "tool" {
		if e := v.unanswered(open, at); e != nil {
			return e
		}
	}
	t, e := v.content(at, role, m)
	if e != nil {
		return e
	}
	switch role {
	case "assistant":
		e = v.toolCalls(at, m, open)
	case "tool":
		e = v.toolResult(at, m, open)
	}
	v.out.messages = append(v.out.messages, t)
	return e
}

// unanswered: OpenAI refuses to go on before every tool call has its result.
func (v *validator) unanswered(open map[string]bool, at string) *apiError {
	if !v.rules.tidyTools {
		clear(open)
		return nil
	}
	for id, waiting := range open {
		if waiting {
			return invalid(at, "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: "+id)
		}
	}
	clear(open)
	return nil
}

func (v *validator) content(at, role string, m object) (turn, *apiError) {
	t := turn{role: role}
	switch c := m["content"].(type) {
	case string:
		t.text = c
	case nil:
		if role == "assistant" && (m.has("tool_calls") || m.has("function_call") || m.has("refusal") || m.has("audio")) {
			return t, nil
		}
		return t, invalid(at+".content", fmt.Sprintf("Invalid value for 'content': expected a string, got null. (%s)", at))
	case []any:
		if len(c) == 0 {
			return t, invalid(at+".content", fmt.Sprintf("Invalid '%s.content': empty array.", at))
		}
		for i, item := range c {
			part, ok := asObject(item)
			if !ok {
				return t, invalid(at+".content", fmt.Sprintf("Invalid type for '%s.content[%d]': expected an object.", at, i))
			}
			if e := v.part(fmt.Sprintf("%s.content[%d]", at, i), role, part, &t); e != nil {
				return t, e
			}
		}
	default:
		return t, invalid(at+".content", fmt.Sprintf("Invalid type for '%s.content': expected a string or an array of objects.", at))
	}
	return t, nil
}

func (v *validator) part(at, role string, part object, t *turn) *apiError {
	kind, _ := part.str("type")
	if !slices.Contains(v.rules.parts, kind) {
		return invalid(at+".type", fmt.Sprintf("Invalid value: '%v'. Supported values are: %s.", part["type"], quoted(v.rules.parts)))
	}
	switch kind {
	case "text", "refusal":
		text, ok := part.str(kind)
		if !ok {
			return invalid(at+"."+kind, fmt.Sprintf("Missing required parameter: '%s.%s'.", at, kind))
		}
		t.text = strings.TrimPrefix(t.text+"\n"+text, "\n")
		return nil
	case "image_url":
		return v.image(at, role, part, t)
	default: // audio, files, video, documents: an object of their own name
		if body, ok := part.obj(kind); !ok || len(body) == 0 {
			return invalid(at+"."+kind, fmt.Sprintf("Missing required parameter: '%s.%s'.", at, kind))
		}
		t.text = strings.TrimPrefix(t.text+"\n["+kind+"]", "\n")
		return nil
	}
}

func (v *validator) image(at, role string, part object, t *turn) *apiError {
	image, _ := part.obj("image_url")
	url, _ := image.str("url")
	kind, data, isData := strings.Cut(strings.TrimPrefix(url, "data:"), ";base64,")
	switch {
	case role == "system" || role == "developer":
		return invalid(at, fmt.Sprintf("Image URLs are only allowed for messages with role 'user', but %s has role '%s'.", at, role))
	case url == "":
		return invalid(at+".image_url.url", fmt.Sprintf("Missing required parameter: '%s.image_url.url'.", at))
	case strings.HasPrefix(url, "data:"):
		if !isData || !strings.HasPrefix(kind, "image/") || data == "" {
			return invalid(at+".image_url.url", "Invalid base64 image_url.")
		}
	case !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://"):
		return invalid(at+".image_url.url", "Invalid image URL: it must be a http(s) URL or a base64-encoded data URL.")
	}
	t.images++
	t.text = strings.TrimPrefix(t.text+"\n[image]", "\n")
	return nil
}

func (v *validator) toolCalls(at string, m object, open map[string]bool) *apiError {
	if !m.has("tool_calls") {
		return nil
	}
	calls, ok := m.list("tool_calls")
	if !ok || len(calls) == 0 {
		return invalid(at+".tool_calls", fmt.Sprintf("Invalid '%s.tool_calls': expected a non-empty array.", at))
	}
	for i, item := range calls {
		call, _ := asObject(item)
		id, _ := call.str("id")
		kind, _ := call.str("type")
		function, _ := call.obj("function")
		name, _ := function.str("name")
		_, isText := function.str("arguments")
		if id == "" || kind != "function" || name == "" || !isText {
			return invalid(fmt.Sprintf("%s.tool_calls[%d]", at, i), fmt.Sprintf("Invalid '%s.tool_calls[%d]': it needs an id, type 'function', and a function with a name and arguments as a string.", at, i))
		}
		open[id] = true
	}
	return nil
}

// toolResult: a result must answer a call of the assistant message before it.
func (v *validator) toolResult(at string, m object, open map[string]bool) *apiError {
	id, _ := m.str("tool_call_id")
	if id == "" {
		return invalid(at+".tool_call_id", fmt.Sprintf("Missing required parameter: '%s.tool_call_id'.", at))
	}
	if _, known := open[id]; !known {
		return invalid(at, "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.") //nolint:misspell // OpenAI spells it so
	}
	open[id] = false
	return nil
}
