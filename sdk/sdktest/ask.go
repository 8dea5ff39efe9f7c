package sdktest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ask is a chat request with one user message, and further members as JSON, e.g. `"seed":7`.
func ask(text string, members ...string) []byte {
	return request([]string{`{"role":"user","content":` + quote(text) + `}`}, members...)
}

// request is a chat request with these messages.
func request(messages []string, members ...string) []byte {
	all := append([]string{`"messages":[` + strings.Join(messages, ",") + `]`}, members...)
	return []byte("{" + strings.Join(all, ",") + "}")
}

func quote(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return fmt.Sprintf("%q", text) // a string always encodes
	}
	return string(raw)
}
