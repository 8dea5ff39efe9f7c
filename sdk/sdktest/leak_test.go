package sdktest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// However a secret is written into a text, one of its traces is in there.
func TestTracesShow(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"sk-live-4a91/+c07e<&>d5", "x", "exactly8", "nine char", newCanary("a").value} {
		traces := Traces(secret)
		inJSON, err := json.Marshal("told " + secret + " there")
		if err != nil {
			t.Fatal(err)
		}
		for how, text := range map[string]string{
			"as it is": "key " + secret + "!", "URL-escaped": "?k=" + url.QueryEscape(secret), "path-escaped": "/" + url.PathEscape(secret) + "/x",
			"in hex": "ab" + hex.EncodeToString([]byte(secret)), "in upper-case hex": strings.ToUpper(hex.EncodeToString([]byte(secret))), "in JSON": string(inJSON),
		} {
			if !bytes.Contains([]byte(text), traces[how]) || len(traces[how]) == 0 {
				t.Errorf("%q %s does not show in %q", secret, how, text)
			}
		}
		if len(secret) <= edge {
			continue
		}
		shown := map[string]string{"its head": secret[:edge] + "...", "its tail": "..." + secret[len(secret)-edge:]}
		for _, before := range []string{"", "a", "ab", "abc"} {
			shown["base64 after "+before] = base64.StdEncoding.EncodeToString([]byte(before + secret + " after"))
			shown["base64url after "+before] = base64.URLEncoding.EncodeToString([]byte(before + secret))
		}
		c := canary{traces: traces}
		for how, text := range shown {
			if c.shows([]byte(text)) == "" {
				t.Errorf("%q by %s does not show in %q", secret, how, text)
			}
		}
		if how := c.shows([]byte("a text that says nothing of it")); how != "" {
			t.Errorf("%q shows %s where it is not", secret, how)
		}
	}
	if got := Traces(""); len(got) != 0 {
		t.Errorf("the empty secret shows by %v", got)
	}
}
