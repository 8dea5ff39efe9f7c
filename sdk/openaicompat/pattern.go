package openaicompat

import "bytes"

// pattern is what the plain events of one stream have in common. Most of them differ in one string only, the
// word they bring: what begins and ends like a plain event, and has nothing but simple characters of that
// string in between, is JSON and plain as well, without being looked through.
type pattern struct {
	common []byte // the event up to the word, and from its end on
	word   int    // where the word is cut out of common
	misses int    // in a row
}

// Streams whose events all differ elsewhere too are not learned from for ever.
const maxMisses = 8

// fits reports whether data differs from the event learned in its word only.
func (p *pattern) fits(data []byte) bool {
	head, tail := p.common[:p.word], p.common[p.word:]
	end := len(data) - len(tail)
	if len(head) == 0 || end < len(head) || !bytes.HasSuffix(data, tail) || !bytes.HasPrefix(data, head) {
		return false
	}
	p.misses = 0
	return endOfSimple(data[len(head):end]) < 0
}

// learn takes in a plain event.
func (p *pattern) learn(data []byte) {
	if p.misses++; p.misses > maxMisses {
		return
	}
	p.common, p.word = p.common[:0], 0
	for _, name := range [...]string{`"content"`, `"reasoning"`, `"reasoning_content"`} {
		if from, to := wordOf(data, name); from < to {
			p.common, p.word = append(append(p.common, data[:from]...), data[to:]...), from
			return
		}
	}
}

// wordOf finds the simple string that is the value of name. In valid JSON a quoted name followed by a colon
// is a member's, even when the name's first quote is an escaped one, so what the quote after it opens is a string.
func wordOf(data []byte, name string) (from, to int) {
	i := bytes.Index(data, []byte(name))
	if i < 0 {
		return 0, 0
	}
	i = skipSpace(data, i+len(name))
	if i == len(data) || data[i] != ':' {
		return 0, 0
	}
	i = skipSpace(data, i+1)
	if i == len(data) || data[i] != '"' {
		return 0, 0
	}
	from = i + 1
	n := endOfSimple(data[from:])
	if n < 0 || data[from+n] != '"' {
		return 0, 0
	}
	return from, from + n
}

// endOfSimple is the index of the first character that a JSON string cannot hold as it is, -1 for none.
func endOfSimple(s []byte) int {
	for i, c := range s {
		if c < ' ' || c == '"' || c == '\\' {
			return i
		}
	}
	return -1
}
