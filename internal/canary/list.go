package canary

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"

	"github.com/aio-llm/aio/sdk"
)

// Canary is a secret to look for.
type Canary struct {
	// Label names it where the value must not show.
	Label string
	Value sdk.Secret
	// Whole says that its ends occur in innocent texts (such as "89abcdef"), so that they tell nothing.
	Whole bool
}

// Value makes the secret of a label: always the same, in no text by chance, with ends of its own, and changed by
// every escape. It is 36 characters long.
func Value(label string) string {
	sum := sha256.Sum256([]byte("canary " + label))
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return text[:16] + "/+<=" + text[16:32]
}

// Of returns the secrets that Value makes.
func Of(labels ...string) []Canary {
	out := make([]Canary, len(labels))
	for i, label := range labels {
		out[i] = Canary{Label: label, Value: sdk.NewSecret(Value(label))}
	}
	return out
}

// List returns the secrets of this repository's tests. Of values that share a part of theirs it has that part.
func List() []Canary {
	return slices.Concat(written(), Of(Served()...), Of(Spoken()...))
}

// Served are the labels of what aio serve is given and must keep to itself, see TestRow_X3.
func Served() []string {
	return []string{
		"key in env", "key in the file", "key in a file", "key in an env file", "key refused", "key unused", "key of a broken file",
		"key of the next file", "key in the body", "setting from env", "password of a proxy", "password of HTTPS_PROXY",
		"password of ALL_PROXY", "collector header", "client token", "second client token", "wrong token", "token in x-api-key",
		"token in the query", "password of basic auth", "cookie", "forwarded header", "proxy authorization", "admin token",
		"wrong admin token", "webhook secret", "webhook path",
	}
}

// Spoken are the labels of what callers and upstreams say to each other through it: only they may see it.
func Spoken() []string {
	return []string{
		"prompt", "system prompt", "streamed prompt", "embedded text", "tool argument", "metadata", "user", "refused prompt", "answer",
	}
}

// written are those that the tests write down.
func written() []Canary {
	var out []Canary
	add := func(whole bool, label string, values ...string) {
		for _, value := range values {
			out = append(out, Canary{Label: label, Value: sdk.NewSecret(value), Whole: whole})
		}
	}
	add(false, "keys of aio's scripts", "canary1_8f4e7a20c6b94d13", "canary2_51d0b3e9a7c84f62", "canary3-9b2f60d1e8a74c35")
	add(true, "keys of aio doctor's scripts", "canary4_0000000000000000", "canary5-0000000000000000", "canary6-0000000000000000")
	add(true, "keys of the doctor and of the real upstreams", "51d0b3e9a7c84f62", "plain-canary-key")
	add(true, "secrets of the admin API", "sk-canary-key-8f4e7a20c6b94d13", "canary-password", "canary-admin-token-0123456789", "canary of a prompt")
	add(true, "secrets of the observers", "sk-CanaryKey-0123456789abcdefXYZ", "CanaryPrompt-a-secret-of-the-caller",
		"CanaryToken-0123456789-of-a-client", "CanaryHook-0123456789-of-webhooks")
	add(true, "keys of plugin processes", "gsk_CanaryCanary0123456789abcdefXYZ", "canary-cert", "canary-key")
	add(false, "key of the configuration", "gsk_Zq7Wv3Xk9Jp2Lm5Tn8Rb4Hd6Gf1Yc0Qx7Wz3Vk")
	add(true, "secrets of configurations", "canary-0123456789abcdef", "canary0123456789abcdef", "canary-token-0123456789", "sk-c5-secret-value-4711",
		"client-token-number-", "token-of-the-client-app", "proxy-password", "secret-of-the-webhook")
	add(true, "secrets that are redacted", "canary+with/all=of<these>&7c1", `p/4"<&\ ü+canary=7!`, "canary-0123456789-abcdef", "canary key with spaces 0123456789")
	add(true, "keys of simulated upstreams", "sk-simulated-", "canary-12345", "gsk_canary_0123456789", "secret-of-mine")
	add(true, "key of Google AI", "AIzaCanary0123456789abcdefghijklmnopqrs")
	add(true, "secret of webhooks", "a-secret-of-32-bytes-for-webhooks")
	return out
}
