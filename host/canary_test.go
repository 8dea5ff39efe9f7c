package host_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// assertNoCanary looks for the canary key in every form it could have.
func assertNoCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{canary, canary + "one", canary + "fragile"} {
		assertNoSecret(t, where, secret, text)
	}
}

func assertNoSecret(t *testing.T, where, secret, text string) {
	t.Helper()
	forms := map[string]string{
		"as it is": secret, "base64": base64.StdEncoding.EncodeToString([]byte(secret)), "base64url": base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"hex": hex.EncodeToString([]byte(secret)), "URL": url.QueryEscape(secret),
		"its head": secret[:12], "its tail": secret[len(secret)-12:],
	}
	for form, s := range forms {
		if i := strings.Index(text, s); i >= 0 {
			t.Errorf("%s holds the key, %s: ...%s...", where, form, text[max(0, i-60):min(len(text), i+len(s)+20)])
		}
	}
}

// A key that a plugin tries to give away everywhere is seen nowhere.
func TestCanaryAPluginThatTells(t *testing.T) {
	t.Parallel()
	h, log := processes(t, nil, "one")
	for _, prompt := range []string{"leak", "panic", "leak again", "exit"} {
		_, err := h.Chat(t.Context(), ask(prompt))
		if err == nil {
			t.Fatalf("%s went well", prompt)
		}
		assertNoCanary(t, "error of "+prompt, err.Error()+fmt.Sprintf("%+v %#v", err, err)+pretty(err))
		if err := startAgain(t, h, "one"); err != nil {
			t.Fatal(err)
		}
	}
	stats, err := h.KeyStats("one")
	if err != nil {
		t.Fatal(err)
	}
	assertNoCanary(t, "status", pretty(h.Status())+pretty(stats)+fmt.Sprintf("%+v", h.Status()))
	if !strings.Contains(log.String(), "leaving") {
		t.Error("the log holds nothing of the plugin: this test proves nothing")
	}
	assertNoCanary(t, "log", log.String())
}

// An upstream that echoes the key in what it answers does not get it into an error, a trail or a log.
func TestCanaryAnUpstreamThatEchoes(t *testing.T) {
	t.Parallel()
	secret := keyValue("first-1")
	for _, status := range []int{400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503} {
		for _, body := range []string{
			`{"error":{"message":"key %s is wrong","code":"%[1]s","type":"%[1]s","param":"%[1]s"}}`,
			`<html><body>%s</body></html>`, `{"detail":"%s"}`, `%s`,
		} {
			log := &journal{}
			r := start(t, setup{
				log: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: log}),
				script: script(rule(simulator.FaultReply, "", func(r *simulator.Rule) {
					r.Fault.Status, r.Fault.Body = status, fmt.Sprintf(body, secret)
					r.Fault.Header = map[string]string{"X-Request-Id": secret, "Content-Type": "application/json"}
				})),
				change: func(c *host.Config) { c.Retry.MaxTries = 1 },
			})
			for _, stream := range []bool{false, true} {
				_, _, err := r.either(t, stream, "hi")
				if err == nil {
					t.Fatalf("%d went well", status)
				}
				assertNoSecret(t, "error", secret, err.Error()+pretty(err)+fmt.Sprintf("%+v", err))
			}
			assertNoSecret(t, "log", secret, log.String())
			assertNoSecret(t, "status", secret, pretty(r.Status()))
			_, err := r.ValidateKey(t.Context(), "first", sdk.NewSecret(secret))
			assertNoSecret(t, "validation", secret, fmt.Sprint(err))
		}
	}
}
