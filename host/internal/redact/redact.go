package redact

import (
	"strings"

	"github.com/aio-llm/aio/sdk"
)

// mark stands where a secret was.
const mark = "[redacted]"

// Redactor removes secrets from text. It is immutable and safe for concurrent use.
type Redactor struct {
	known    *matcher
	patterns []pattern
}

// New returns a Redactor for the given secrets and for everything that looks like a key. Secrets shorter than
// 6 characters are ignored: they would match by chance.
func New(secrets ...sdk.Secret) *Redactor {
	var words []string
	for _, s := range secrets {
		words = append(words, variants(s)...)
	}
	return &Redactor{known: newMatcher(words), patterns: patterns()}
}

// String returns s with every secret replaced by "[redacted]". Text that holds none is returned as it is.
func (r *Redactor) String(s string) string {
	s = r.byValue(s)
	for _, p := range r.patterns {
		s = p.mask(s)
	}
	return s
}

func (r *Redactor) byValue(s string) string {
	start, end := r.known.next(s, 0)
	if start < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	done := 0
	for start >= 0 {
		b.WriteString(s[done:start])
		b.WriteString(mark)
		done = end
		start, end = r.known.next(s, done)
	}
	b.WriteString(s[done:])
	return b.String()
}
