package hclconfig

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// hideLiterals hides the texts written out in an expression, and its numbers too if numbers is true. Only
// calls of env and file keep their first argument, which says where a secret is and not what it is.
func hideLiterals(src *source, x hclsyntax.Expression, numbers bool) {
	switch x := x.(type) {
	case *hclsyntax.FunctionCallExpr:
		for i, arg := range x.Args {
			if i > 0 || x.Name != "env" && x.Name != "file" || !plainName(arg) {
				src.hide(arg.Range())
			}
		}
	case *hclsyntax.ParenthesesExpr:
		hideLiterals(src, x.Expression, numbers)
	case *hclsyntax.ObjectConsExpr:
		for _, item := range x.Items {
			hideLiterals(src, item.ValueExpr, numbers)
		}
	case *hclsyntax.TupleConsExpr:
		for _, item := range x.Exprs {
			hideLiterals(src, item, numbers)
		}
	case *hclsyntax.LiteralValueExpr: // a number, true, false or null
		if numbers {
			src.hide(x.Range())
		}
	default:
		src.hide(x.Range())
	}
}

// plainName reports whether x is a text without templates that does not look like a secret.
func plainName(x hclsyntax.Expression) bool {
	t, ok := x.(*hclsyntax.TemplateExpr)
	if !ok || !t.IsStringLiteral() {
		return false
	}
	v, diags := t.Value(nil)
	return !diags.HasErrors() && !looksLikeKey(v.AsString())
}

// item is where the i-th element of a list attribute stands.
func (a *attribute) item(i int) hcl.Range {
	if t, ok := a.Expr.(*hclsyntax.TupleConsExpr); ok && i < len(t.Exprs) {
		return t.Exprs[i].Range()
	}
	return a.Expr.Range()
}

// keyShape is what API keys look like: a known prefix and a long tail, or a long run of letters and digits.
var keyShape = regexp.MustCompile(`\b(?:sk|gsk|csk|xai|hf|nvapi|pplx)[-_][A-Za-z0-9_-]{12,}|\bAIza[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{32,}`)

// looksLikeKey reports whether text probably holds an API key that got into a wrong place.
func looksLikeKey(text string) bool {
	return redactShapes(text) != text
}

// redactShapes replaces what looks like an API key. It is the last net: a key in the wrong place, say as the
// name of a block, is not known as a secret.
func redactShapes(text string) string {
	return keyShape.ReplaceAllStringFunc(text, func(match string) string {
		if strings.ContainsAny(match, "0123456789") && strings.ContainsFunc(match, unicode.IsLetter) {
			return hiddenText
		}
		return match // a long word
	})
}
