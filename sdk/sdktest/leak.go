package sdktest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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
	return canary{label: label, value: value, traces: Traces(value)}
}

// Traces returns everything whose presence in a text gives secret away, by how it does: the secret as it is,
// escaped for URLs and JSON, in hex, in base64 at any offset inside a longer text, and its first and its last
// 8 characters. What is too short to tell anything is left out: the ends of a secret of at most 8 characters,
// and of the empty one everything.
func Traces(secret string) map[string][]byte {
	out := map[string][]byte{}
	if secret == "" {
		return out
	}
	out["as it is"] = []byte(secret)
	out["URL-escaped"] = []byte(url.QueryEscape(secret))
	out["path-escaped"] = []byte(url.PathEscape(secret))
	out["in hex"] = []byte(hex.EncodeToString([]byte(secret)))
	out["in upper-case hex"] = []byte(strings.ToUpper(hex.EncodeToString([]byte(secret))))
	if quoted, err := json.Marshal(secret); err == nil {
		out["in JSON"] = quoted[1 : len(quoted)-1]
	}
	if len(secret) > edge {
		out["by its first characters"] = []byte(secret[:edge])
		out["by its last characters"] = []byte(secret[len(secret)-edge:])
	}
	// Inside a longer text the secret begins at any of the three positions of a base64 group. The characters
	// at the ends, which the neighbours have a part in, are left out.
	for offset := range 3 {
		padded := append(make([]byte, offset), secret...)
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := encoding.EncodeToString(padded)
			if inner := min(offset+1, len(text)); len(text)-2-inner >= edge {
				out[fmt.Sprintf("in %s at %d", name, offset)] = []byte(text[inner : len(text)-2])
			}
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
