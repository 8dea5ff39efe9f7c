package hclconfig

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

// canary is shaped like a real key. No part of it is a word that messages use.
const canary = "gsk_Zq7Wv3Xk9Jp2Lm5Tn8Rb4Hd6Gf1Yc0Qx7Wz3Vk"

// forms are the ways in which a secret leaks.
func forms(secret string) map[string]string {
	return map[string]string{
		"as it is":    secret,
		"base64":      strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
		"hex":         hex.EncodeToString([]byte(secret)),
		"URL-encoded": url.QueryEscape(secret),
		"first 8":     secret[:8],
		"last 8":      secret[len(secret)-8:],
	}
}

// places are files with CANARY somewhere. Most are wrong, each in its own way.
var places = map[string]string{
	"key":                      config("  key \"a\" {\n    value = \"CANARY\"\n  }"),
	"key twice":                config("  key \"a\" {\n    value = \"CANARY\"\n  }\n  key \"b\" {\n    value = \"CANARY\"\n  }"),
	"key with space":           config("  key \"a\" {\n    value = \"CANARY CANARY\"\n  }"),
	"key from env":             config("  key \"a\" {\n    value = env(\"VAR\")\n    daily_limit = -1\n  }"),
	"key from env with tail":   config("  key \"a\" {\n    value = \"${env(\"VAR\")}\\n\"\n  }"),
	"key as default":           config("  key \"a\" {\n    value = env(\"UNSET\", \"CANARY\")\n  }"),
	"key as default, too many": config("  key \"a\" {\n    value = env(\"UNSET\", \"CANARY\", \"CANARY\")\n  }"),
	"key as variable name":     config("  key \"a\" {\n    value = env(\"CANARY\")\n  }"),
	"key as path":              config("  key \"a\" {\n    value = file(\"CANARY\")\n  }"),
	"key as word":              config("  key \"a\" {\n    value = CANARY\n  }"),
	"key as function":          config("  key \"a\" {\n    value = CANARY(\"x\")\n  }"),
	"key as list":              config("  key \"a\" {\n    value = [\"CANARY\"]\n  }"),
	"key as object":            config("  key \"a\" {\n    value = { a = \"CANARY\" }\n  }"),
	"key as object key":        config("  key \"a\" {\n    value = { CANARY = 1 }\n  }"),
	"key as heredoc":           config("  key \"a\" {\n    value = <<EOT\nCANARY\nEOT\n  }"),
	"key in for":               config("  key \"a\" {\n    value = [for x in [\"CANARY\"] : x]\n  }"),
	"key in condition":         config("  key \"a\" {\n    value = \"CANARY\" == 1 ? 1 : [\"CANARY\"]\n  }"),
	"key in index":             config("  key \"a\" {\n    value = \"CANARY\".CANARY\n  }"),
	"key in sum":               config("  key \"a\" {\n    value = \"CANARY\" + 1\n  }"),
	"misspelt value":           config("  key \"a\" {\n    vlaue = \"CANARY\"\n  }"),
	"misspelt key block":       config("  keey \"a\" {\n    value = \"CANARY\"\n  }"),
	"label":                    config("  key \"CANARY\" {\n    value = env(\"X\")\n  }"),
	"label twice":              config("  key \"CANARY\" {\n    value = env(\"X\")\n  }\n  key \"CANARY\" {\n    value = env(\"X\")\n  }"),
	"second label":             config("  key \"a\" \"CANARY\" {\n  }"),
	"block name":               config("  CANARY \"a\" {\n  }"),
	"attribute name":           config("  CANARY = 1"),
	"attribute twice":          config("  CANARY = 1\n  CANARY = 2"),
	"comment":                  config("  key \"a\" { # CANARY\n    priority = \"high\" // CANARY\n  } /* CANARY */"),
	"account":                  config("  key \"a\" {\n    value = env(\"X\")\n    account = \"CANARY\"\n  }"),
	"plugin":                   config("  plugin = \"CANARY\"\n  key \"a\" {\n    value = env(\"X\")\n  }"),
	"priority":                 config("  priority = \"CANARY\"\n  key \"a\" {\n    value = env(\"X\")\n  }"),
	"proxy":                    config("  proxy = \"ftp://user:CANARY@host\""),
	"proxy broken":             config("  proxy = \"http://CANARY@ho st:%zz\""),
	"proxy from env":           config("  proxy = env(\"VAR\")"),
	"model":                    "provider \"p\" {\n  key \"a\" {\n    value = env(\"X\")\n  }\n  model \"a CANARY\" {\n  }\n}\n",
	"model id":                 config("  model \"x\" {\n    id = \"CANARY \"\n  }"),
	"feature":                  config("  model \"x\" {\n    features = [\"CANARY\"]\n  }"),
	"provider":                 "provider \"CANARY\" {\n}\n",
	"route":                    "route \"CANARY/\" {\n  targets = [\"CANARY\", \"CANARY\", \"p/CANARY\"]\n}\nprovider \"p\" {}\n",
	"duration":                 "timeouts {\n  total = \"CANARY\"\n}\n",
	"enum":                     "logging {\n  level = \"CANARY\"\n  file = file(\"CANARY\")\n}\n",
	"time zone":                "account \"a\" {\n  reset {\n    tz = \"CANARY\"\n    at = \"CANARY\"\n  }\n}\n",
	"settings":                 config("  settings {\n    token = \"CANARY\"\n    headers = { X = \"CANARY\" }\n    n = env(\"UNSET\")\n  }"),
	"settings from env":        config("  settings {\n    token = env(\"VAR\") + 1\n  }"),
	"settings block twice":     config("  settings {\n    a \"CANARY\" {\n    }\n    a \"CANARY\" {\n    }\n  }"),
	"top":                      "CANARY\n",
	"top assigned":             "CANARY = \"CANARY\"\n",
	"top block":                "CANARY {\n}\n",
	"state":                    "state {\n  url = \"redis://:CANARY@host\"\n}\nauto = 7\n",
	"unclosed quote":           config("  key \"a\" {\n    value = \"CANARY\n  }"),
	"quote missing in front":   config("  key \"a\" {\n    value = CANARY\"\n  }"),
	"quotes shifted":           config("  plugin = \"groq\n  key \"a\" {\n    value = \"CANARY\"\n  }"),
	"quotes shifted as name":   config("  plugin = \"groq\n  key CANARY {\n    value = \"CANARY\"\n  }"),
	"single quotes":            config("  key \"a\" {\n    value = 'CANARY'\n  }"),
	"backquotes":               config("  key \"a\" {\n    value = `CANARY`\n  }"),
	"no equals sign":           config("  key \"a\" {\n    value \"CANARY\"\n  }"),
	"colon":                    config("  key \"a\" {\n    value: \"CANARY\"\n  }"),
	"one line":                 "provider \"p\" { key \"a\" { value = \"CANARY\" } }\n",
	"one line single":          "provider \"p\" { CANARY \"CANARY\" }\n",
	"unclosed heredoc":         config("  key \"a\" {\n    value = <<CANARY\nCANARY\n  }"),
	"unclosed brace":           "provider \"p\" {\n  key \"a\" {\n    value = \"CANARY\"\n",
	"bad escape":               config("  key \"a\" {\n    value = \"CANARY\\q\"\n  }"),
	"template":                 config("  key \"a\" {\n    value = \"%{CANARY}${CANARY}\"\n  }"),
	"template unclosed":        config("  key \"a\" {\n    value = \"${CANARY\"\n  }"),
	"JSON":                     `{"provider": {"p": {"key": "CANARY"}}}`,
	"YAML":                     "provider:\n  key: CANARY\n",
	"env file pasted":          "GROQ_API_KEY=CANARY\n",
	"shell pasted":             "export GROQ_API_KEY='CANARY'\n",
	"NUL":                      config("  key \"a\" {\n    value = \"CANARY\x00\"\n  }"),
	"not UTF-8":                config("  key \"a\" {\n    value = \"CANARY\xff\"\n  }"),
	"nested":                   strings.Repeat("(", 100) + "CANARY",
	"operators":                "CANARY = CANARY" + strings.Repeat("+CANARY", 1001),
}

func TestNoTextShowsASecret(t *testing.T) {
	t.Parallel()
	for name, text := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, strings.ReplaceAll(text, "CANARY", canary), nil, 0)
			file, err := Load(path, Options{Getenv: lookup(map[string]string{"VAR": canary})})
			outputs := everyText(t, err)
			if err == nil {
				outputs = append(everyText(t, file.Warnings), strings.Join(file.UnsetSummary(), "\n"), fmt.Sprintf("%v %+v", file.Secrets, file.Unset))
				for _, p := range file.Config.Providers {
					outputs = append(outputs, fmt.Sprintf("%v %+v %#v", p.Keys, p.Proxy, p.Keys))
				}
			}
			noLeak(t, outputs...)
		})
	}
}

// everyText is an error in all ways it becomes text.
func everyText(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	out := []string{err.Error(), fmt.Sprintf("%v %+v %q", err, err, err), shown(t, err)}
	var color strings.Builder
	if werr := WriteDiagnostics(&color, err, true, 40); werr != nil {
		t.Fatal(werr)
	}
	return append(out, color.String())
}

func noLeak(t *testing.T, outputs ...string) {
	t.Helper()
	for _, output := range outputs {
		for how, form := range forms(canary) {
			if strings.Contains(strings.ToLower(output), strings.ToLower(form)) {
				t.Errorf("shows the secret (%s):\n%s", how, output)
			}
		}
	}
}

func TestNoTextShowsASecretOfFiles(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"fine": canary, "two lines": canary + "\n" + canary, "NUL": canary + "\x00", "control": canary + "\x07",
	} {
		t.Run("file "+name, func(t *testing.T) {
			t.Parallel()
			path := write(t, config("  key \"a\" {\n    value = file(\"key.txt\")\n    priority = \"x\"\n  }"), map[string]string{"key.txt": content}, 0o644)
			_, err := Load(path, Options{Getenv: lookup(nil)})
			if err == nil {
				t.Fatal("want an error")
			}
			noLeak(t, everyText(t, err)...)
		})
	}
	for name, content := range map[string]string{
		"no equals": canary, "bad name": "A B=" + canary, "key as name": canary + "='x", "open quote": "A=\"" + canary,
		"open single quote": "A='" + canary, "after quote": "A=\"x\" " + canary, "escape": `A="` + canary + `\q"`,
		"NUL": "A=" + canary + "\x00", "not UTF-8": "A=" + canary + "\xff",
	} {
		t.Run("env file "+name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), ".env")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadEnvFile(path)
			if err == nil {
				t.Fatal("want an error")
			}
			noLeak(t, everyText(t, err)...)
		})
	}
}

func TestNoTextShowsASecretOfSettings(t *testing.T) {
	t.Parallel()
	path := write(t, config("  key \"a\" {\n    value = env(\"X\")\n  }\n  settings {\n    token  = \""+canary+"\"\n"+
		"    mode   = env(\"VAR\")\n    number = \""+canary+"\"\n    list   = [\""+canary+"\", 1]\n    tokne  = \""+canary+"\"\n  }"), nil, 0)
	file, err := Load(path, Options{Getenv: lookup(map[string]string{"VAR": canary})})
	if err != nil {
		t.Fatal(err)
	}
	err = file.CheckSettings("groq", sdk.Schema{
		{Name: "token", Type: sdk.Duration, Sensitive: true}, {Name: "mode", Type: sdk.String, Values: []string{"fast"}},
		{Name: "number", Type: sdk.Number}, {Name: "list", Type: sdk.StringList},
	})
	if ds := diagnosticsOrNone(err); len(ds) != 5 {
		t.Fatalf("want 5 problems, got %v", err)
	}
	noLeak(t, everyText(t, err)...)
	problem := file.Config.Providers[0].SettingsError
	noLeak(t, everyText(t, problem(sdk.SettingProblem{Path: []string{"mode"}, Message: "wants fast, not " + canary}))...)
}
