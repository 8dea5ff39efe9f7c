package sdk

import (
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
)

// ToolFunction is the type of function tools and of calls to them.
const ToolFunction = "function"

// Tool is something the model may call. Tools other than functions keep their
// members in Extra.
type Tool struct {
	Type     string        `json:"type"`
	Function *FunctionSpec `json:"function,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// FunctionSpec describes a function to the model.
type FunctionSpec struct {
	Name        string         `json:"name"`
	Description string         `json:"description,omitzero"`
	Parameters  jsontext.Value `json:"parameters,omitzero"` // JSON Schema, raw: order matters to models
	Strict      *bool          `json:"strict,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// FunctionTool returns a function tool. The schema of its parameters may be JSON
// text (jsontext.Value, json.RawMessage, []byte, string), any Go value that
// marshals to JSON, or nil for none. What cannot be JSON is reported by
// [ChatRequest.Validate].
func FunctionTool(name, description string, schema any) Tool {
	return Tool{Type: ToolFunction, Function: &FunctionSpec{
		Name: name, Description: description, Parameters: rawJSON(schema),
	}}
}

// rawJSON returns v as JSON text. The text of a failed marshal is not JSON on
// purpose: constructors return no error, so validating or encoding finds it.
func rawJSON(v any) jsontext.Value {
	switch v := v.(type) {
	case nil:
		return nil
	case jsontext.Value:
		return v
	case json.RawMessage:
		return jsontext.Value(v)
	case []byte:
		return jsontext.Value(v)
	case string:
		return jsontext.Value(v)
	}
	b, err := jsonv2.Marshal(v, jsonv2.Deterministic(true))
	if err != nil {
		return jsontext.Value("not JSON: " + err.Error())
	}
	return b
}

// ToolCall is a call the model makes. In stream deltas Index says which call a
// piece belongs to.
type ToolCall struct {
	Index    *int         `json:"index,omitzero"`
	ID       string       `json:"id,omitzero"`
	Type     string       `json:"type,omitzero"`
	Function FunctionCall `json:"function,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// FunctionCall names the function and its arguments: JSON text as the model
// wrote it, which may be broken, or a piece of it in a delta. Some upstreams
// reply with an object instead; it is kept as its text.
type FunctionCall struct {
	Name      string `json:"name,omitzero"`
	Arguments string `json:"arguments"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// ToolChoice says whether and what the model must call: a mode, or any other
// form as raw JSON. The zero value is not sent.
type ToolChoice struct {
	Mode string         // auto, none, required, any; empty when Raw is set
	Raw  jsontext.Value // everything that is not a string
}

// ToolChoiceMode returns a choice by mode: "auto", "none" or "required".
func ToolChoiceMode(mode string) ToolChoice { return ToolChoice{Mode: mode} }

// ToolChoiceFunction makes the model call the function of that name.
func ToolChoiceFunction(name string) ToolChoice {
	type named struct {
		Name string `json:"name"`
	}
	return ToolChoice{Raw: rawJSON(struct {
		Type     string `json:"type"`
		Function named  `json:"function"`
	}{ToolFunction, named{name}})}
}

// FunctionName returns the function that must be called, if one is named.
func (t ToolChoice) FunctionName() string { return gjson.GetBytes(t.Raw, "function.name").String() }

// IsZero reports whether nothing was chosen.
func (t ToolChoice) IsZero() bool { return t.Mode == "" && t.Raw == nil }
