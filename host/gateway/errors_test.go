package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/sdk/simulator"
)

// What the upstream answers, and what a client of ours then gets.
func TestErrorsOfUpstreams(t *testing.T) {
	reply := func(status int, body string) simulator.Fault {
		return simulator.Fault{Kind: simulator.FaultReply, Status: status, Body: body}
	}
	limited := reply(429, `{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}`)
	limited.Header = map[string]string{"Retry-After": "20"}
	rested := limited
	rested.Header = map[string]string{"Retry-After": "1800"}
	for name, fault := range map[string]simulator.Fault{
		"bad_request":    reply(400, `{"error":{"message":"no such role","type":"invalid_request_error","code":"invalid_value","param":"messages[0].role"}}`),
		"too_long":       reply(400, `{"error":{"message":"maximum context length is 10 tokens","code":"context_length_exceeded"}}`),
		"too_long_other": reply(413, `{"error":{"message":"too large","type":"tokens","code":"request_too_large"}}`),
		"rate_google":    reply(429, `{"error":{"message":"quota exceeded","code":"RESOURCE_EXHAUSTED"}}`),
		"gone_numbered":  reply(404, `{"error":{"message":"no endpoints","code":404}}`),
		"blocked":        reply(400, `{"error":{"message":"filtered","code":"content_filter"}}`),
		"auth_invalid":   reply(401, `{"error":{"message":"Incorrect API key provided: sk-simulated-first-1-0123456789","type":"invalid_request_error","code":"invalid_api_key"}}`),
		"no_credit":      reply(402, `{"error":{"message":"buy more","code":402}}`),
		"forbidden":      reply(403, `{"error":{"message":"not in your country","code":"unsupported_country"}}`),
		"model_gone":     reply(404, `{"error":{"message":"no such model","code":"model_not_found","param":"model"}}`),
		"rate_minute":    limited,
		"rate_long":      rested,
		"server_error":   reply(500, `{"error":{"message":"oh\u0000\r\nno","type":"server_error"}}`),
		"overloaded":     reply(503, `{"error":{"message":"busy"}}`),
		"page":           {Kind: simulator.FaultHTML, Status: 502},
		"page_for_reply": {Kind: simulator.FaultHTML},
		"reset":          {Kind: simulator.FaultReset},
		"hang":           {Kind: simulator.FaultHang},
	} {
		t.Run(name, func(t *testing.T) {
			for _, stream := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					r := start(t, setup{script: script(on("", fault)), config: gateway.Config{Limits: gateway.Limits{KeepAlive: time.Hour}}})
					q, file := request{body: ask("first/echo", "hi")}, "error_"+name
					if stream {
						q.body = askStream("first/echo", "hi")
					}
					if stream && name == "hang" {
						file += "_stream" // it has a deadline of its own
					}
					a := r.do(t, q)
					golden(t, file, a)
					if !json.Valid([]byte(a.body)) || strings.Contains(a.body, "sk-simulated") || strings.Contains(a.body, "<") {
						t.Errorf("body %s", a.body)
					}
				})
			}
		})
	}
}

// What the gateway itself refuses.
func TestErrorsOfOurs(t *testing.T) {
	for name, q := range map[string]request{
		"no_token":      {body: ask("auto", "hi"), header: map[string]string{"Authorization": ""}},
		"wrong_token":   {body: ask("auto", "hi"), header: map[string]string{"Authorization": "Bearer sk-wrong"}},
		"unknown_url":   {path: "/v1/completions", body: `{}`},
		"no_version":    {path: "/chat/completions", body: `{}`},
		"method":        {method: "GET"},
		"method_models": {method: "DELETE", path: "/openai/v1/models"},
		"no_model":      {body: `{"messages":[{"role":"user","content":"hi"}]}`},
		"unknown_model": {body: ask("first/ehco", "hi")},
		"no_messages":   {body: `{"model":"auto"}`},
		"not_json":      {body: `{"model":"auto","messages":[{"role":"user","content":hi}]}`},
		"no_body":       {},
		"gzip":          {body: "\x1f\x8b", header: map[string]string{"Content-Encoding": "gzip"}},
		"model_missing": {method: "GET", path: "/v1/models/first/none"},
		"embed_chat":    {path: "/v1/embeddings", body: `{"model":"first/embed"}`},
		"elsewhere":     {body: `{"model":"auto","api_base":"http://10.0.0.1","messages":[{"role":"user","content":"hi"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t, setup{})
				golden(t, "refused_"+name, r.do(t, q))
				if n := r.sim.Ledger().Len(); n != 0 {
					t.Errorf("%d calls upstream", n)
				}
			})
		})
	}
}

func TestTrailOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{keys: []int{1, 1}, script: script(on("first-1", simulator.Fault{Kind: simulator.FaultError, Status: 500}))})
		wants := map[string]string{"X-Aio-Trail": "body"}
		a := r.do(t, request{body: ask("chat", "hi"), header: wants})
		if a.status != 200 || gjson.Get(a.body, "aio.provider").Str != "second" || gjson.Get(a.body, "aio.attempts.#").Int() != 2 || a.header.Get("X-Aio-Fallback") != "true" {
			t.Errorf("unary: %s", a)
		}
		if _, rest, ok := strings.Cut(a.body, `"aio":`); !ok || !json.Valid([]byte(a.body)) || gjson.Get(a.body, "choices.#").Int() != 1 {
			t.Errorf("unary: %s", rest)
		}
		a = r.do(t, request{body: askStream("chat", "hi"), header: wants})
		last := events(t, a.body)
		if n := len(last); n < 3 || last[n-1] != "[DONE]" || gjson.Get(last[n-2], "aio.provider").Str != "second" || gjson.Get(last[n-2], "choices.#").Int() != 0 {
			t.Errorf("stream: %s", a)
		}
		if a.header.Get("X-Aio-Provider") != "second" || a.header.Get("X-Aio-Attempts") != "2" {
			t.Errorf("stream: %s", a)
		}
		a = r.do(t, request{body: ask("first/echo", "hi"), header: wants})
		if a.status != 502 || gjson.Get(a.body, "aio.attempts.0.kind").Str != "server_error" {
			t.Errorf("error: %s", a)
		}
	})
}
