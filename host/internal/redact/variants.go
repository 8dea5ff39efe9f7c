package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

// minSecret is the length below which a secret is not looked for: it would match by chance and turn text
// into noise. sdk.Secret draws the same line.
const minSecret = 6

// variants returns the ways a secret may appear in text.
func variants(secret sdk.Secret) []string {
	raw := secret.Reveal()
	all := []string{raw}
	if strings.ContainsAny(raw, "\r\n") { // a reader of lines never sees it whole
		for line := range strings.Lines(raw) {
			all = append(all, strings.TrimRight(line, "\r\n"))
		}
	}
	for _, line := range all {
		all = append(all, encodings(line)...)
	}
	long := all[:0]
	for _, v := range all {
		if len(v) >= minSecret {
			long = append(long, v)
		}
	}
	return long
}

func encodings(s string) []string {
	hexed := hex.EncodeToString([]byte(s))
	query, path := url.QueryEscape(s), url.PathEscape(s)
	all := []string{hexed, strings.ToUpper(hexed), query, path, lowerPercent(query), lowerPercent(path)}
	if quoted, err := json.Marshal(s); err == nil {
		inner := string(quoted[1 : len(quoted)-1])
		plain := unescapeHTML(inner)
		all = append(all, inner, plain, strings.ReplaceAll(plain, "/", `\/`))
	}
	quoted := strconv.Quote(s)
	all = append(all, quoted[1:len(quoted)-1])
	for offset := range 3 {
		all = append(all, base64At(s, offset, base64.RawStdEncoding), base64At(s, offset, base64.RawURLEncoding))
	}
	return all
}

// base64At returns the characters that stand for s alone when it is encoded behind offset other bytes, as in
// basic authentication. Those that mix it with its neighbours are left out.
func base64At(s string, offset int, enc *base64.Encoding) string {
	coded := enc.EncodeToString(append(make([]byte, offset), s...))
	from := (offset*8 + 5) / 6
	to := (offset + len(s)) * 8 / 6
	if to <= from {
		return ""
	}
	return coded[from:to]
}

// unescapeHTML undoes what encoding/json does to <, > and & on top of what JSON needs.
func unescapeHTML(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(s)
}

// lowerPercent writes %2F as %2f, as some encoders do.
func lowerPercent(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
			i += 2
		}
	}
	return string(b)
}
