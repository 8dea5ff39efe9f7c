package simulator

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// tokens cuts text into words, each with the white space before it. A word
// longer than 16 runes is several tokens, so that text without spaces streams
// too. Joined they are the text again.
func tokens(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, runes, inWord := 0, 0, false
		for i, r := range text {
			space := unicode.IsSpace(r)
			if inWord && (space || runes == 16) {
				if !yield(text[start:i]) {
					return
				}
				start, runes, inWord = i, 0, false
			}
			if !space {
				inWord = true
				runes++
			}
		}
		if start < len(text) {
			yield(text[start:])
		}
	}
}

// fragments cuts arguments into pieces of odd sizes, as providers do when they
// stream them, never inside a rune.
func fragments(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for size := 1; text != ""; size = size%7 + 2 {
			end := 0
			for range size {
				_, width := utf8.DecodeRuneInString(text[end:])
				end += width
			}
			if !yield(text[:end]) {
				return
			}
			text = text[end:]
		}
	}
}
