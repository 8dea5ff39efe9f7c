package examples_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// snippet is a fenced block of a page.
type snippet struct {
	page string
	line int
	text string
}

func (s snippet) String() string { return fmt.Sprintf("%s:%d", s.page, s.line) }

// pages are the texts with snippets in them: llms.txt, and all Markdown at the top and below docs.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../*.md")
	if err != nil {
		t.Fatal(err)
	}
	found = append(found, "../llms.txt")
	err = filepath.WalkDir("../docs", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// blocks returns the fenced blocks of a language in a page.
func blocks(t *testing.T, page, language string) []snippet {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var found []snippet
	var open *snippet
	line := 0
	for l := range strings.Lines(string(text)) {
		line++
		fence, ok := strings.CutPrefix(strings.TrimRight(l, "\n"), "```")
		switch {
		case ok && open != nil:
			found = append(found, *open)
			open = nil
		case ok:
			open = &snippet{page: strings.TrimPrefix(page, "../"), line: line + 1}
			if fence != language {
				open.page = "" // another language
			}
		case open != nil:
			open.text += l
		}
	}
	ours := found[:0]
	for _, s := range found {
		if s.page != "" {
			ours = append(ours, s)
		}
	}
	return ours
}

// parsed is a snippet as Go: a file, or what is made one.
type parsed struct {
	snippet
	file *ast.File
	// partial is a snippet of declarations or statements, which may leave variables and imports unused.
	partial bool
}

// parse reads a snippet as a file, else as declarations, else as the statements of a function.
func parse(fset *token.FileSet, s snippet) (parsed, error) {
	at := fmt.Sprintf("//line %s:%d\n", filepath.Base(s.page), s.line) // beside the file parsed
	if strings.HasPrefix(s.text, "package ") {
		file, err := parser.ParseFile(fset, s.page, at+s.text, parser.ParseComments)
		return parsed{snippet: s, file: file}, err
	}
	if file, err := parser.ParseFile(fset, s.page, "package snippet\n"+at+s.text, 0); err == nil {
		return parsed{snippet: s, file: file, partial: true}, nil
	}
	file, err := parser.ParseFile(fset, s.page, "package snippet\nfunc _() error {\n"+at+s.text+"\nreturn nil\n}", 0)
	return parsed{snippet: s, file: file, partial: true}, err
}

// listed reports whether the snippet lists the API of a package of this module: its package clause says so.
func (p parsed) listed() (path string, ok bool) {
	first, _, _ := strings.Cut(p.text, "\n")
	_, quoted, ok := strings.Cut(first, "// import ")
	return strings.Trim(quoted, `"`), ok && !p.partial
}

// goSnippets are the Go snippets of all pages.
func goSnippets(t *testing.T, fset *token.FileSet) []parsed {
	t.Helper()
	var all []parsed
	for _, page := range pages(t) {
		for _, s := range blocks(t, page, "go") {
			p, err := parse(fset, s)
			if err != nil {
				t.Errorf("%v does not parse: %v", s, err)
				continue
			}
			all = append(all, p)
		}
	}
	return all
}
