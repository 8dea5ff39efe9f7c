package hclconfig

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
)

// config is a file with one provider whose body is given.
func config(body string) string {
	return "provider \"groq\" {\n" + body + "\n  model \"fast\" {}\n}\n"
}

// write puts a configuration and the files beside it into a folder and returns the configuration's path.
func write(t *testing.T, text string, files map[string]string, mode os.FileMode) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil { // whatever the umask took away
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "config.hcl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRow_C5_SecretsAreCheckedAndNeverShown(t *testing.T) {
	t.Parallel()
	rows.Report(t, "C5", "missing, empty, readable and repeated secrets", "a named error or warning without the value; an empty secret is an error", func() string { return "all as expected" })
	const value = "sk-c5-secret-value-4711"
	twoKeys := func(first, second string) string {
		return config("  key \"a\" {\n    value = " + first + "\n  }\n  key \"b\" {\n    value = " + second + "\n  }")
	}
	oneKey := func(expr string) string { return config("  key \"main\" {\n    value = " + expr + "\n  }") }
	for name, test := range map[string]struct {
		config  string
		env     map[string]string
		files   map[string]string
		mode    os.FileMode
		err     string // part of the error; empty wants success
		warning string // part of the warnings; empty wants none
		unset   []UnsetKey
	}{
		"variable missing": {config: oneKey(`env("KEY")`), unset: []UnsetKey{{"groq", "main", "KEY"}}},
		"variable missing in a template": {
			config: oneKey(`"Bearer-${env("KEY")}"`), unset: []UnsetKey{{"groq", "main", "KEY"}},
		},
		"variable empty":              {config: oneKey(`env("KEY")`), env: map[string]string{"KEY": ""}, err: "KEY is set but empty"},
		"variable empty with default": {config: oneKey(`env("KEY", "` + value + `")`), env: map[string]string{"KEY": ""}, err: "KEY is set but empty"},
		"variable blank":              {config: oneKey(`env("KEY")`), env: map[string]string{"KEY": " "}, err: `the value of key "main" holds a space`},
		"variable with line break":    {config: oneKey(`env("KEY")`), env: map[string]string{"KEY": value + "\n"}, err: `the value of key "main" holds a space, a line break`},
		"variable with line feed":     {config: oneKey(`env("KEY")`), env: map[string]string{"KEY": value + "\r\nX-Injected: 1"}, err: "line break"},
		"variable with NUL":           {config: oneKey(`env("KEY")`), env: map[string]string{"KEY": value + "\x00"}, err: "no key has"},
		"default empty":               {config: oneKey(`env("KEY", "")`), err: "value is empty"},
		"default used is a literal":   {config: oneKey(`env("KEY", "` + value + `")`), warning: "is written into the file"},
		"literal":                     {config: oneKey(`"` + value + `"`), warning: `the value of key "main" is written into the file`},
		"literal empty":               {config: oneKey(`""`), err: "value is empty"},
		"file":                        {config: oneKey(`file("key.txt")`), files: map[string]string{"key.txt": "  " + value + "\n\n"}, mode: 0o600},
		"file readable by its group":  {config: oneKey(`file("key.txt")`), files: map[string]string{"key.txt": value}, mode: 0o640, warning: `the secret file "key.txt" can be read by others`},
		"file readable by all":        {config: oneKey(`file("key.txt")`), files: map[string]string{"key.txt": value}, mode: 0o644, warning: "chmod 600"},
		"file missing":                {config: oneKey(`file("key.txt")`), err: `cannot read the file "key.txt": no such file`},
		"file empty":                  {config: oneKey(`file("key.txt")`), files: map[string]string{"key.txt": " \n"}, mode: 0o600, err: `the file "key.txt" is empty`},
		"file with NUL":               {config: oneKey(`file("key.txt")`), files: map[string]string{"key.txt": value + "\x00"}, mode: 0o600, err: "NUL byte"},
		"file too large":              {config: oneKey(`file("key.txt")`), files: map[string]string{"key.txt": strings.Repeat("k", maxSecretFile+1)}, mode: 0o600, err: "larger than 64 KiB"},
		"file of two lines":           {config: oneKey(`file("key.txt")`), files: map[string]string{"key.txt": value + "\n" + value}, mode: 0o600, err: "line break"},
		"key repeated": {
			config: twoKeys(`env("KEY")`, `env("KEY")`), env: map[string]string{"KEY": value},
			err: `keys "a" and "b" of provider "groq" have the same value`,
		},
		"key repeated from elsewhere": {
			config: twoKeys(`env("KEY")`, `file("key.txt")`), env: map[string]string{"KEY": value},
			files: map[string]string{"key.txt": value + "\n"}, mode: 0o600,
			err: `keys "a" and "b" of provider "groq" have the same value`,
		},
		"key repeated at another provider": {
			config: oneKey(`env("KEY")`) + strings.Replace(oneKey(`env("KEY")`), "groq", "other", 1), env: map[string]string{"KEY": value},
			warning: `key "main" of provider "other" has the same value as key "main" of provider "groq"`,
		},
		"key shared by account": {
			config: "account \"team\" {}\n" + oneKey("env(\"KEY\")\n    account = \"team\"") +
				strings.Replace(oneKey("env(\"KEY\")\n    account = \"team\""), "groq", "other", 1),
			env: map[string]string{"KEY": value},
		},
		"missing keys do not repeat": {
			config: twoKeys(`env("KEY")`, `env("KEY")`), unset: []UnsetKey{{"groq", "a", "KEY"}, {"groq", "b", "KEY"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" && test.mode&0o044 != 0 {
				test.warning = "" // there are no such modes
			}
			path := write(t, test.config, test.files, test.mode)
			file, err := Load(path, Options{Getenv: lookup(test.env)})
			var output string
			if err != nil {
				output = err.Error() + shown(t, err)
			} else {
				output = file.Warnings.Error() + shown(t, file.Warnings) + strings.Join(file.UnsetSummary(), "\n")
			}
			if strings.Contains(output, value) || strings.Contains(output, "secret-value") {
				t.Errorf("shows the value:\n%s", output)
			}
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("got error %v, want %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.unset, file.Unset); diff != "" {
				t.Errorf("unset (-want +got):\n%s", diff)
			}
			warnings := file.Warnings.Error()
			if (test.warning == "") != (warnings == "") || !strings.Contains(warnings, test.warning) {
				t.Errorf("warnings %q, want %q", warnings, test.warning)
			}
			for _, k := range file.Config.Providers[0].Keys {
				if (k.Missing == "") != (k.Value == sdk.NewSecret(value)) {
					t.Errorf("key %s: missing %q, value as expected: %t", k.Label, k.Missing, k.Value == sdk.NewSecret(value))
				}
			}
		})
	}
}
