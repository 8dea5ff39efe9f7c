package openai_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// said is OpenAI's error body.
func said(message, kind, code string) string {
	return `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":"` + code + `"}}`
}

func TestErrors(t *testing.T) {
	t.Parallel()
	const invalid = "invalid_request_error"
	tooLong := func(code string) sdk.Error { return sdk.Error{Kind: sdk.KindTooLong, Code: code} }
	rig().Errors(t, []plugintest.ErrorCase{
		{
			Name: "OpenAI: bad key", Status: 401, Body: said("Incorrect API key provided: sk-abc*****wxyz.", invalid, "invalid_api_key"),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "invalid_api_key"},
		},
		{
			Name: "OpenAI: no credit", Status: 429, Body: said("You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "insufficient_quota"},
		},
		{
			Name: "OpenAI: requests per minute", Status: 429,
			Header: map[string]string{"X-Ratelimit-Limit-Requests": "500", "X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": "1m20s"},
			Body:   said("Rate limit reached for m on requests per min (RPM): Limit 500", "requests", "rate_limit_exceeded"),
			Want:   sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "rate_limit_exceeded", RetryAfter: 80 * time.Second},
		},
		{
			Name: "OpenAI: requests per day", Status: 429, Header: map[string]string{"Retry-After": "9"},
			Body: said("Rate limit reached for m on requests per day (RPD): Limit 200, Used 200. Please try again in 7m12s.", "requests", "rate_limit_exceeded"),
			Want: sdk.Error{Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel, Code: "rate_limit_exceeded", RetryAfter: 432 * time.Second},
		},
		{
			Name: "OpenAI: context length", Status: 400, Body: said("This model's maximum context length is 8192 tokens.", invalid, "context_length_exceeded"),
			Want: tooLong("context_length_exceeded"),
		},
		{
			Name: "OpenAI: content filter", Status: 400, Body: said("filtered", invalid, "content_filter"),
			Want: sdk.Error{Kind: sdk.KindBlocked, Code: "content_filter"},
		},
		{
			Name: "OpenAI: content policy", Status: 400, Body: said("policy", invalid, "content_policy_violation"),
			Want: sdk.Error{Kind: sdk.KindBlocked, Code: "content_policy_violation"},
		},
		{
			Name: "OpenAI: a member this model refuses", Status: 400, Body: said("Unsupported parameter: 'temperature' is not supported with this model.", invalid, "unsupported_parameter"),
			Want: sdk.Error{Kind: sdk.KindUnsupported, Code: "unsupported_parameter"},
		},
		{
			Name: "OpenAI: a value this model refuses", Status: 400, Body: said("Unsupported value: 'temperature' does not support 0", invalid, "unsupported_value"),
			Want: sdk.Error{Kind: sdk.KindUnsupported, Code: "unsupported_value"},
		},
		{
			Name: "OpenAI: no such model", Status: 404, Body: said("The model `x` does not exist or you do not have access to it.", invalid, "model_not_found"),
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "model_not_found"},
		},
		{
			Name: "OpenAI: region", Status: 403, Body: said("Country not supported", "request_forbidden", "unsupported_country_region_territory"),
			Want: sdk.Error{Kind: sdk.KindForbidden, Scope: sdk.ScopeAccountModel, Code: "unsupported_country_region_territory"},
		},
		{
			Name: "OpenAI: slow down", Status: 503, Header: map[string]string{"Retry-After-Ms": "1500"}, Body: said("Slow Down", "server_error", "slow_down"),
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "slow_down", RetryAfter: 1500 * time.Millisecond},
		},
		{
			Name: "OpenAI: server error", Status: 500, Body: `{"error":{"message":"oops","type":"server_error","param":null,"code":null}}`,
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel, Code: "server_error"},
		},
		{
			Name: "any other 400", Status: 400, Body: `{"error":{"message":"Missing 'messages'","type":"invalid_request_error","param":"messages","code":null}}`,
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: invalid, Param: "messages"},
		},
		{
			Name: "vLLM: no key, a string", Status: 401, Body: `{"error":"Unauthorized"}`,
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey},
		},
		{
			Name: "vLLM: context length, the code a number", Status: 400,
			Body: `{"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","param":null,"code":400}}`,
			Want: tooLong("BadRequestError"),
		},
		{
			Name: "vLLM: context length, flat", Status: 400,
			Body: `{"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}`,
			Want: tooLong("BadRequestError"),
		},
		{
			Name: "vLLM: no such model", Status: 404, Body: `{"object":"error","message":"The model x does not exist.","type":"NotFoundError","param":null,"code":404}`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "NotFoundError"},
		},
		{
			Name: "vLLM: no tools", Status: 400, Body: `{"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}`,
			Want: sdk.Error{Kind: sdk.KindUnsupported, Code: "BadRequestError"},
		},
		{
			Name: "Ollama: no such model, the code null", Status: 404, Body: `{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error","param":null,"code":null}}`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "api_error"},
		},
		{
			Name: "Ollama: no tools", Status: 400, Body: `{"error":{"message":"registry.ollama.ai/library/x does not support tools","type":"api_error","param":null,"code":null}}`,
			Want: sdk.Error{Kind: sdk.KindUnsupported, Code: "api_error"},
		},
		{
			Name: "Ollama: native shape", Status: 500, Body: `{"error":"llama runner process has terminated"}`,
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel},
		},
		{
			Name: "Ollama: queue full", Status: 503, Body: `{"error":"server busy, please try again. maximum pending requests exceeded"}`,
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel},
		},
		{
			Name: "llama.cpp: loading", Status: 503, Body: `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`,
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "unavailable_error"},
		},
		{
			Name: "llama.cpp: context length", Status: 400,
			Body: `{"error":{"code":400,"message":"request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":4390,"n_ctx":4096}}`,
			Want: tooLong("exceed_context_size_error"),
		},
		{
			Name: "llama.cpp: context length, met on the way", Status: 500, Body: `{"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}}`,
			Want: tooLong("server_error"),
		},
		{
			Name: "LiteLLM: budget", Status: 400, Body: `{"error":{"message":"Budget has been exceeded! Current cost: 26.0, Max budget: 0.25","type":"budget_exceeded","param":null,"code":"400"}}`,
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "400"},
		},
		{
			Name: "LiteLLM: budget, as a rate limit", Status: 429, Body: `{"error":{"message":"exceeded budget for model=x","type":"budget_exceeded","param":null,"code":"429"}}`,
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "429"},
		},
		{
			Name: "LiteLLM: budget, of no type", Status: 400, Body: `{"error":{"message":"litellm.BadRequestError: OpenAIException - Budget has been exceeded! Current cost: 14","type":null,"param":null,"code":"400"}}`,
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "400"},
		},
		{
			Name: "LiteLLM: context length", Status: 400, Body: said("litellm.ContextWindowExceededError: AnthropicException - prompt is too long", "None", "400"),
			Want: tooLong("400"),
		},
		{
			Name: "LiteLLM: content policy", Status: 400, Body: said("litellm.ContentPolicyViolationError: AzureException", "None", "400"),
			Want: sdk.Error{Kind: sdk.KindBlocked, Code: "400"},
		},
		{
			Name: "LiteLLM: no such model", Status: 400, Body: `{"error":{"message":"/chat/completions: Invalid model name passed in model=x. Call /v1/models to view available models","type":"invalid_request_error","param":null,"code":"400"}}`,
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "400"},
		},
		{
			Name: "DeepSeek: empty balance", Status: 402, Body: said("Insufficient Balance", "unknown_error", "invalid_request_error"),
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "invalid_request_error"},
		},
		{
			Name: "a proxy's page", Status: 502, Header: map[string]string{"Content-Type": "text/html"}, Body: `<html>bad gateway</html>`,
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel},
		},
		{
			Name: "nothing", Status: 500, Body: ``,
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel},
		},
	})
}

// Upstreams repeat parts of keys in their errors, which then would be in logs.
func TestKeysShowInNoMessage(t *testing.T) {
	t.Parallel()
	const hash = "e7fbc61f8b495ca3d88994cfa0fda7f12a8134d23f1346dccd7a2532dbd61a6d"
	for message, leaks := range map[string][]string{
		"Incorrect API key provided: sk-canar****************cdef. You can find your API key at https://x": {"canar", "cdef", "***"},
		"Incorrect API key provided: my-token. Ask your admin":                                             {"my-token"},
		"invalid api_key=abcd1234": {"abcd1234"},
		"Wrong token: tok_12":      {"tok_12"},
		"Key ab****yz is wrong":    {"ab*", "*yz"},
		"Authentication Error, Invalid proxy server token passed. Received API Key = sk-...cdef, Key Hash (Token) =" + hash + ". Unable to find token in cache": {"cdef", hash[:8]},
		"no access for " + rig().Key: {rig().Key, "canary"},
	} {
		client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, said(message, "invalid_request_error", "invalid_api_key"))
		}, nil)
		_, err := client.Chat(t.Context(), rig().Call(`{}`))
		e := sdk.AsError(err)
		if e == nil || e.Kind != sdk.KindAuthInvalid || !strings.Contains(e.Message, "[redacted]") {
			t.Fatalf("%s: got %v", message, err)
		}
		for _, leak := range leaks {
			if strings.Contains(e.Message, leak) || strings.Contains(e.Error(), leak) {
				t.Errorf("%s: %q shows in %q", message, leak, e.Message)
			}
		}
	}
}

func TestOrdinaryMessagesStay(t *testing.T) {
	t.Parallel()
	const message = "max_tokens: must be 1 or more, token: 7 was given"
	client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, said(message, "invalid_request_error", ""))
	}, nil)
	if _, err := client.Chat(t.Context(), rig().Call(`{}`)); sdk.AsError(err).Message != message {
		t.Errorf("got %v", err)
	}
}

func TestSimulatedErrors(t *testing.T) {
	t.Parallel()
	rig().SimulatedErrors(t, asked, false, map[string]sdk.Kind{
		simulator.ErrorAuthInvalid: sdk.KindAuthInvalid, simulator.ErrorNoCredit: sdk.KindNoCredit, simulator.ErrorBlocked: sdk.KindBlocked,
		simulator.ErrorTooLong: sdk.KindTooLong, simulator.ErrorModelNotFound: sdk.KindModelGone, simulator.ErrorBadRequest: sdk.KindBadRequest,
		simulator.ErrorRateMinute: sdk.KindRateMinute, simulator.ErrorRateTokens: sdk.KindRateMinute,
		simulator.ErrorServer: sdk.KindServerError,
	})
}
