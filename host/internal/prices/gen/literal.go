package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// literal reads one JavaScript literal at the beginning of text, as bundlers write data: objects, arrays,
// strings, numbers, true, !0, null. Nothing is run.
func literal(text string) (any, error) {
	r := &reader{rest: text}
	v, err := r.value(0)
	if err != nil {
		at := len(text) - len(r.rest)
		return nil, fmt.Errorf("line %d: %w", strings.Count(text[:at], "\n")+1, err)
	}
	return v, nil
}

type reader struct{ rest string }

const deepest = 64

func (r *reader) value(depth int) (any, error) {
	if depth > deepest {
		return nil, errors.New("nested too deep")
	}
	r.space()
	switch {
	case r.take("{"):
		return r.object(depth)
	case r.take("["):
		return r.array(depth)
	case r.take("!0"), r.take("true"):
		return true, nil
	case r.take("!1"), r.take("false"):
		return false, nil
	case r.take("null"), r.take("void 0"):
		return nil, nil
	case r.rest != "" && strings.ContainsRune("\"'`", rune(r.rest[0])):
		return r.text()
	default:
		return r.number()
	}
}

func (r *reader) object(depth int) (any, error) {
	out := map[string]any{}
	for {
		r.space()
		if r.take("}") {
			return out, nil
		}
		name, err := r.name()
		if err != nil {
			return nil, err
		}
		r.space()
		if !r.take(":") {
			return nil, fmt.Errorf("no colon after %q", name)
		}
		if out[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
		r.space()
		if !r.take(",") && !strings.HasPrefix(r.rest, "}") {
			return nil, errors.New("object not closed")
		}
	}
}

func (r *reader) array(depth int) (any, error) {
	out := []any{}
	for {
		r.space()
		if r.take("]") {
			return out, nil
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		r.space()
		if !r.take(",") && !strings.HasPrefix(r.rest, "]") {
			return nil, errors.New("array not closed")
		}
	}
}

func (r *reader) name() (string, error) {
	if r.rest != "" && (r.rest[0] == '"' || r.rest[0] == '\'') {
		return r.text()
	}
	name := r.while(func(c rune) bool { return c == '_' || c == '$' || unicode.IsLetter(c) || unicode.IsDigit(c) })
	if name == "" {
		return "", errors.New("no name")
	}
	return name, nil
}

func (r *reader) number() (any, error) {
	digits := r.while(func(c rune) bool { return strings.ContainsRune("+-.0123456789eE", c) })
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return nil, fmt.Errorf("no value but %.20q", digits+r.rest)
	}
	return n, nil
}

// text reads a string in any of the three quotes; a template with something in it is no literal.
func (r *reader) text() (string, error) {
	quote := r.rest[0]
	var b strings.Builder
	for i := 1; i < len(r.rest); i++ {
		switch c := r.rest[i]; {
		case c == quote:
			r.rest = r.rest[i+1:]
			return b.String(), nil
		case c == '$' && quote == '`' && strings.HasPrefix(r.rest[i:], "${"):
			return "", errors.New("a template is no literal")
		case c == '\\' && i+1 < len(r.rest):
			i++
			n := escape(&b, r.rest[i:])
			i += n
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("string not closed")
}

// escape writes what stands after a backslash and returns how many more bytes it took.
func escape(b *strings.Builder, rest string) int {
	switch rest[0] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'u':
		if len(rest) >= 5 {
			if n, err := strconv.ParseUint(rest[1:5], 16, 16); err == nil {
				b.WriteRune(rune(n))
				return 4
			}
		}
		b.WriteByte('u')
	default:
		b.WriteByte(rest[0])
	}
	return 0
}

// space skips white space and comments.
func (r *reader) space() {
	for {
		r.rest = strings.TrimSpace(r.rest)
		switch {
		case strings.HasPrefix(r.rest, "/*"):
			_, r.rest, _ = strings.Cut(r.rest, "*/")
		case strings.HasPrefix(r.rest, "//"):
			_, r.rest, _ = strings.Cut(r.rest, "\n")
		default:
			return
		}
	}
}

func (r *reader) take(token string) bool {
	rest, ok := strings.CutPrefix(r.rest, token)
	r.rest = rest
	return ok
}

func (r *reader) while(in func(rune) bool) string {
	end := strings.IndexFunc(r.rest, func(c rune) bool { return !in(c) })
	if end < 0 {
		end = len(r.rest)
	}
	taken := r.rest[:end]
	r.rest = r.rest[end:]
	return taken
}
