package examples_test

import (
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

const llms = "../llms.txt"

func llmsText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(llms)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever llms.txt names as package.Name, or as a field or method of one, is there.
func TestNamesExist(t *testing.T) {
	t.Parallel()
	imports := newPackages(t, token.NewFileSet(), nil)
	listings := map[string]listing{}
	for _, p := range imports.known {
		if slices.Contains(standard, p) {
			continue
		}
		imported, err := imports.Import(p)
		if err != nil {
			t.Logf("%v: its names are not checked", err)
			continue
		}
		listings[path.Base(p)] = listing{imported}
	}
	named := 0
	for _, m := range regexp.MustCompile(`\b(\w+)\.([A-Z]\w*)(?:\.([A-Z]\w*))?`).FindAllStringSubmatch(llmsText(t), -1) {
		l, ours := listings[m[1]]
		if !ours {
			continue
		}
		named++
		if l.pkg.Scope().Lookup(m[2]) == nil {
			t.Errorf("there is no %s.%s", m[1], m[2])
		} else if m[3] != "" && l.member(m[2], m[3]) == nil {
			t.Errorf("there is no %s", m[0])
		}
	}
	if named < 50 {
		t.Errorf("found only %d names", named)
	}
}

// Every kind of error has its place.
func TestKindsAreTold(t *testing.T) {
	t.Parallel()
	text := llmsText(t)
	for _, k := range sdk.Kinds() {
		if !strings.Contains(text, "`"+string(k)+"`") {
			t.Errorf("kind %s is not told", k)
		}
	}
}

// The configuration in llms.txt is valid, and has all that the reference has.
func TestConfigurationIsWhole(t *testing.T) {
	t.Parallel()
	found := blocks(t, llms, "hcl")
	if len(found) == 0 {
		t.Fatal("no configuration")
	}
	var all strings.Builder
	for _, s := range found {
		all.WriteString(s.text)
		file := filepath.Join(t.TempDir(), "config.hcl")
		if err := os.WriteFile(file, []byte(s.text), 0o600); err != nil {
			t.Fatal(err)
		}
		value := func(name string) (string, bool) { return "value-of-" + name, true }
		if _, err := hclconfig.Load(file, hclconfig.Options{Getenv: value}); err != nil {
			t.Errorf("%v:\n%v", s, err)
		}
	}
	reference, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(string(reference), -1)
	if len(rows) < 40 {
		t.Errorf("found only %d attributes in the reference", len(rows))
	}
	for _, row := range rows {
		if !regexp.MustCompile(`\b` + row[1] + `\b`).MatchString(all.String()) {
			t.Errorf("the attribute %s is not in llms.txt", row[1])
		}
	}
}

// Its commands exist, and so do the files it points to.
func TestPointersLead(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("../host/cmd/aio/internal/cli/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var commands strings.Builder
	for _, s := range sources {
		text, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		commands.Write(text)
	}
	text := llmsText(t)
	for _, m := range regexp.MustCompile("`aio ((?:[a-z]+ ?)+)").FindAllStringSubmatch(text, -1) {
		words := strings.Fields(m[1])
		last := words[len(words)-1]
		if !regexp.MustCompile(`Use: +"` + last + `\b`).MatchString(commands.String()) {
			t.Errorf("there is no command %q", m[0])
		}
	}
	prose := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(text, "")
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(prose, -1) {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Error(err)
		}
	}
	for _, e := range all {
		if !strings.Contains(text, "examples/"+e.name+"/main.go") {
			t.Errorf("the example %s is not told", e.name)
		}
	}
}
