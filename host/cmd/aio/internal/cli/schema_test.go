package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shortened is an error's text without the test's folder.
func shortened(err error, dir string) string {
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
}

func TestSchemaFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, want, err string }{
		{
			name: "closed is strict", file: `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`,
			want: `{"name":"the_answer","strict":true}`,
		},
		{name: "open is not", file: `{"type":"object","properties":{"a":{}}}`, want: `{"name":"the_answer","strict":false}`},
		{
			name: "an open part is not", want: `{"name":"the_answer","strict":false}`,
			file: `{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}},"required":["a"],"additionalProperties":false}`,
		},
		{name: "title", file: `{"title":"A city, please!","type":"string"}`, want: `{"name":"A_city_please","strict":true}`},
		{name: "whole", file: `{"name":"city","strict":false,"schema":{"type":"string"}}`, want: `{"name":"city","strict":false}`},
		{name: "whole without a name", file: `{"schema":{"title":"x","type":"string"}}`, want: `{"name":"x"}`},
		{name: "list", file: `[1]`, err: "--schema the answer.json: json: cannot unmarshal array into Go value of type map[string]interface {}"},
		{name: "empty", file: ``, err: "--schema the answer.json: is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "the answer.json")
			if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := schemaFormat(path)
			if diff := cmp.Diff(tt.err, shortened(err, dir)); diff != "" {
				t.Fatalf("error (-want +got):\n%s", diff)
			}
			if err != nil {
				return
			}
			seen := struct {
				Name   string `json:"name"`
				Strict *bool  `json:"strict,omitempty"`
			}{got.JSONSchema.Name, got.JSONSchema.Strict}
			text, err := json.Marshal(seen)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !strings.Contains(string(got.JSONSchema.Schema), `"type"`) {
				t.Errorf("the schema is %s", got.JSONSchema.Schema)
			}
		})
	}
}
