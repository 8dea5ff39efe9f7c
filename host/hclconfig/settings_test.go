package hclconfig

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

const settingsBody = `  key "a" {
    value = env("KEY")
  }
  settings {
    base_url = "https://api.example.com"
    timeout  = 30
    tags     = ["a", 2, "c"]
    headers  = { "X-One" = "1", "X-Two" = 2 }
    deep {
      list = [{ n = 1 }]
    }
    vendor "acme" {
      on = true
    }
    regoin = "eu"
    mode   = "fats"
  }`

func loadSettings(t *testing.T) *File {
	t.Helper()
	path := write(t, config(settingsBody), nil, 0)
	file, err := Load(path, Options{Getenv: lookup(nil)})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCheckSettingsPointsAtEachProblem(t *testing.T) {
	t.Parallel()
	file := loadSettings(t)
	err := file.CheckSettings("groq", sdk.Schema{
		{Name: "base_url", Type: sdk.String}, {Name: "timeout", Type: sdk.Duration},
		{Name: "tags", Type: sdk.StringList}, {Name: "headers", Type: sdk.StringMap},
		{Name: "deep", Type: sdk.Any}, {Name: "vendor", Type: sdk.Any},
		{Name: "region", Type: sdk.String}, {Name: "mode", Type: sdk.String, Values: []string{"fast", "slow"}},
		{Name: "organization", Type: sdk.String, Required: true, Doc: "your organization's id"},
	})
	if err == nil {
		t.Fatal("want problems")
	}
	compareGolden(t, "testdata/settings.txt", shown(t, err))
}

func TestCheckSettingsWithoutBlock(t *testing.T) {
	t.Parallel()
	file, err := Load(write(t, config("  key \"a\" {\n    value = env(\"KEY\")\n  }"), nil, 0), Options{Getenv: lookup(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if err := file.CheckSettings("groq", sdk.Schema{{Name: "mode", Type: sdk.String}}); err != nil {
		t.Errorf("nothing is required, got %v", err)
	}
	err = file.CheckSettings("groq", sdk.Schema{{Name: "mode", Type: sdk.String, Required: true}})
	if err == nil || !strings.Contains(err.Error(), "provider groq: settings.mode: missing, and required") {
		t.Errorf("got %v", err)
	}
	if err := file.CheckSettings("other", nil); err != nil {
		t.Errorf("a provider the file does not have: %v", err)
	}
}

// A plugin's problem is told at the place in the file, or the nearest place around it.
func TestSettingsErrorPointsIntoTheFile(t *testing.T) {
	t.Parallel()
	file := loadSettings(t)
	for name, test := range map[string]struct {
		path         []string
		line, column int
	}{
		"the block":               {nil, 5, 3},
		"absent":                  {[]string{"organization"}, 5, 3},
		"attribute":               {[]string{"base_url"}, 6, 5},
		"element":                 {[]string{"tags", "1"}, 8, 22},
		"element out of range":    {[]string{"tags", "7"}, 8, 16},
		"element of no list":      {[]string{"base_url", "x"}, 6, 16},
		"member":                  {[]string{"headers", "X-Two"}, 9, 43},
		"member that is absent":   {[]string{"headers", "X-Three"}, 9, 16},
		"nested block":            {[]string{"deep"}, 10, 5},
		"in a nested block":       {[]string{"deep", "list", "0", "n"}, 11, 21},
		"absent in nested block":  {[]string{"deep", "other"}, 10, 5},
		"labelled block":          {[]string{"vendor", "acme", "on"}, 14, 7},
		"labelled block by type":  {[]string{"vendor"}, 5, 3},
		"negative index":          {[]string{"tags", "-1"}, 8, 16},
		"path that is no integer": {[]string{"tags", "x"}, 8, 16},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := file.Config.Providers[0].SettingsError(sdk.SettingProblem{Path: test.path, Message: "is wrong"})
			var d Diagnostic
			if !errors.As(err, &d) {
				t.Fatalf("want a Diagnostic, got %T", err)
			}
			if diff := cmp.Diff([]int{test.line, test.column}, []int{d.Line, d.Column}); diff != "" {
				t.Errorf("place (-want +got):\n%s", diff)
			}
			if d.Snippet == "" || !strings.Contains(d.Summary, "is wrong") {
				t.Errorf("snippet %q, summary %q", d.Snippet, d.Summary)
			}
		})
	}
}
