package sdk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agext/levenshtein"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Check checks a settings object against the schema and fills in the defaults. All problems are told at
// once, each with its path; a null counts as absent. No value of a setting is part of a message, so that
// sensitive ones cannot show. Nil settings are an empty object.
func (s Schema) Check(settings []byte) (Settings, *SettingsError) {
	given := map[string]jsontext.Value{}
	if len(settings) > 0 {
		if err := json.Unmarshal(settings, &given); err != nil {
			return nil, BadSetting(nil, "not a JSON object")
		}
	}
	c := check{}
	for _, setting := range s {
		c.setting(setting, given)
	}
	for _, name := range slices.Sorted(keysOf(given)) {
		if !slices.ContainsFunc(s, func(a Setting) bool { return a.Name == name }) {
			c.failf([]string{name}, "unknown setting%s", s.suggest(name))
		}
	}
	if len(c.problems) > 0 {
		return nil, &SettingsError{Problems: c.problems}
	}
	out, err := json.Marshal(given, json.Deterministic(true))
	if err != nil {
		return nil, BadSetting(nil, "a default of the plugin is no JSON: %v", err)
	}
	return out, nil
}

func keysOf(m map[string]jsontext.Value) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range m {
			if !yield(name) {
				return
			}
		}
	}
}

type check struct{ problems []SettingProblem }

func (c *check) failf(path []string, format string, args ...any) {
	c.problems = append(c.problems, SettingProblem{Path: path, Message: fmt.Sprintf(format, args...)})
}

// setting checks one setting of the schema and puts its default into given.
func (c *check) setting(s Setting, given map[string]jsontext.Value) {
	v, ok := given[s.Name]
	if ok && v.Kind() != 'n' {
		c.value(s, v)
		return
	}
	delete(given, s.Name)
	switch {
	case s.Default != nil:
		raw, err := json.Marshal(s.Default)
		if err != nil {
			c.failf([]string{s.Name}, "its default is no JSON")
			return
		}
		given[s.Name] = raw
	case s.Required:
		c.failf([]string{s.Name}, "missing, and required%s", parenthesised(s.Doc))
	}
}

func parenthesised(doc string) string {
	if doc == "" {
		return ""
	}
	return " (" + doc + ")"
}

func (c *check) value(s Setting, v jsontext.Value) {
	path := []string{s.Name}
	wrong := func(wants string) { c.failf(path, "wants %s, not %s", wants, valueKind(v)) }
	switch s.Type {
	case String, Duration:
		var text string
		switch {
		case v.Kind() != '"':
			wrong(wantsOf(s.Type))
		case json.Unmarshal(v, &text) != nil:
			c.failf(path, "is no valid text")
		case s.Type == Duration:
			if _, err := time.ParseDuration(text); err != nil {
				c.failf(path, "is no duration; write it with units, such as \"1m30s\"")
			}
		case len(s.Values) > 0 && !slices.Contains(s.Values, text):
			c.failf(path, "wants one of %s%s", strings.Join(quoteAll(s.Values), ", "), didYouMean(text, s.Values))
		}
	case Number:
		if v.Kind() != '0' {
			wrong("a number")
		}
	case Bool:
		if v.Kind() != 't' && v.Kind() != 'f' {
			wrong("true or false")
		}
	case StringList:
		var items []jsontext.Value
		if v.Kind() != '[' || json.Unmarshal(v, &items) != nil {
			wrong("a list of texts")
			return
		}
		for i, item := range items {
			c.text(append(path, strconv.Itoa(i)), item)
		}
	case StringMap:
		var items map[string]jsontext.Value
		if v.Kind() != '{' || json.Unmarshal(v, &items) != nil {
			wrong("an object of texts")
			return
		}
		for _, name := range slices.Sorted(keysOf(items)) {
			c.text(append(path, name), items[name])
		}
	}
}

func (c *check) text(path []string, v jsontext.Value) {
	if v.Kind() != '"' {
		c.failf(slices.Clone(path), "wants a text, not %s", valueKind(v))
	}
}

func wantsOf(t SettingType) string {
	if t == Duration {
		return "a duration in quotes, such as \"1m30s\""
	}
	return "a text"
}

func valueKind(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		return "a text"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	case '[':
		return "a list"
	case '{':
		return "an object"
	default:
		return "null"
	}
}

func quoteAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = strconv.Quote(t)
	}
	return out
}

func (s Schema) suggest(name string) string {
	names := make([]string, len(s))
	for i, setting := range s {
		names[i] = setting.Name
	}
	if near := didYouMean(name, names); near != "" {
		return near
	}
	if len(names) == 0 {
		return "; this plugin has no settings"
	}
	return "; known are " + strings.Join(names, ", ")
}

// didYouMean names the known name that is nearest to given, or nothing when none is near.
func didYouMean(given string, known []string) string {
	if len(given) > 128 {
		return ""
	}
	best, bestDistance := "", len(given)/3+2
	for _, name := range known {
		if d := levenshtein.Distance(given, name, nil); d < bestDistance && d < len(name) {
			best, bestDistance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
