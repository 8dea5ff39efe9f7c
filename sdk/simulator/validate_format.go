package simulator

import (
	"fmt"
	"slices"
	"strings"
)

func (v *validator) format() *apiError {
	if !v.req.has("response_format") {
		return nil
	}
	f, ok := v.req.obj("response_format")
	if !ok {
		return invalid("response_format", "Invalid type for 'response_format': expected an object.")
	}
	kind, _ := f.str("type")
	if !slices.Contains(v.rules.formats, kind) {
		return invalid("response_format.type", fmt.Sprintf("Invalid value: '%v'. Supported values are: %s.", f["type"], quoted(v.rules.formats)))
	}
	switch kind {
	case "json_object":
		v.out.format.object = true
		return v.wordJSON()
	case "json_schema":
		return v.schema(f)
	}
	return nil
}

// wordJSON: OpenAI and Groq docs, json_object needs the word in the prompt, so
// that the model does not write white space for ever.
func (v *validator) wordJSON() *apiError {
	mentions := func(t turn) bool { return strings.Contains(strings.ToLower(t.text), "json") }
	if !v.rules.wordJSON || slices.ContainsFunc(v.out.messages, mentions) {
		return nil
	}
	return invalid("messages", "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
}

func (v *validator) schema(f object) *apiError {
	s, ok := f.obj("json_schema")
	if !ok {
		return invalid("response_format.json_schema", "Missing required parameter: 'response_format.json_schema'.")
	}
	name, _ := s.str("name")
	if !validName(name) {
		return invalid("response_format.json_schema.name", "Invalid 'response_format.json_schema.name': expected a string that matches the pattern '^[a-zA-Z0-9_-]{1,64}$'.")
	}
	schema, ok := s.obj("schema")
	if !ok && (s.has("schema") || s.is("strict")) {
		return invalid("response_format.json_schema.schema", "Missing required parameter: 'response_format.json_schema.schema'.")
	}
	if v.rules.strictSchema && s.is("strict") {
		if kind, _ := schema.str("type"); kind != "object" {
			return invalid("response_format", fmt.Sprintf("Invalid schema for response_format '%s': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"%v\"'.", name, schema["type"]))
		}
		if why := openSchema(map[string]any(schema), "()", 0); why != "" {
			return invalid("response_format", fmt.Sprintf("Invalid schema for response_format '%s': %s", name, why))
		}
	}
	if ok {
		v.out.format.schema = map[string]any(schema)
	} else {
		v.out.format.object = true
	}
	return nil
}

// openSchema says where a schema leaves something open. OpenAI and Groq docs:
// with strict every object sets additionalProperties to false and requires
// every property.
func openSchema(v any, at string, depth int) string {
	s, ok := asObject(v)
	if !ok || depth > 64 {
		return ""
	}
	properties, _ := s.obj("properties")
	if kind, _ := s.str("type"); kind == "object" || properties != nil {
		if closed, ok := s["additionalProperties"].(bool); !ok || closed {
			return fmt.Sprintf("In context=%s, 'additionalProperties' is required to be supplied and to be false.", at)
		}
		required, _ := s.list("required")
		for _, name := range sortedKeys(properties) {
			if !slices.Contains(required, any(name)) {
				return fmt.Sprintf("In context=%s, 'required' is required to be supplied and to be an array including every key in properties. Missing '%s'.", at, name)
			}
			if why := openSchema(properties[name], fmt.Sprintf("('properties', '%s')", name), depth+1); why != "" {
				return why
			}
		}
	}
	for _, name := range []string{"items", "not"} {
		if why := openSchema(s[name], fmt.Sprintf("('%s')", name), depth+1); why != "" {
			return why
		}
	}
	for _, name := range []string{"anyOf", "oneOf", "allOf"} {
		list, _ := s.list(name)
		for i, item := range list {
			if why := openSchema(item, fmt.Sprintf("('%s', '%d')", name, i), depth+1); why != "" {
				return why
			}
		}
	}
	for _, name := range []string{"$defs", "definitions"} {
		defs, _ := s.obj(name)
		for _, key := range sortedKeys(defs) {
			if why := openSchema(defs[key], fmt.Sprintf("('%s', '%s')", name, key), depth+1); why != "" {
				return why
			}
		}
	}
	return ""
}

func sortedKeys(o object) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
