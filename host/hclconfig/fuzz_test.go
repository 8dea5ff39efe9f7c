package hclconfig

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*/config.hcl", "testdata/good/*.hcl", shippedConfig} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			f.Fatal(pattern, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	for _, text := range places {
		f.Add([]byte(text))
	}
	vars := lookup(fullEnv)
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > MaxSize {
			return
		}
		file, err := parse("config.hcl", text, vars, nil)
		if (file == nil) == (err == nil) {
			t.Fatalf("file %v, error %v", file, err)
		}
		if err == nil {
			err = file.Warnings
			for _, p := range file.Config.Providers {
				if p.SettingsError != nil {
					_ = p.SettingsError(sdk.SettingProblem{Path: []string{"a", "0", "b"}, Message: "x"})
				}
				_ = file.CheckSettings(p.Name, sdk.Schema{{Name: "a", Type: sdk.StringMap, Required: true}})
			}
		}
		ds := diagnosticsOrNone(err)
		var out bytes.Buffer
		if werr := WriteDiagnostics(&out, err, true, 0); werr != nil {
			t.Fatal(werr)
		}
		for _, d := range ds {
			if d.Summary == "" || d.File != "config.hcl" {
				t.Errorf("empty diagnostic %+v", d)
			}
			if d.Mark < 0 || d.MarkLen < 0 || len([]rune(d.Snippet)) > 4*maxSnippet {
				t.Errorf("bad place %+v", d)
			}
		}
		for name, secret := range fullEnv {
			if name != "PROXY" && bytes.Contains(out.Bytes(), []byte(secret)) && !bytes.Contains(text, []byte(secret)) {
				t.Errorf("shows %s:\n%s", name, out.Bytes())
			}
		}
	})
}
