package hclconfig

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/internal/rows"
)

var update = flag.Bool("update", false, "write the golden files")

var badEnv = map[string]string{"SET": "sk-set-0001", "OTHER": "sk-other-0002", "EMPTY": ""}

// generated are the bad files nobody wants to keep in a repository.
var generated = map[string]func() []byte{
	"empty_bytes_10_MB":   func() []byte { return bytes.Repeat([]byte("#\n"), 5<<20) },
	"nul_byte":            func() []byte { return []byte("auto = true\nretry {\n  \x00\n}\n") },
	"utf16":               func() []byte { return []byte("\xff\xfea\x00u\x00t\x00o\x00") },
	"not_utf8":            func() []byte { return []byte("auto = \"\xe4\"\n") },
	"parens_10000":        func() []byte { return []byte("auto = " + strings.Repeat("(", 10_000)) },
	"parens_10000_closed": func() []byte { return []byte("auto = " + strings.Repeat("(", 10_000) + strings.Repeat(")", 10_000)) },
	"brackets_10000":      func() []byte { return []byte("auto = " + strings.Repeat("[", 10_000)) },
	"blocks_10000":        func() []byte { return []byte(strings.Repeat("a {\n", 10_000)) },
	"templates_10000":     func() []byte { return []byte("auto = " + strings.Repeat(`"${`, 10_000)) },
	"bangs_10000":         func() []byte { return []byte("auto = " + strings.Repeat("!", 10_000) + "true") },
	"conditionals_10000":  func() []byte { return []byte("auto = " + strings.Repeat("true ? 1 : ", 10_000) + "1") },
	"sums_10000":          func() []byte { return []byte("auto = 1" + strings.Repeat("+1", 10_000)) },
	"indexes_60000":       func() []byte { return []byte("auto = a" + strings.Repeat("[0]", 60_000)) },
	"mistakes_1000":       func() []byte { return []byte(strings.Repeat("nonsense {}\n", 1000)) },
	"long_line":           func() []byte { return []byte("auto = [" + strings.Repeat("1, ", 10_000) + "]") },
	"control_characters":  func() []byte { return []byte("auto = \x1b[31mred\x07\n") },
}

func TestRow_C1_BadFilesAreExplained(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob("testdata/bad/*")
	if err != nil || len(cases) < 60 {
		t.Fatalf("want at least 60 bad files, have %d (%v)", len(cases), err)
	}
	for _, dir := range cases {
		if generated[filepath.Base(dir)] != nil {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			_, err := Load(filepath.Join(dir, "config.hcl"), Options{Getenv: lookup(badEnv)})
			compareBad(t, dir, err)
		})
	}
	for name, text := range generated {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "config.hcl")
			if err := os.WriteFile(path, text(), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path, Options{Getenv: lookup(badEnv)})
			compareBad(t, filepath.Join("testdata/bad", name), err)
		})
	}
	rows.Report(t, "C1", fmt.Sprintf("%d bad files", len(cases)), "each told with file:line:col, snippet and way out; no panic", func() string { return "all as their golden files" })
}

// compareBad compares what a person sees with the golden file, and checks what holds for every bad file.
func compareBad(t *testing.T, dir string, err error) {
	t.Helper()
	ds, ok := diagnosticsOf(err)
	if !ok || len(ds) == 0 {
		t.Fatalf("want Diagnostics, got %T %v", err, err)
	}
	for i, d := range ds {
		if i > 0 && d.Line > 0 && (ds[i-1].Line > d.Line || ds[i-1].Line == d.Line && ds[i-1].Column >= d.Column) {
			t.Errorf("not in the order of the file: %s", d)
		}
		if d.Mark+d.MarkLen > max(1, len([]rune(d.Snippet)))+1 {
			t.Errorf("mark %d+%d beyond %q", d.Mark, d.MarkLen, d.Snippet)
		}
	}
	got := shown(t, err)
	if strings.Contains(got, "canary") {
		t.Errorf("shows a secret:\n%s", got)
	}
	compareGolden(t, filepath.Join(dir, "want.txt"), got)
}

// shown is what a person sees, without the folder the test runs in.
func shown(t *testing.T, err error) string {
	t.Helper()
	var b bytes.Buffer
	if werr := WriteDiagnostics(&b, err, false, 90); werr != nil {
		t.Fatal(werr)
	}
	text := b.String()
	for _, d := range diagnosticsOrNone(err) {
		if dir := filepath.Dir(d.File); dir != "." {
			text = strings.ReplaceAll(text, dir+string(filepath.Separator), "")
		}
	}
	if wd, err := os.Getwd(); err == nil {
		text = strings.ReplaceAll(text, wd, "$PWD")
	}
	return text
}

func diagnosticsOrNone(err error) Diagnostics {
	ds, _ := diagnosticsOf(err)
	return ds
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(fmt.Errorf("%w; run go test with -update", err))
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
