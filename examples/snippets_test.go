package examples_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// standard are the packages of the standard library that a snippet of statements or declarations may use
// without importing them. It may use those of this module too.
var standard = []string{
	"context", "encoding/json", "errors", "fmt", "io", "log", "net/http", "os", "strings", "sync", "testing", "time",
}

// surroundings are what such a snippet may take for granted, as its page does.
const surroundings = `package snippet

var (
	ctx     context.Context
	config  host.Config
	h       *host.Host
	request *sdk.ChatRequest
	acme    struct{ Plugin func() sdk.Plugin }
)
`

// TestSnippets compiles every piece of Go in the pages. One that begins with a package clause stands for
// itself; others get the packages they name and the surroundings.
func TestSnippets(t *testing.T) {
	t.Parallel()
	fset := token.NewFileSet()
	snippets := goSnippets(t, fset)
	if len(snippets) < 10 {
		t.Errorf("found only %d snippets", len(snippets))
	}
	imports := newPackages(t, fset, snippets)
	for _, s := range snippets {
		if p, ok := s.listed(); ok {
			if err := checkListing(imports.Importer, p, s.file); err != nil {
				t.Errorf("%v: the listing of %s is not what the package has:\n%v", s, p, err)
			}
			continue
		}
		for _, err := range compile(t, fset, imports, s) {
			t.Error(err)
		}
	}
}

func compile(t *testing.T, fset *token.FileSet, imports packages, s parsed) []error {
	files := []*ast.File{s.file}
	if s.partial {
		around, err := parser.ParseFile(fset, "surroundings", surroundings, 0)
		if err != nil {
			t.Fatal(err)
		}
		leaveOut(around, s.file)
		for _, f := range []*ast.File{s.file, around} {
			imports.add(f)
		}
		files = append(files, around)
	}
	var problems []error
	config := types.Config{Importer: imports.Importer, Error: func(err error) {
		var e types.Error
		if s.partial && errors.As(err, &e) && e.Soft {
			return // what is unused here is used where the page goes on
		}
		problems = append(problems, err)
	}}
	_, _ = config.Check("snippet", fset, files, nil) // the errors went to problems
	return problems
}

// packages are those that snippets may use, as the go tool compiled them.
type packages struct {
	types.Importer
	known []string
}

// add adds imports of the known packages that a file uses.
func (p packages) add(file *ast.File) {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	var specs []ast.Spec
	for _, name := range p.known {
		if used[path.Base(name)] {
			spec := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(name)}}
			specs, file.Imports = append(specs, spec), append(file.Imports, spec)
		}
	}
	file.Decls = append([]ast.Decl{&ast.GenDecl{Tok: token.IMPORT, Lparen: 1, Specs: specs}}, file.Decls...)
}

// leaveOut takes the variables out of around that the snippet declares itself.
func leaveOut(around, file *ast.File) {
	own := map[string]bool{}
	for _, d := range file.Decls {
		if d, ok := d.(*ast.GenDecl); ok {
			for _, s := range d.Specs {
				if s, ok := s.(*ast.ValueSpec); ok {
					for _, name := range s.Names {
						own[name.Name] = true
					}
				}
			}
		}
	}
	for _, d := range around.Decls {
		if d, ok := d.(*ast.GenDecl); ok {
			d.Specs = slices.DeleteFunc(d.Specs, func(s ast.Spec) bool {
				v, ok := s.(*ast.ValueSpec)
				return ok && own[v.Names[0].Name]
			})
		}
	}
}

// newPackages gets the standard packages, this module's public ones, and what the snippets import.
func newPackages(t *testing.T, fset *token.FileSet, snippets []parsed) packages {
	t.Helper()
	p := packages{known: slices.Clone(standard)}
	for line := range strings.Lines(list(t, "-f", "{{.Name}} {{.ImportPath}}", "../host/...", "../sdk/...")) {
		name, importPath, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != "main" && !strings.Contains(importPath, "/internal/") {
			p.known = append(p.known, importPath)
		}
	}
	wanted := slices.Clone(p.known)
	for _, s := range snippets {
		for _, i := range s.file.Imports {
			if importPath, err := strconv.Unquote(i.Path.Value); err == nil {
				wanted = append(wanted, importPath)
			}
		}
	}
	slices.Sort(wanted)
	compiled := map[string]string{}
	for line := range strings.Lines(list(t, append([]string{"-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, slices.Compact(wanted)...)...)) {
		importPath, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		compiled[importPath] = file
	}
	p.Importer = importer.ForCompiler(fset, "gc", func(importPath string) (io.ReadCloser, error) {
		if compiled[importPath] == "" {
			return nil, fmt.Errorf("no compiled package %s", importPath)
		}
		return os.Open(compiled[importPath])
	})
	return p
}

// list asks the go tool. A package that does not compile matters only to the snippet that uses it.
func list(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	return string(out)
}
