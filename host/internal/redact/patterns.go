package redact

import (
	"regexp"
	"strings"
)

// pattern masks what looks like a key. Its expression is slow, so it runs only on text that holds one of its
// hints; what its first group matches is kept.
type pattern struct {
	hints []string
	expr  *regexp.Regexp
	// sure tells a key from a word that stands in its place; nil is always.
	sure func(match string) bool
}

const tokenChars = `[A-Za-z0-9._~+/=-]`

// patterns returns the shapes of the well-known keys and the places where keys travel.
func patterns() []pattern {
	return []pattern{
		{hints: []string{"sk-", "xai-"}, expr: regexp.MustCompile(`\b()(?:sk|csk|xai)-[A-Za-z0-9_-]{12,}`), sure: mixed}, // OpenAI, OpenRouter and kin; Cerebras; xAI
		{hints: []string{"gsk_", "hf_"}, expr: regexp.MustCompile(`\b()(?:gsk|hf)_[A-Za-z0-9]{12,}`)},                    // Groq; Hugging Face
		{hints: []string{"nvapi-"}, expr: regexp.MustCompile(`()nvapi-[A-Za-z0-9_-]{12,}`)},                              // NVIDIA
		{hints: []string{"AIza"}, expr: regexp.MustCompile(`()AIza[A-Za-z0-9_-]{20,}`)},                                  // Google
		{hints: []string{"earer"}, expr: regexp.MustCompile(`(\b[Bb]earer(?:\s|%20|\+)+)` + tokenChars + `{8,}`), sure: mixed},
		{hints: []string{"asic"}, expr: regexp.MustCompile(`(\b[Bb]asic\s+)[A-Za-z0-9+/_-]{12,}=*`), sure: mixed},
		{hints: []string{"api-key", "api_key", "Api-Key", "API-KEY", "API_KEY"}, expr: regexp.MustCompile(`((?i:x-goog-api-key|x-api-key|api-key|api_key)["']?\s*[:=]\s*\[?["']?)` + tokenChars + `{8,}`), sure: mixed},
		{hints: []string{"?key=", "&key=", "?token=", "&token=", "access_token="}, expr: regexp.MustCompile(`([?&](?:key|access_token|token)=)[^&\s"'<>\[]{8,}`)},
	}
}

// mixed reports whether a match holds what words do not, or is longer than they get.
func mixed(match string) bool {
	return len(match) > 40 || strings.ContainsAny(match, "0123456789=")
}

// mask replaces every match in s.
func (p pattern) mask(s string) string {
	hinted := false
	for _, h := range p.hints {
		hinted = hinted || strings.Contains(s, h)
	}
	if !hinted {
		return s
	}
	var b strings.Builder
	done := 0
	for _, at := range p.expr.FindAllStringSubmatchIndex(s, -1) {
		end, keep := at[1], at[3]
		if p.sure != nil && !p.sure(s[keep:end]) {
			continue
		}
		b.WriteString(s[done:keep])
		b.WriteString(mark)
		done = end
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}
