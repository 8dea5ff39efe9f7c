package hclconfig

import (
	"strings"
	"unicode/utf8"
)

// maxEnvFile bounds a .env file in bytes.
const maxEnvFile = 256 << 10

// ReadEnvFile reads a .env file: NAME=VALUE lines with an optional "export", '#' comments, values in single
// quotes (as they are) or double quotes (with \n, \t, \", \\ and \$). Nothing is expanded and nothing becomes
// part of the process environment. Of a name given twice the last value holds. Its error is a Diagnostics
// with line numbers and without values.
func ReadEnvFile(path string) (map[string]string, error) {
	text, err := readBounded(path, maxEnvFile)
	if err != nil {
		return nil, Diagnostics{{File: path, Summary: "cannot read the variables file: " + reason(err)}}
	}
	vars := map[string]string{}
	var problems Diagnostics
	for i, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		name, value, problem := envLine(strings.TrimSpace(strings.TrimSuffix(line, "\r")))
		switch {
		case problem != "":
			problems = append(problems, Diagnostic{File: path, Line: i + 1, Summary: problem, Detail: "Write NAME=value, one a line."})
		case name != "":
			vars[name] = value
		}
	}
	if len(problems) > maxDiagnostics {
		problems = problems[:maxDiagnostics]
	}
	if err := problems.errorOrNil(); err != nil {
		return nil, err
	}
	return vars, nil
}

// envLine reads one line; all results are empty for a blank line or a comment.
func envLine(line string) (name, value, problem string) {
	if line == "" || line[0] == '#' {
		return "", "", ""
	}
	if rest, ok := strings.CutPrefix(line, "export"); ok && (strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "\t")) {
		line = strings.TrimSpace(rest)
	}
	name, rest, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	switch {
	case !ok:
		return "", "", "a line without an equals sign"
	case !validVariable(name):
		return "", "", "what stands before the equals sign is not the name of a variable"
	case !utf8.ValidString(rest) || strings.ContainsRune(rest, 0):
		return "", "", "the value of " + shownVariable(name) + " is not UTF-8 text"
	}
	value, problem = envValue(strings.TrimSpace(rest))
	if problem != "" {
		return "", "", "the value of " + shownVariable(name) + " " + problem
	}
	return name, value, ""
}

// shownVariable is a name in a message; a key in the place of a name does not show.
func shownVariable(name string) string { return redactShapes(name) }

func envValue(text string) (value, problem string) {
	if text == "" {
		return "", ""
	}
	switch quote := text[0]; quote {
	case '\'':
		end := strings.IndexByte(text[1:], '\'')
		if end < 0 {
			return "", "has no closing quote"
		}
		return text[1 : 1+end], afterQuote(text[2+end:])
	case '"':
		return doubleQuoted(text[1:])
	}
	if i := strings.Index(text, " #"); i >= 0 {
		text = text[:i]
	}
	if text[0] == '#' {
		text = ""
	}
	return strings.TrimSpace(text), ""
}

func doubleQuoted(text string) (value, problem string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), afterQuote(text[i+1:])
		case c == '\\' && i+1 < len(text):
			i++
			switch text[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '"', '\\', '$':
				b.WriteByte(text[i])
			default:
				return "", "has an unknown escape after a backslash"
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", "has no closing quote"
}

func afterQuote(rest string) (problem string) {
	if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
		return "goes on after its closing quote"
	}
	return ""
}
