package sdk

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// SettingType is the type of one setting.
type SettingType string

// The setting types.
const (
	String     SettingType = "string"
	Number     SettingType = "number"
	Bool       SettingType = "bool"
	Duration   SettingType = "duration" // a string such as "1m30s"
	StringList SettingType = "list(string)"
	StringMap  SettingType = "map(string)"
	Any        SettingType = "any" // any JSON value
)

// Setting is one attribute of the settings block of a provider.
type Setting struct {
	Name     string
	Type     SettingType
	Required bool
	// Doc is one line for whoever writes the configuration.
	Doc string
	// Default is the value used when the attribute is absent; nil when there is none.
	Default any
	// Values are the allowed values of a String; nil allows any.
	Values []string
	// Sensitive values never show in diagnostics or logs.
	Sensitive bool
}

// Schema is what the settings block of a provider may hold, in the order it is documented.
type Schema []Setting

// Settings are the settings block of a provider as a JSON object that fits the plugin's Schema, defaults
// filled in.
type Settings []byte

// Decode stores the settings in v, a pointer to a struct with json tags. A value that does not fit is a
// *SettingsError.
func (s Settings) Decode(v any) error {
	raw := []byte(s)
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	if err := json.Unmarshal(raw, v); err != nil {
		problem := SettingProblem{Message: "does not fit: " + err.Error()}
		if se, ok := asSemantic(err); ok {
			problem.Path = pathOf(se.JSONPointer)
			problem.Message = fmt.Sprintf("wants a %v", se.GoType)
			if se.Err != nil {
				problem.Message = se.Err.Error()
			}
		}
		return &SettingsError{Problems: []SettingProblem{problem}}
	}
	return nil
}

// SettingsError says which settings a plugin refuses. The host points at them in the configuration file.
type SettingsError struct{ Problems []SettingProblem }

// SettingProblem is one refused setting.
type SettingProblem struct {
	// Path leads from the settings block to the value: attribute names and list indexes.
	Path []string
	// Message says what is wrong and what would be right, never the value of a sensitive setting.
	Message string
}

// BadSetting returns a SettingsError for the setting at path.
func BadSetting(path []string, format string, args ...any) *SettingsError {
	return &SettingsError{Problems: []SettingProblem{{Path: path, Message: fmt.Sprintf(format, args...)}}}
}

// Error implements error.
func (e *SettingsError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = strings.Join(append([]string{"settings"}, p.Path...), ".") + ": " + p.Message
	}
	return strings.Join(texts, "; ")
}

func asSemantic(err error) (*json.SemanticError, bool) {
	se, ok := err.(*json.SemanticError) //nolint:errorlint // Unmarshal returns it unwrapped
	return se, ok
}

func pathOf(p jsontext.Pointer) []string {
	var path []string
	for token := range p.Tokens() {
		path = append(path, token)
	}
	return path
}
