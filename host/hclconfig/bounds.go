package hclconfig

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parser and the evaluator recurse, and a Go stack that overflows ends the process. These bounds are far
// above what a configuration needs and far below what a stack bears.
const (
	maxNesting   = 64
	maxOperators = 1000
	maxBrackets  = 50_000
)

// bounds refuses texts that must not reach the parser.
func (d *decoder) bounds() {
	text := d.src.text
	if i := bytes.IndexByte(text, 0); i >= 0 {
		d.fail(d.at(i), "the file holds a NUL byte", "A configuration is plain UTF-8 text; this one may be in another encoding or damaged.")
		return
	}
	if !utf8.Valid(text) {
		i := 0
		for i < len(text) {
			c, size := utf8.DecodeRune(text[i:])
			if c == utf8.RuneError && size == 1 {
				break
			}
			i += size
		}
		d.fail(d.at(i), "the file is not UTF-8 text", "Save it as UTF-8.")
		return
	}
	depth, operators, brackets := 0, 0, 0
	for _, t := range d.src.lex() {
		switch t.Type {
		case hclsyntax.TokenOBrack, hclsyntax.TokenOBrace, hclsyntax.TokenOParen, hclsyntax.TokenOQuote,
			hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
			brackets++
		case hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenCParen, hclsyntax.TokenCQuote,
			hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenMinus, hclsyntax.TokenBang, hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash,
			hclsyntax.TokenPercent, hclsyntax.TokenQuestion, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenEqualOp,
			hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenGreaterThan, hclsyntax.TokenLessThanEq,
			hclsyntax.TokenGreaterThanEq, hclsyntax.TokenDot:
			operators++
		}
		switch {
		case t.Type == hclsyntax.TokenNumberLit && absurd(t.Bytes):
			d.fail(t.Range, "this number is out of range", "")
			return
		case depth > maxNesting:
			d.fail(t.Range, fmt.Sprintf("nested deeper than %d levels", maxNesting), "A bracket or quote is probably not closed.")
			return
		case operators > maxOperators:
			d.fail(t.Range, fmt.Sprintf("more than %d operators", maxOperators), "A configuration holds plain values.")
			return
		case brackets > maxBrackets:
			d.fail(t.Range, fmt.Sprintf("more than %d brackets and quotes", maxBrackets), "Split the file's content.")
			return
		}
	}
}

// absurd reports a number with an exponent of four digits or more, or of a thousand digits: written out it
// would fill the memory.
func absurd(number []byte) bool {
	_, exponent, _ := bytes.Cut(bytes.ToLower(number), []byte("e"))
	return len(bytes.TrimLeft(exponent, "+-0")) > 3 || len(number) > 1000
}

// at is the place of byte i.
func (d *decoder) at(i int) hcl.Range {
	before := d.src.text[:i]
	start := hcl.Pos{
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1,
		Byte:   i,
	}
	end := start
	end.Byte++
	end.Column++
	return hcl.Range{Filename: d.src.name, Start: start, End: end}
}
