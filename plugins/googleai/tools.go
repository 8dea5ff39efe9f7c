package googleai

import (
	"github.com/tidwall/gjson"
	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// tools maps the functions the model may call. Their parameters go as JSON Schema, as they were written.
func (m *mapping) tools() {
	var functions []*genai.FunctionDeclaration
	for i := range m.req.Tools {
		t, path := &m.req.Tools[i], below("tools", i)
		if t.Type != sdk.ToolFunction || t.Function == nil {
			m.drop(path, "is no function; Gemini's own tools go into google.tools")
			continue
		}
		declaration := &genai.FunctionDeclaration{Name: t.Function.Name, Description: t.Function.Description}
		if len(t.Function.Parameters) > 0 && string(t.Function.Parameters) != "null" {
			declaration.ParametersJsonSchema = t.Function.Parameters
		}
		if t.Function.Strict != nil && *t.Function.Strict {
			m.note(path+".function.strict", `Gemini checks calls against their schema only in mode VALIDATED: {"google":{"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}}}}`)
		}
		m.unknown(path, t.Extra)
		m.unknown(path+".function", t.Function.Extra)
		functions = append(functions, declaration)
	}
	if len(functions) > 0 {
		m.out.Tools = []*genai.Tool{{FunctionDeclarations: functions}}
	}
	if p := m.req.ParallelToolCalls; p != nil && !*p && len(functions) > 0 {
		m.drop("parallel_tool_calls", "Gemini decides itself how many calls it makes at a time")
	}
}

// toolChoice maps whether and what must be called.
func (m *mapping) toolChoice() {
	choice := m.req.ToolChoice
	if choice.IsZero() {
		return
	}
	if len(m.out.Tools) == 0 {
		if choice.Mode != "auto" && choice.Mode != "none" {
			m.drop("tool_choice", "there are no functions to call")
		}
		return
	}
	config := &genai.FunctionCallingConfig{}
	switch choice.Mode {
	case "auto":
		config.Mode = genai.FunctionCallingConfigModeAuto
	case "none":
		config.Mode = genai.FunctionCallingConfigModeNone
	case "required", "any":
		config.Mode = genai.FunctionCallingConfigModeAny
	default:
		config.Mode, config.AllowedFunctionNames = genai.FunctionCallingConfigModeAny, allowed(choice)
		if len(config.AllowedFunctionNames) == 0 {
			m.drop("tool_choice", "want auto, none, required, a function, or allowed_tools that are required")
			return
		}
	}
	m.out.ToolConfig = &genai.ToolConfig{FunctionCallingConfig: config}
}

// allowed are the functions one of which must be called.
func allowed(choice sdk.ToolChoice) []string {
	if name := choice.FunctionName(); name != "" {
		return []string{name}
	}
	set := gjson.GetBytes(choice.Raw, "allowed_tools")
	if set.Get("mode").Str != "required" {
		return nil
	}
	var names []string
	for _, name := range set.Get("tools.#.function.name").Array() {
		names = append(names, name.String())
	}
	return names
}
