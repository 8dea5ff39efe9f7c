package sdk

import "github.com/go-json-experiment/json/jsontext"

// ResponseFormat asks for a form of reply: type "text", "json_object",
// "json_schema", or one only some providers know.
type ResponseFormat struct {
	Type       string        `json:"type"`
	JSONSchema *SchemaFormat `json:"json_schema,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// SchemaFormat names the JSON Schema a reply must follow.
type SchemaFormat struct {
	Name        string         `json:"name,omitzero"`
	Description string         `json:"description,omitzero"`
	Schema      jsontext.Value `json:"schema,omitzero"` // raw: order matters to models
	Strict      *bool          `json:"strict,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// JSONObject asks for a reply that is some JSON object.
func JSONObject() *ResponseFormat { return &ResponseFormat{Type: "json_object"} }

// JSONSchema asks for a reply that follows schema, which may be given as for
// [FunctionTool]. Strict asks the provider to enforce it.
func JSONSchema(name string, schema any, strict bool) *ResponseFormat {
	return &ResponseFormat{Type: "json_schema", JSONSchema: &SchemaFormat{
		Name: name, Schema: rawJSON(schema), Strict: &strict,
	}}
}

// Stop lists the texts that end a reply. One text may be written as a bare
// string: the form that was read is the form that is written.
type Stop struct {
	Sequences []string // nil: not sent
	Bare      bool     // written as a string; only with exactly one sequence
}

// StopAt returns the stop list of these texts.
func StopAt(sequences ...string) Stop { return Stop{Sequences: sequences} }

// IsZero reports whether there is no stop member.
func (s Stop) IsZero() bool { return s.Sequences == nil }
