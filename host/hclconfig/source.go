package hclconfig

import (
	"bytes"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/aio-llm/aio/sdk"
)

const hiddenText = "[redacted]"

// source is a file's text and what of it must not be shown.
type source struct {
	name string
	text []byte
	// hidden are the byte ranges that may hold secrets; seal puts them in order.
	hidden []span
	tokens hclsyntax.Tokens
}

// lex gives the text's tokens; broken text has some too.
func (s *source) lex() hclsyntax.Tokens {
	if s.tokens == nil {
		s.tokens, _ = hclsyntax.LexConfig(s.text, s.name, hcl.InitialPos)
	}
	return s.tokens
}

type span struct{ from, to int }

func (s *source) hide(r hcl.Range) {
	if r.Start.Byte < r.End.Byte {
		s.hidden = append(s.hidden, span{r.Start.Byte, r.End.Byte})
	}
}

// longSecret bounds the secrets that are looked for in a shown line, in bytes.
const longSecret = 4 << 10

// around is the source with what else must not show in the line of r: secrets that are written a second time,
// and whatever looks like a key.
func (s *source) around(r hcl.Range, secrets []sdk.Secret) *source {
	from, to := s.lineAround(r.Start.Byte, nearby+longSecret)
	line := s.text[from:to]
	first := sort.Search(len(s.hidden), func(n int) bool { return s.hidden[n].to > from })
	last := sort.Search(len(s.hidden), func(n int) bool { return s.hidden[n].from >= to })
	out := &source{name: s.name, text: s.text}
	if first < last {
		out.hidden = slices.Clone(s.hidden[first:last])
	}
	for _, secret := range secrets {
		text := []byte(secret.Reveal())
		for at := 0; len(text) >= shortSecret; {
			i := bytes.Index(line[at:], text)
			if i < 0 {
				break
			}
			at += i + len(text)
			out.hidden = append(out.hidden, span{from + at - len(text), from + at})
		}
	}
	for _, at := range keyShape.FindAllIndex(line, -1) {
		if looksLikeKey(string(line[at[0]:at[1]])) {
			out.hidden = append(out.hidden, span{from + at[0], from + at[1]})
		}
	}
	out.seal()
	return out
}

// shortSecret is the length below which a text would match by chance.
const shortSecret = 6

// seal sorts the hidden ranges and merges those that touch, so that their number stays hidden too.
func (s *source) seal() {
	slices.SortFunc(s.hidden, func(a, b span) int { return a.from - b.from })
	merged := s.hidden[:0]
	for _, h := range s.hidden {
		if n := len(merged); n > 0 && h.from <= merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, h.to)
			continue
		}
		merged = append(merged, h)
	}
	s.hidden = merged
}

// hiddenAt returns the end of the hidden range that covers byte i, or i.
func (s *source) hiddenAt(i int) int {
	n := sort.Search(len(s.hidden), func(n int) bool { return s.hidden[n].to > i })
	if n < len(s.hidden) && s.hidden[n].from <= i {
		return s.hidden[n].to
	}
	return i
}

// maxSnippet bounds a shown line, in characters.
const maxSnippet = 100

// snippet returns the line where r starts, secrets replaced, and the place of r in it, in characters.
func (s *source) snippet(r hcl.Range) (line string, mark, length int) {
	from, to := s.lineAround(r.Start.Byte, nearby)
	if from == to {
		return "", 0, 0
	}
	var out []rune
	markEnd := -1
	mark = -1
	for i := from; i < to; {
		if mark < 0 && i >= r.Start.Byte {
			mark = len(out)
		}
		if markEnd < 0 && i >= r.End.Byte {
			markEnd = len(out)
		}
		if end := s.hiddenAt(i); end > i {
			if mark < 0 && end > r.Start.Byte {
				mark = len(out)
			}
			out = append(out, []rune(hiddenText)...)
			i = min(end, to)
			continue
		}
		c, size := utf8.DecodeRune(s.text[i:to])
		if c == '\t' {
			c = ' '
		} else if !unicode.IsPrint(c) {
			c = '·'
		}
		out = append(out, c)
		i += size
	}
	if mark < 0 {
		mark = len(out)
	}
	if markEnd < 0 {
		markEnd = len(out)
	}
	return window(out, mark, max(1, markEnd-mark))
}

// nearby is how far from the place at fault a line is looked at, in bytes.
const nearby = 8 * maxSnippet

// lineAround is the line that holds byte at, but no more than nearby bytes to either side.
func (s *source) lineAround(at, nearby int) (from, to int) {
	at = max(0, min(at, len(s.text)))
	from = max(at-nearby, bytes.LastIndexByte(s.text[:at], '\n')+1)
	to = min(at+nearby, len(s.text))
	if i := bytes.IndexByte(s.text[at:to], '\n'); i >= 0 {
		to = at + i
	}
	if to > from && s.text[to-1] == '\r' {
		to--
	}
	return from, to
}

// window cuts a long line to the part around the mark.
func window(line []rune, mark, length int) (text string, at, n int) {
	for len(line) > 0 && unicode.IsSpace(line[len(line)-1]) && mark+length < len(line) {
		line = line[:len(line)-1]
	}
	if len(line) > maxSnippet {
		start := max(0, min(mark-maxSnippet/4, len(line)-maxSnippet))
		line = line[start:min(len(line), start+maxSnippet)]
		mark -= start
		if start > 0 {
			line[0] = '…'
		}
	}
	return string(line), mark, max(1, min(length, len(line)-mark))
}
