package openaicompat

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/tidwall/gjson"
)

// A scanner for the outline of JSON: it finds where members and elements begin and end and looks at nothing
// inside them, so that a request of many megabytes of images costs a search for quotes. It checks what it
// walks over only as far as it must not be misled; the upstream does the rest.

var errOutline = errors.New("not a JSON object")

// member is one member of an object: key as written with its quotes, and its value as written.
type member struct {
	key, value []byte
}

// name is the decoded key; do not change it.
func (m member) name() []byte {
	inner := m.key[1 : len(m.key)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	return []byte(gjson.ParseBytes(m.key).String())
}

// eachMember calls visit for the members of the object data holds, and nothing else.
func eachMember(data []byte, visit func(member) error) error {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '{' {
		return errOutline
	}
	i = skipSpace(data, i+1)
	if i < len(data) && data[i] == '}' {
		return atEnd(data, i+1)
	}
	for {
		keyEnd := skipString(data, i)
		colon := skipSpace(data, keyEnd)
		if keyEnd == i || colon >= len(data) || data[colon] != ':' {
			return errOutline
		}
		start := skipSpace(data, colon+1)
		end := skipValue(data, start)
		if end == start {
			return errOutline
		}
		if err := visit(member{key: data[i:keyEnd], value: data[start:end]}); err != nil {
			return err
		}
		next, more := separator(data, end, '}')
		if next < 0 {
			return errOutline
		}
		if !more {
			return atEnd(data, next)
		}
		i = next
	}
}

// eachElement calls visit for the elements of the array data holds, and nothing else.
func eachElement(data []byte, visit func(index int, value []byte) error) error {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '[' {
		return errOutline
	}
	i = skipSpace(data, i+1)
	if i < len(data) && data[i] == ']' {
		return atEnd(data, i+1)
	}
	for index := 0; ; index++ {
		end := skipValue(data, i)
		if end == i {
			return errOutline
		}
		if err := visit(index, data[i:end]); err != nil {
			return err
		}
		next, more := separator(data, end, ']')
		if next < 0 {
			return errOutline
		}
		if !more {
			return atEnd(data, next)
		}
		i = next
	}
}

// separator steps over a comma (more) or the closing bracket; -1 when there is neither.
func separator(data []byte, i int, closing byte) (next int, more bool) {
	i = skipSpace(data, i)
	switch {
	case i >= len(data):
		return -1, false
	case data[i] == ',':
		return skipSpace(data, i+1), true
	case data[i] == closing:
		return i + 1, false
	default:
		return -1, false
	}
}

func atEnd(data []byte, i int) error {
	if skipSpace(data, i) != len(data) {
		return errOutline
	}
	return nil
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t') {
		i++
	}
	return i
}

// skipString returns the index behind the string that begins at i, or i when there is none.
func skipString(data []byte, i int) int {
	if i >= len(data) || data[i] != '"' {
		return i
	}
	for end := i + 1; ; {
		quote := bytes.IndexByte(data[end:], '"')
		if quote < 0 {
			return i
		}
		end += quote
		backslashes := 0
		for data[end-1-backslashes] == '\\' {
			backslashes++
		}
		end++
		if backslashes%2 == 0 {
			return end
		}
	}
}

// skipValue returns the index behind the value that begins at i, or i when there is none.
func skipValue(data []byte, i int) int {
	if i >= len(data) {
		return i
	}
	switch data[i] {
	case '"':
		return skipString(data, i)
	case '{', '[':
		return skipNested(data, i)
	}
	end := i
	for end < len(data) && isScalar(data[end]) {
		end++
	}
	return end
}

func isScalar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

func skipNested(data []byte, i int) int {
	depth := 0
	for end := i; end < len(data); {
		switch data[end] {
		case '"':
			next := skipString(data, end)
			if next == end {
				return i
			}
			end = next
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		end++
		if depth == 0 {
			return end
		}
	}
	return i
}

// isNull reports whether value is the literal null.
func isNull(value []byte) bool { return string(value) == "null" }

// elementPath is the JSON path of a member of a list's element.
func elementPath(list string, index int, name string) string {
	return list + "." + strconv.Itoa(index) + "." + name
}
