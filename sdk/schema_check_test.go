package sdk

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var checkedSchema = Schema{
	{Name: "base_url", Type: String, Default: "https://api.example.com"},
	{Name: "region", Type: String, Values: []string{"eu", "us"}},
	{Name: "token", Type: String, Sensitive: true, Required: true, Doc: "from the console"},
	{Name: "retries", Type: Number, Default: 2},
	{Name: "fetch_urls", Type: Bool, Default: false},
	{Name: "wait", Type: Duration},
	{Name: "order", Type: StringList},
	{Name: "headers", Type: StringMap},
	{Name: "extra", Type: Any},
}

func TestSchemaCheckFillsDefaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ given, want string }{
		"only what is required": {
			`{"token":"x"}`,
			`{"base_url":"https://api.example.com","fetch_urls":false,"retries":2,"token":"x"}`,
		},
		"everything": {
			`{"token":"x","base_url":"http://localhost","region":"us","retries":123456789012345678901,"fetch_urls":true,` +
				`"wait":"1m30s","order":["a"],"headers":{"X":"1"},"extra":[1,{"a":null}]}`,
			`{"base_url":"http://localhost","extra":[1,{"a":null}],"fetch_urls":true,"headers":{"X":"1"},"order":["a"],` +
				`"region":"us","retries":123456789012345678901,"token":"x","wait":"1m30s"}`,
		},
		"null is absent": {
			`{"token":"x","retries":null,"region":null}`,
			`{"base_url":"https://api.example.com","fetch_urls":false,"retries":2,"token":"x"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := checkedSchema.Check([]byte(test.given))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSchemaCheckTellsAllProblems(t *testing.T) {
	t.Parallel()
	problem := func(message string, path ...string) SettingProblem {
		return SettingProblem{Path: path, Message: message}
	}
	for name, test := range map[string]struct {
		schema Schema
		given  string
		want   []SettingProblem
	}{
		"types": {
			checkedSchema,
			`{"base_url":1,"region":"euu","token":["secret"],"retries":"two","fetch_urls":0,"wait":"30","order":["a",2,null],"headers":{"a":{},"b":"x"}}`,
			[]SettingProblem{
				problem("wants a text, not a number", "base_url"),
				problem(`wants one of "eu", "us"; did you mean "eu"?`, "region"),
				problem("wants a text, not a list", "token"),
				problem("wants a number, not a text", "retries"),
				problem("wants true or false, not a number", "fetch_urls"),
				problem(`is no duration; write it with units, such as "1m30s"`, "wait"),
				problem("wants a text, not a number", "order", "1"),
				problem("wants a text, not null", "order", "2"),
				problem("wants a text, not an object", "headers", "a"),
			},
		},
		"containers": {
			checkedSchema, `{"token":"x","order":"a","headers":["a"],"wait":3}`,
			[]SettingProblem{
				problem(`wants a duration in quotes, such as "1m30s", not a number`, "wait"),
				problem("wants a list of texts, not a text", "order"),
				problem("wants an object of texts, not a list", "headers"),
			},
		},
		"missing and unknown": {
			checkedSchema, `{"tokne":"secret","zzz":true}`,
			[]SettingProblem{
				problem("missing, and required (from the console)", "token"),
				problem(`unknown setting; did you mean "token"?`, "tokne"),
				problem("unknown setting; known are base_url, region, token, retries, fetch_urls, wait, order, headers, extra", "zzz"),
			},
		},
		"no schema":          {nil, `{"a":1}`, []SettingProblem{problem("unknown setting; this plugin has no settings", "a")}},
		"no object":          {nil, `[1]`, []SettingProblem{problem("not a JSON object")}},
		"no JSON":            {nil, `{"a":secret}`, []SettingProblem{problem("not a JSON object")}},
		"a name given twice": {checkedSchema, `{"token":"secret","token":"secret"}`, []SettingProblem{problem("not a JSON object")}},
		"bad default":        {Schema{{Name: "f", Default: func() {}}}, ``, []SettingProblem{problem("its default is no JSON", "f")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := test.schema.Check([]byte(test.given))
			if err == nil {
				t.Fatal("want problems")
			}
			if diff := cmp.Diff(test.want, err.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("shows a value: %v", err)
			}
		})
	}
}

func TestSchemaCheckOfNothing(t *testing.T) {
	t.Parallel()
	got, err := Schema{}.Check(nil)
	if err != nil || string(got) != "{}" {
		t.Errorf("got %s, %v", got, err)
	}
}

func FuzzSchemaCheck(f *testing.F) {
	f.Add([]byte(`{"token":"x","order":["a"],"headers":{"a":"b"},"wait":"1s"}`))
	f.Add([]byte(`{"order":[[[]]],"headers":{"a":{}}}`))
	f.Fuzz(func(t *testing.T, given []byte) {
		got, err := checkedSchema.Check(given)
		if err != nil {
			if len(err.Problems) == 0 {
				t.Error("an error without a problem")
			}
			return
		}
		again, err := checkedSchema.Check(got)
		if err != nil || string(again) != string(got) {
			t.Errorf("%s became %s, %v", got, again, err)
		}
		var typed map[string]any
		var problem *SettingsError
		if derr := got.Decode(&typed); derr != nil && !errors.As(derr, &problem) {
			t.Error(derr)
		}
	})
}
