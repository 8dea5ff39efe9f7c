package host_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// What an upstream or a proxy echoes besides the key does not show either: secrets of settings, the passwords of
// proxies. Prompts show to their caller, and in no log.
func TestCanaryOtherThanKeys(t *testing.T) {
	const (
		setting, password, inherited = "setting-Zq7Wv3Xk9Jp2", "proxied-Lm5Tn8Rb4Hd6", "inherited-Gf1Yc0Qx7Wz3"
		prompt                       = "prompt-Vk2Hs9Bd4Nf7"
	)
	t.Setenv("HTTPS_PROXY", "http://me:"+inherited+"@127.0.0.1:1")
	for _, status := range []int{400, 401, 403, 404, 422, 429, 500} {
		log := &journal{}
		r := start(t, setup{
			log: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: log}),
			script: script(rule(simulator.FaultReply, "", func(r *simulator.Rule) {
				r.Fault.Status = status
				r.Fault.Body = fmt.Sprintf(`{"error":{"message":"%s %s %s in %s","code":"%[1]s","type":"%[2]s","param":"%[3]s"}}`, setting, password, inherited, prompt)
				r.Fault.Header = map[string]string{"X-Request-Id": setting, "Content-Type": "application/json"}
			})),
			change: func(c *host.Config) {
				c.Retry.MaxTries = 1
				c.Secrets = []sdk.Secret{sdk.NewSecret(setting)}
				for i := range c.Providers {
					c.Providers[i].Proxy = sdk.NewSecret("http://me:" + password + "@127.0.0.1:1")
				}
			},
		})
		for _, stream := range []bool{false, true} {
			_, _, err := r.either(t, stream, prompt)
			if err == nil {
				t.Fatalf("%d went well", status)
			}
			for _, secret := range []string{setting, password, inherited} {
				assertNoSecret(t, "error", secret, err.Error()+pretty(err)+fmt.Sprintf("%+v", err))
			}
		}
		_, err := r.ValidateKey(t.Context(), "first", sdk.NewSecret(keyValue("first-1")))
		for _, secret := range []string{setting, password, inherited} {
			assertNoSecret(t, "log", secret, log.String())
			assertNoSecret(t, "status", secret, pretty(r.Status()))
			assertNoSecret(t, "validation", secret, fmt.Sprint(err)+pretty(err))
		}
		assertNoSecret(t, "log", prompt, log.String())
	}
}
