package googleai

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// google reads the members that are for Gemini alone: "google", merged into the body as it is, and the part
// of "extra_body" that Google's OpenAI-compatible API documents.
func (m *mapping) google() {
	if raw, ok := m.req.Extra["google"]; ok && raw.Kind() != jsontext.KindNull {
		if raw.Kind() != jsontext.KindBeginObject {
			m.fail(sdk.KindBadRequest, "google", "want an object of members of generateContent")
			return
		}
		m.extras = append(m.extras, raw)
	}
	raw, ok := m.req.Extra["extra_body"]
	if !ok || raw.Kind() == jsontext.KindNull {
		return
	}
	gjson.ParseBytes(raw).ForEach(func(name, value gjson.Result) bool {
		if name.Str != "google" || !value.IsObject() {
			m.drop("extra_body."+name.Str, "only extra_body.google has a meaning here")
			return true
		}
		value.ForEach(func(name, value gjson.Result) bool {
			switch name.Str {
			case "thinking_config":
				m.extras = append(m.extras, jsontext.Value(`{"generationConfig":{"thinkingConfig":`+value.Raw+`}}`))
			case "cached_content":
				m.extras = append(m.extras, jsontext.Value(`{"cachedContent":`+value.Raw+`}`))
			default:
				m.drop("extra_body.google."+name.Str, "only thinking_config and cached_content are understood; put members of generateContent into google")
			}
			return true
		})
		return true
	})
}

// What is deeper replaces: generationConfig.thinkingConfig is as deep as members of their own go.
const maxMerge = 2

// merge puts the members of an object into another: objects are merged, tools are added, anything else is
// replaced. A snake_case name is taken for the camelCase one, as the API itself does.
func merge(into map[string]json.RawMessage, raw []byte, depth int) error {
	var from map[string]json.RawMessage
	if err := json.Unmarshal(raw, &from); err != nil {
		return errors.New("not an object")
	}
	for _, given := range slices.Sorted(maps.Keys(from)) {
		name, value := camel(given), from[given]
		if depth == 0 && (name == "contents" || name == "model") {
			return errors.New(name + " comes from the request itself")
		}
		joined, err := join(name, into[name], value, depth)
		if err != nil {
			return err
		}
		into[name] = joined
	}
	return nil
}

// join is the value of a member that may be there already.
func join(name string, have, more []byte, depth int) (json.RawMessage, error) {
	switch {
	case depth == 0 && name == "tools" && have != nil:
		var all, added []json.RawMessage
		if json.Unmarshal(have, &all) != nil || json.Unmarshal(more, &added) != nil {
			return nil, errors.New("tools is not a list")
		}
		return json.Marshal(append(all, added...))
	case depth < maxMerge && isObject(have) && isObject(more) && !strings.HasSuffix(name, "Schema"):
		inner := map[string]json.RawMessage{}
		if err := json.Unmarshal(have, &inner); err != nil {
			return nil, err
		}
		if err := merge(inner, more, depth+1); err != nil {
			return nil, err
		}
		return json.Marshal(inner)
	default:
		return more, nil
	}
}

func isObject(raw []byte) bool { return jsontext.Value(raw).Kind() == jsontext.KindBeginObject }

// camel is snake_case as the names of the JSON API are: thinking_budget is thinkingBudget.
func camel(name string) string {
	out := make([]byte, 0, len(name))
	up := false
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_' && i > 0:
			up = true
			continue
		case up && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		out = append(out, c)
	}
	return string(out)
}
