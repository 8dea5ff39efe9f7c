package sdktest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
)

// edge is how many bytes of either end of a key must not show.
const edge = 8

// canary is an API key of one case, with all the ways it could show.
type canary struct {
	label  string
	value  string
	traces map[string][]byte // by encoding
}

// newCanary makes a key that is in no text by chance and that changes in every encoding.
func newCanary(label string) canary {
	value := "kit." + rand.Text() + "/+" + rand.Text()
	return canary{label: label, value: value, traces: traces(value)}
}

func traces(value string) map[string][]byte {
	out := map[string][]byte{
		"as it is":                []byte(value),
		"URL-escaped":             []byte(url.QueryEscape(value)),
		"path-escaped":            []byte(url.PathEscape(value)),
		"in hex":                  []byte(hex.EncodeToString([]byte(value))),
		"in upper-case hex":       []byte(strings.ToUpper(hex.EncodeToString([]byte(value)))),
		"by its first characters": []byte(value[:edge]),
		"by its last characters":  []byte(value[len(value)-edge:]),
	}
	// Inside a longer text the key begins at any of the three positions of a base64 group. The characters
	// at the ends, which the neighbours have a part in, are left out.
	for offset := range 3 {
		padded := append(make([]byte, offset), value...)
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := encoding.EncodeToString(padded)
			out[fmt.Sprintf("in %s at %d", name, offset)] = []byte(text[offset+1 : len(text)-2])
		}
	}
	return out
}

// shows says how the key shows in text; empty when it does not.
func (c canary) shows(text []byte) string {
	for how, trace := range c.traces {
		if bytes.Contains(text, trace) {
			return how
		}
	}
	return ""
}
