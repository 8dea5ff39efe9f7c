package simulator

import (
	"encoding/json"
	"strings"
)

// instance writes the smallest JSON value that a schema allows, as far as
// types, const, enum, default, references and the common bounds go.
func instance(schema any) string {
	root, _ := asObject(schema)
	g := generator{root: root}
	return encodeText(g.value(schema, 0))
}

type generator struct{ root object }

func (g generator) value(v any, depth int) any {
	s, ok := asObject(v)
	if !ok || depth > 32 {
		return map[string]any{}
	}
	if ref, ok := s.str("$ref"); ok {
		return g.value(g.resolve(ref), depth+1)
	}
	if c, ok := s["const"]; ok {
		return c
	}
	if values, _ := s.list("enum"); len(values) > 0 {
		return values[0]
	}
	if d, ok := s["default"]; ok {
		return d
	}
	for _, name := range []string{"anyOf", "oneOf", "allOf"} {
		if options, _ := s.list(name); len(options) > 0 {
			return g.value(options[0], depth+1)
		}
	}
	return g.typed(s, depth)
}

func (g generator) typed(s object, depth int) any {
	switch typeOf(s) {
	case "string":
		least, _ := s.integer("minLength")
		return "text" + strings.Repeat("x", min(max(least-4, 0), 1<<16))
	case "integer", "number":
		return g.number(s)
	case "boolean":
		return true
	case "null":
		return nil
	case "array":
		least, _ := s.integer("minItems")
		items := make([]any, min(max(least, 1), 100))
		for i := range items {
			items[i] = g.value(s["items"], depth+1)
		}
		return items
	}
	properties, _ := s.obj("properties")
	required, _ := s.list("required")
	out := map[string]any{}
	for _, r := range required {
		if name, ok := r.(string); ok {
			out[name] = g.value(properties[name], depth+1)
		}
	}
	return out
}

func (g generator) number(s object) any {
	for _, bound := range []struct {
		name string
		step float64
	}{{"minimum", 0}, {"exclusiveMinimum", 1}, {"maximum", 0}, {"exclusiveMaximum", -1}} {
		if f, ok := s.number(bound.name); ok {
			return f + bound.step
		}
	}
	return json.Number("1")
}

// typeOf names the schema's type, the first that is not null of several.
func typeOf(s object) string {
	if list, ok := s.list("type"); ok {
		for _, item := range list {
			if t, ok := item.(string); ok && t != "null" {
				return t
			}
		}
		return "null"
	}
	t, _ := s.str("type")
	if t == "" && s.has("items") {
		return "array"
	}
	return t
}

// resolve follows a reference inside the schema, such as "#/$defs/node".
func (g generator) resolve(ref string) any {
	var at any = map[string]any(g.root)
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	for _, token := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if token == "" {
			continue
		}
		o, _ := asObject(at)
		at = o[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
	}
	return at
}
