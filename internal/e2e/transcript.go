package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// transcript is one task at one provider, as it is written to a file.
type transcript struct {
	Provider string    `json:"provider"`
	Task     string    `json:"task"`
	Model    string    `json:"model"`
	Time     time.Time `json:"time"`
	// Outcome is "ok", or what went wrong.
	Outcome string  `json:"outcome"`
	Calls   []calls `json:"calls"`
}

// calls is one request with both replies.
type calls struct {
	Request    message    `json:"request"`
	Real       message    `json:"real"`
	Simulated  message    `json:"simulated"`
	Difference difference `json:"difference"`
}

// message is a request or a reply. Body is JSON where it is JSON, else a string.
type message struct {
	Method string            `json:"method,omitempty"`
	Path   string            `json:"path,omitempty"`
	Status int               `json:"status,omitempty"`
	Header map[string]string `json:"header"`
	Body   json.RawMessage   `json:"body"`
}

func requestOf(x exchange) message {
	return message{Method: x.method, Path: x.path, Header: headersToKeep(x.header), Body: jsonOf(x.body)}
}

func replyOf(r reply) message {
	return message{Status: r.status, Header: headersToKeep(r.header), Body: jsonOf(r.body)}
}

func jsonOf(body []byte) json.RawMessage {
	if json.Valid(body) {
		return body
	}
	quoted, err := json.Marshal(string(body))
	if err != nil {
		return json.RawMessage("null")
	}
	return quoted
}

// redactor takes out keys, and what names the account they belong to.
type redactor struct{ secrets []sdk.Secret }

var (
	// keyLike is what keys look like, also masked ones: providers echo them in their errors.
	keyLike = regexp.MustCompile(`\b(?:sk|gsk|csk|xai|nvapi|hf)[-_][-_A-Za-z0-9*.]{6,}|\bAIza[-_A-Za-z0-9]{10,}|\bAQ\.[-_A-Za-z0-9]{10,}`)
	// accountLike are ids of organisations, users and projects.
	accountLike = regexp.MustCompile(`\b(?:org|user|proj|acct)[_-][A-Za-z0-9]{8,}|\bprojects/[0-9]{6,}`)
)

func (r redactor) text(s string) string {
	for _, secret := range r.secrets {
		s = secret.Redact(s)
	}
	return accountLike.ReplaceAllString(keyLike.ReplaceAllString(s, "[redacted]"), "[redacted]")
}

// write puts the transcript into dir, without a secret.
func (t transcript) write(dir string, r redactor) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(t); err != nil {
		return err
	}
	path := filepath.Join(dir, t.Provider+"-"+t.Task+".json")
	return os.WriteFile(path, []byte(r.text(b.String())), 0o600)
}
