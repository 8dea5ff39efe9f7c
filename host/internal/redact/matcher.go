package redact

import (
	"cmp"
	"slices"
	"strings"
)

// matcher finds any of a set of strings. Text without one costs a table look-up a byte.
type matcher struct {
	// seen has a bit for each hash of three bytes that some word begins with.
	seen [1 << 16 / 64]uint64
	// words by their first six bytes, longest first.
	words   map[string][]string
	longest int
}

func newMatcher(words []string) *matcher {
	m := &matcher{words: make(map[string][]string)}
	for _, w := range words {
		if len(w) < minSecret {
			continue
		}
		h := hash3(uint32(w[0]) | uint32(w[1])<<8 | uint32(w[2])<<16)
		m.seen[h/64] |= 1 << (h % 64)
		same := m.words[w[:minSecret]]
		if !slices.Contains(same, w) {
			m.words[w[:minSecret]] = append(same, w)
		}
		m.longest = max(m.longest, len(w))
	}
	for _, same := range m.words {
		slices.SortFunc(same, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	}
	return m
}

func hash3(three uint32) uint32 { return three * 2654435761 >> 16 }

// next returns the first match at or after from: its start and end, or -1.
func (m *matcher) next(s string, from int) (start, end int) {
	if m.longest == 0 || len(s)-from < minSecret {
		return -1, -1
	}
	tail := s[from:]
	three := uint32(tail[0])<<8 | uint32(tail[1])<<16
	for i, c := range []byte(tail[2:]) {
		three = three>>8 | uint32(c)<<16
		if h := hash3(three); m.seen[h/64]&(1<<(h%64)) == 0 || i+minSecret > len(tail) {
			continue
		}
		for _, w := range m.words[tail[i:i+minSecret]] {
			if strings.HasPrefix(tail[i:], w) {
				return from + i, from + i + len(w)
			}
		}
	}
	return -1, -1
}
