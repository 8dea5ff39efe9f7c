package redact

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aio-llm/aio/sdk"
)

// mark stands where a secret was.
const mark = "[redacted]"

// Redactor removes secrets from text. It is safe for concurrent use.
type Redactor struct {
	known    atomic.Pointer[matcher]
	patterns []pattern

	learning sync.Mutex
	secrets  map[sdk.Secret]bool
}

// New returns a Redactor for the given secrets and for everything that looks like a key. Secrets shorter than
// 6 characters are ignored: they would match by chance.
func New(secrets ...sdk.Secret) *Redactor {
	r := &Redactor{patterns: patterns(), secrets: map[sdk.Secret]bool{}}
	r.known.Store(newMatcher(nil))
	r.Learn(secrets...)
	return r
}

// Learn adds secrets to those that are removed from now on.
func (r *Redactor) Learn(secrets ...sdk.Secret) {
	r.learning.Lock()
	defer r.learning.Unlock()
	before := len(r.secrets)
	for _, s := range secrets {
		r.secrets[s] = true
	}
	if len(r.secrets) == before {
		return
	}
	var words []string
	for s := range r.secrets {
		words = append(words, variants(s)...)
	}
	r.known.Store(newMatcher(words))
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
	known := r.known.Load()
	start, end := known.next(s, 0)
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
		start, end = known.next(s, done)
	}
	b.WriteString(s[done:])
	return b.String()
}
