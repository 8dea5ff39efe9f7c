package simulator

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// show writes a reply down: status, headers but the date, body.
func show(h heard) string {
	if h.err != nil {
		return "error: " + h.err.Error() + "\n"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d\n", h.status)
	h.header.Del("Date")
	_ = h.header.Write(&b) // sorted; a buffer takes everything
	return strings.ReplaceAll(b.String(), "\r\n", "\n") + "\n" + h.body + "\n"
}

const weather = `"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]`

// TestGoldenReplies pins what each dialect answers, byte for byte. The bubble's
// clock always begins at the same instant.
func TestGoldenReplies(t *testing.T) {
	bodies := map[string]string{
		"unary":   `{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"héllo wörld"}]}`,
		"stream":  `{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"héllo wörld"}]}`,
		"tools":   `{"messages":[{"role":"user","content":"call weather {\"city\":\"Köln\"}\ncall weather {\"city\":\"Rome\"}"}],` + weather + `}`,
		"toolrun": `{"stream":true,"messages":[{"role":"user","content":"call weather {\"city\":\"Köln\"}"}],` + weather + `}`,
		"schema":  `{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":{"type":"object","properties":{"n":{"type":"integer","minimum":3},"s":{"enum":["a","b"]}},"required":["n","s"],"additionalProperties":false}}}}`,
		"refusal": `{"messages":[{"role":"user","content":"refuse this"}]}`,
		"length":  `{"messages":[{"role":"user","content":"count 100"}],"max_completion_tokens":12}`,
		"bad":     `{"messages":[]}`,
	}
	for _, d := range []string{OpenAI, Groq, OpenRouter, Cerebras, Nvidia} {
		t.Run(d, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, Options{})
				models := map[string]string{
					OpenAI: "gpt-6-luna", Groq: "openai/gpt-oss-120b", OpenRouter: "openai/gpt-oss-20b:free",
					Cerebras: "gpt-oss-120b", Nvidia: "openai/gpt-oss-120b",
				}
				for _, name := range sortedNames(bodies) {
					body := strings.Replace(bodies[name], "{", `{"model":"`+models[d]+`",`, 1)
					golden(t, d+"/"+name+".txt", show(r.post(d, "/chat/completions", body)))
				}
				base := r.server.BaseURL(d)
				golden(t, d+"/models.txt", show(hear(r.client, request(t, http.MethodGet, base+"/models", "secret-a", ""))))
				golden(t, d+"/no_key.txt", show(hear(r.client, request(t, http.MethodGet, base+"/models", "", ""))))
				golden(t, d+"/bad_key.txt", show(hear(r.client, request(t, http.MethodGet, base+"/models", "wrong-key-0123456789", ""))))
				golden(t, d+"/no_route.txt", show(hear(r.client, request(t, http.MethodGet, base+"/nowhere", "secret-a", ""))))
			})
		})
	}
}

// TestGoldenErrors pins every named error of each dialect, whole and in a stream.
func TestGoldenErrors(t *testing.T) {
	for _, d := range []string{OpenAI, Groq, OpenRouter, Cerebras, Nvidia} {
		t.Run(d, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out strings.Builder
				for _, name := range Errors() {
					r := scripted(t, Fault{Kind: FaultError, Error: name})
					fmt.Fprintf(&out, "=== %s\n%s", name, show(r.chat(d, "hi", false)))
				}
				r := scripted(t, Fault{Kind: FaultInband, Error: ErrorRateMinute, After: 1})
				fmt.Fprintf(&out, "=== in a 200\n%s=== in a stream\n%s", show(r.chat(d, "hi", false)), show(r.chat(d, "hi", true)))
				golden(t, d+"/errors.txt", out.String())
			})
		})
	}
}

func sortedNames(m map[string]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
