package hclconfig

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// words may show in a line of a file that does not parse. There a quote may be missing, so that what looks
// like a name can be a secret; all else is hidden.
var words = []string{
	"plugins", "dir", "lock", "allow_root", "start_timeout", "account", "limits", "reset", "tz", "at",
	"provider", "plugin", "priority", "active", "proxy", "any_model", "settings", "retry", "timeouts", "key",
	"value", "daily_limit", "model", "id", "context", "features", "route", "targets", "max_tries", "delay",
	"multiplier", "max_delay", "on_ambiguous", "fallback_on_blocked", "budget_ratio", "budget_per_second",
	"connect", "first_token", "unary", "stall", "total", "logging", "level", "format", "console", "file",
	"errors_file", "max_size", "max_files", "auto", "disable_after", "state", "gateway", "alerts",
	"requests_per_minute", "requests_per_day", "tokens_per_minute", "tokens_per_day",
	"env", "true", "false", "null",
}

// hideUnparsed hides everything in a file that does not parse but the grammar's own words, punctuation and
// small numbers.
func hideUnparsed(src *source) {
	tokens, _ := hclsyntax.LexConfig(src.text, src.name, hcl.InitialPos)
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenIdent:
			if !slices.Contains(words, string(t.Bytes)) {
				src.hide(t.Range)
			}
		case hclsyntax.TokenNumberLit:
			if len(t.Bytes) > 4 {
				src.hide(t.Range)
			}
		case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenInvalid,
			hclsyntax.TokenBadUTF8, hclsyntax.TokenOHeredoc:
			src.hide(t.Range)
		}
	}
	src.seal()
	blankComments(src)
}

// blankComments takes comments out of the shown text: an old key is often kept in one, and none helps to
// understand a mistake.
func blankComments(src *source) {
	tokens, _ := hclsyntax.LexConfig(src.text, src.name, hcl.InitialPos)
	src.text = bytes.Clone(src.text)
	for _, t := range tokens {
		if t.Type != hclsyntax.TokenComment {
			continue
		}
		for i := t.Range.Start.Byte; i < t.Range.End.Byte; i++ {
			if src.text[i] != '\n' {
				src.text[i] = ' '
			}
		}
	}
}
