package hclconfig

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The reference tells every name of the grammar in the section of its block, and no other attribute. The
// grammar is what the decoder asks for while it reads a file that has every block.
func TestReferenceIsComplete(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, part := range strings.Split(string(page), "\n## ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		sections[strings.ToLower(title)] = body
	}
	grammar := grammarOf(t)
	if len(grammar) < 12 {
		t.Errorf("saw only %d kinds of blocks", len(grammar))
	}
	row := regexp.MustCompile("(?m)^\\| `(\\w+)`")
	for kind, names := range grammar {
		title := kind
		if kind == "" {
			title = "the file"
		}
		section, ok := sections[title]
		if !ok {
			t.Errorf("no section for %s", title)
		}
		for _, name := range names {
			if !strings.Contains(section, "`"+name+"`") {
				t.Errorf("section %s does not name %s", title, name)
			}
		}
		for _, m := range row.FindAllStringSubmatch(section, -1) {
			if !slices.Contains(names, m[1]) {
				t.Errorf("section %s names %s, which the grammar does not know", title, m[1])
			}
		}
	}
}

// Words that may show in a file that does not parse are those of the grammar.
func TestWordsAreTheGrammar(t *testing.T) {
	t.Parallel()
	want := []string{"env", "true", "false", "null", "heredoc"}
	for kind, names := range grammarOf(t) {
		want = append(append(want, kind), names...)
	}
	for _, w := range words {
		if !slices.Contains(want, w) {
			t.Errorf("%q is no word of the grammar", w)
		}
	}
	for _, w := range want {
		if w != "" && !slices.Contains(words, w) {
			t.Errorf("%q is missing from words", w)
		}
	}
}

// grammarOf is the names each kind of block may hold. A kind may hold less in some places.
func grammarOf(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/good/full.hcl")
	if err != nil {
		t.Fatal(err)
	}
	grammar := map[string][]string{}
	_, err = parse("testdata/good/full.hcl", text, lookup(fullEnv), func(kind string, names []string) {
		grammar[kind] = append(grammar[kind], names...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return grammar
}
