package hclconfig

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/aio-llm/aio/sdk"
)

// words may show in a line of a file that does not parse. There a quote may be missing, so that what looks
// like a name can be a secret; all else is hidden.
//
//nolint:gochecknoglobals // a read-only table
var words = []string{
	"plugins", "dir", "lock", "allow_root", "start_timeout", "account", "limits", "reset", "tz", "at",
	"provider", "plugin", "priority", "active", "proxy", "any_model", "settings", "retry", "timeouts", "key",
	"value", "daily_limit", "model", "id", "context", "features", "route", "targets", "max_tries", "delay",
	"multiplier", "max_delay", "on_ambiguous", "fallback_on_blocked", "budget_ratio", "budget_per_second",
	"connect", "first_token", "unary", "stall", "total", "logging", "level", "format", "console", "file",
	"errors_file", "max_size", "max_files", "auto", "disable_after", "state", "gateway", "alerts",
	"requests_per_minute", "requests_per_day", "tokens_per_minute", "tokens_per_day",
	"price", "input", "cached_input", "cache_write", "audio_input", "output", "reasoning",
	"listen", "auth", "cors_origins", "drain", "token", "expires", "models", "tls", "cert", "admin",
	"max_body", "max_unsized_body", "max_bodies", "max_headers", "max_connections", "max_concurrent", "queue", "queue_wait", "read_header", "read_body",
	"idle", "write", "keep_alive", "error_rate", "key_use", "slow", "slow_share", "down_for", "window", "min_requests",
	"every", "webhook", "url", "secret", "timeout", "tries",
	"env", "true", "false", "null", "heredoc",
}

// hideUnparsed hides everything in a file that does not parse but the grammar's own words, punctuation, small
// numbers and names of blocks.
func hideUnparsed(src *source) {
	tokens := src.lex()
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenIdent:
			if !slices.Contains(words, string(t.Bytes)) {
				src.hide(t.Range)
			}
		case hclsyntax.TokenNumberLit:
			if len(t.Bytes) > 4 {
				src.hide(t.Range)
			}
		case hclsyntax.TokenQuotedLit:
			if !isBlockName(tokens, i) {
				src.hide(t.Range)
			}
		case hclsyntax.TokenStringLit, hclsyntax.TokenInvalid, hclsyntax.TokenBadUTF8, hclsyntax.TokenOHeredoc:
			src.hide(t.Range)
		}
	}
	src.seal()
	blankComments(src)
}

// isBlockName reports whether token i is the name in: word "name" {
func isBlockName(tokens hclsyntax.Tokens, i int) bool {
	if i < 2 || i+2 >= len(tokens) {
		return false
	}
	name := string(tokens[i].Bytes)
	return tokens[i-2].Type == hclsyntax.TokenIdent && slices.Contains(words, string(tokens[i-2].Bytes)) &&
		tokens[i-1].Type == hclsyntax.TokenOQuote && tokens[i+1].Type == hclsyntax.TokenCQuote &&
		tokens[i+2].Type == hclsyntax.TokenOBrace && len(name) <= 32 && sdk.ValidName(name)
}

var (
	already = regexp.MustCompile(` was already set at .*:(\d+),\d+-\d+\.`)
	quoted  = regexp.MustCompile(`"[\w-]{4,}"`)
)

// syntax reports what the parser found. Its messages quote the file here and there: only words may show.
func (d *decoder) syntax(diags hcl.Diagnostics) {
	multiLine := false
	for _, diag := range diags {
		const unclosed = "Invalid multi-line string"
		if diag.Summary == unclosed && multiLine { // each line up to the next quote would be told
			continue
		}
		multiLine = multiLine || diag.Summary == unclosed
		detail := already.ReplaceAllString(diag.Detail, " was already set in line $1.")
		detail = quoted.ReplaceAllStringFunc(detail, func(q string) string {
			if slices.Contains(words, strings.Trim(q, `"`)) {
				return q
			}
			return hiddenText
		})
		at := hcl.Range{}
		if diag.Subject != nil {
			at = *diag.Subject
		}
		d.fail(at, strings.ToLower(diag.Summary[:1])+diag.Summary[1:], detail)
	}
}

// blankComments takes comments out of the shown text: an old key is often kept in one, and none helps to
// understand a mistake.
func blankComments(src *source) {
	src.text = bytes.Clone(src.text)
	for _, t := range src.lex() {
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
