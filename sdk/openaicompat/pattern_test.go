package openaicompat

import (
	"bytes"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

func TestPattern(t *testing.T) {
	t.Parallel()
	const escaped = `{"choices":[{"delta":{"x\"content":"a"},"finish_reason":null}]}`
	for _, tt := range []struct {
		name, learned, next string
		want                bool
	}{
		{"another word", word("a"), word("Wort, über \u007f"), true},
		{"the same word", word("a"), word("a"), true},
		{"no word", word("a"), word(""), true},
		{"a word with an escape", word("a"), word(`say \"x\"`), false},
		{"a raw quote", word("a"), word(`","role":"x`), false},
		{"a raw line break", word("a"), word("a\nb"), false},
		{"the last event", word("a"), last, false},
		{"cut short", word("a"), word("a")[:len(word("a"))-1], false},
		{"shorter than what is common", word("a"), `{"choices":[`, false},
		{"learned from an escape", word(`a\n`), word("b"), false},
		{"learned from nothing", word(""), word("b"), false},
		{"reasoning", `{"choices":[{"delta":{"content":"","reasoning":"a"}}]}`, `{"choices":[{"delta":{"content":"","reasoning":"b"}}]}`, true},
		{"spaces", `{"choices":[{"delta":{"content" : "a"}}]}`, `{"choices":[{"delta":{"content" : "b"}}]}`, true},
		{"an escaped name", escaped, string(bytes.Replace([]byte(escaped), []byte(`"a"`), []byte(`"bc"`), 1)), true},
		{"no member of that name", `{"choices":["content"]}`, `{"choices":["content"]}`, false},
	} {
		var p pattern
		p.learn([]byte(tt.learned))
		if got := p.fits([]byte(tt.next)); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// A stream whose events differ elsewhere costs the search for a pattern a few times only.
func TestPatternGivesUp(t *testing.T) {
	t.Parallel()
	var p pattern
	for range maxMisses {
		p.learn([]byte(word("a")))
	}
	p.learn([]byte(`{"choices":[{"delta":{"content":"b"}}]}`))
	if !p.fits([]byte(word("c"))) {
		t.Error("it learned on")
	}
	p.learn([]byte(`{"choices":[{"delta":{"content":"b"}}]}`))
	if p.fits([]byte(word("c"))) {
		t.Error("a hit did not let it learn again")
	}
}

// What fits the pattern of a plain event is JSON and plain.
func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{word("a"), word("b")}, {word("a"), word(`usage`)}, {word("a"), last}, {`{"content":"a","choices":1}`, `{"content":"\","choices":1}`},
		{`{"a\"content":"x","choices":[]}`, `{"a\"content":"y","choices":[]}`}, {`{"choices":["content",":","x"]}`, `{"choices":["content",":","y"]}`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, learned, next []byte) {
		if len(learned) == 0 || learned[0] != '{' || !sdk.ValidJSON(learned) || !plain(learned) {
			return
		}
		var p pattern
		p.learn(learned)
		if !p.fits(next) {
			return
		}
		if !gjson.ValidBytes(next) || next[0] != '{' {
			t.Fatalf("%q is no JSON, and fits %q", next, learned)
		}
		if was, said := read(learned), read(next); said.failed != was.failed || said.finish != was.finish || said.usage != nil && was.usage == nil {
			t.Fatalf("%q says more than %q", next, learned)
		}
	})
}
