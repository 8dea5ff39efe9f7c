package openaicompat

import "bytes"

// Most events of a stream are a word of text each. Telling them from the few that matter costs four
// searches for a quoted name, not a decoding: inside a JSON string the quotes of such a name would be
// escaped, so a hit is a member's name (or a string that is exactly that word, which only costs a closer
// look).

// plain reports whether an event surely says nothing but content: no finish reason, no usage, no error.
func plain(data []byte) bool {
	return bytes.Contains(data, []byte(`"choices"`)) &&
		unset(data, `"finish_reason"`) && unset(data, `"usage"`) && unset(data, `"error"`) && unset(data, `"x_groq"`)
}

// unset reports whether name occurs at most as a member that is null.
func unset(data []byte, name string) bool {
	for {
		i := bytes.Index(data, []byte(name))
		if i < 0 {
			return true
		}
		data = data[i+len(name):]
		at := skipSpace(data, 0)
		if at == len(data) || data[at] != ':' {
			return false
		}
		if at = skipSpace(data, at+1); !bytes.HasPrefix(data[at:], []byte("null")) {
			return false
		}
	}
}
