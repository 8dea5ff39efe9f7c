package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/aio-llm/aio/sdk"
)

// schemaFormat reads the JSON Schema of an answer: a schema alone, or in an object with a name and strictness
// as chat requests have it.
func schemaFormat(path string) (*sdk.ResponseFormat, error) {
	data, err := readFile("schema", path)
	if err != nil {
		return nil, err
	}
	var schema map[string]any
	if err := json.Unmarshal(data, &schema); err != nil {
		return nil, misusef("It must hold one JSON object, a JSON Schema.", "--schema %s: %w", path, err)
	}
	if inner, ok := schema["schema"].(map[string]any); ok && schema["type"] == nil {
		var whole sdk.SchemaFormat
		if err := jsonv2.Unmarshal(data, &whole); err != nil {
			return nil, misusef(`It must hold a JSON Schema, or one as {"name": ..., "schema": ..., "strict": ...}.`, "--schema %s: %w", path, err)
		}
		whole.Name = cmp.Or(whole.Name, schemaName(path, inner))
		return &sdk.ResponseFormat{Type: "json_schema", JSONSchema: &whole}, nil
	}
	return sdk.JSONSchema(schemaName(path, schema), json.RawMessage(data), strictly(schema)), nil
}

// conformity returns a check whether an answer follows the schema that was asked for: some providers only try.
func conformity(path string, format *sdk.ResponseFormat) (func(answer string) error, error) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(format.JSONSchema.Schema))
	if err != nil {
		return nil, misusef("", "--schema %s: %w", path, err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // nothing is fetched: a schema must hold all it refers to
	if err := c.AddResource("schema.json", schema); err != nil {
		return nil, misusef("", "--schema %s: %w", path, err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		return nil, misusef("It must be a valid JSON Schema that refers to no other file.", "--schema %s: %w", path, err)
	}
	return func(answer string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(answer))
		if err != nil {
			return fmt.Errorf("the answer is not JSON, although a schema was asked for: %w", err)
		}
		if err := compiled.Validate(value); err != nil {
			_, what, _ := strings.Cut(err.Error(), "\n") // the first line names a file that is not there
			return fmt.Errorf("the answer does not follow the schema:\n%s", what)
		}
		return nil
	}, nil
}

// schemaName is what the answer is called: the schema's title, or else the file's name.
func schemaName(path string, schema map[string]any) string {
	title, _ := schema["title"].(string)
	name := title
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	// OpenAI API reference: letters, digits, underscores and dashes, at most 64.
	name = strings.Trim(regexp.MustCompile(`[^A-Za-z0-9_-]+`).ReplaceAllString(name, "_"), "_")
	if name == "" {
		return "answer"
	}
	return name[:min(len(name), 64)]
}

// strictly reports whether providers can enforce the schema: every object closed, every property required
// (OpenAI docs, structured outputs). Others are followed as well as the model can.
func strictly(schema map[string]any) bool {
	if properties, ok := schema["properties"].(map[string]any); ok || schema["type"] == "object" {
		required, _ := schema["required"].([]any)
		if schema["additionalProperties"] != false || len(required) != len(properties) {
			return false
		}
	}
	for _, v := range schema {
		if !strictInside(v) {
			return false
		}
	}
	return true
}

func strictInside(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if _, isSchema := v["type"]; isSchema || v["properties"] != nil {
			return strictly(v)
		}
		for _, inner := range v {
			if !strictInside(inner) {
				return false
			}
		}
	case []any:
		for _, inner := range v {
			if !strictInside(inner) {
				return false
			}
		}
	}
	return true
}
