package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// tools: OpenAI and Groq allow up to 128.
func (v *validator) tools() *apiError {
	v.out.parallel = true
	if parallel, ok := v.req["parallel_tool_calls"].(bool); ok {
		v.out.parallel = parallel
	}
	if !v.req.has("tools") {
		if v.rules.tidyTools && v.req.has("parallel_tool_calls") {
			return invalid("parallel_tool_calls", "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.")
		}
		return nil
	}
	list, ok := v.req.list("tools")
	switch {
	case !ok:
		return invalid("tools", "Invalid type for 'tools': expected an array of objects.")
	case len(list) == 0 && v.rules.tidyTools:
		return invalid("tools", "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	case len(list) > 128:
		return invalid("tools", fmt.Sprintf("Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length %d instead.", len(list)))
	}
	for i, item := range list {
		at := fmt.Sprintf("tools[%d]", i)
		entry, _ := asObject(item)
		if kind, _ := entry.str("type"); kind != "function" {
			return invalid(at+".type", fmt.Sprintf("Invalid value: '%v'. Supported values are: 'function'.", entry["type"]))
		}
		function, _ := entry.obj("function")
		name, _ := function.str("name")
		if !validName(name) {
			return invalid(at+".function.name", fmt.Sprintf("Invalid '%s.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]{1,64}$'.", at))
		}
		if _, ok := function.obj("parameters"); function.has("parameters") && !ok {
			return invalid(at+".function.parameters", fmt.Sprintf("Invalid type for '%s.function.parameters': expected an object.", at))
		}
		if v.rules.strictSchema && function.is("strict") {
			if why := openSchema(function["parameters"], "()", 0); why != "" {
				return invalid(at+".function.parameters", fmt.Sprintf("Invalid schema for function '%s': %s", name, why))
			}
		}
		v.out.tools = append(v.out.tools, tool{name: name, schema: function["parameters"]})
	}
	return nil
}

// validName is ^[a-zA-Z0-9_-]{1,64}$, OpenAI's rule for tools and schemas.
func validName(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	return s != "" && len(s) <= 64 && strings.Trim(s, letters) == ""
}

func (v *validator) toolChoice() *apiError {
	if !v.req.has("tool_choice") {
		return nil
	}
	refuse := invalid("tool_choice", fmt.Sprintf("Invalid value: '%v'. Supported values are: 'none', 'auto', 'required' and a named function.", v.req["tool_choice"]))
	switch choice := v.req["tool_choice"].(type) {
	case string:
		if !slices.Contains([]string{"none", "auto", "required"}, choice) {
			return refuse
		}
		v.out.choice = toolChoice{none: choice == "none", required: choice == "required"}
		if choice == "none" && !v.rules.tidyTools {
			return nil
		}
	case map[string]any:
		function, _ := object(choice).obj("function")
		name, _ := function.str("name")
		if choice["type"] != "function" || name == "" {
			return refuse
		}
		if !slices.ContainsFunc(v.out.tools, func(t tool) bool { return t.name == name }) {
			return invalid("tool_choice", fmt.Sprintf("Tool choice '%s' not found in 'tools' parameter.", name))
		}
		v.out.choice = toolChoice{name: name}
	default:
		return refuse
	}
	if len(v.out.tools) == 0 && (v.rules.tidyTools || v.out.choice.required) {
		return invalid("tool_choice", "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.")
	}
	return nil
}
