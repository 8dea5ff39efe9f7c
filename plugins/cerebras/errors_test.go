package cerebras_test

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

// flat is Cerebras's error body.
func flat(message, kind, param, code string) string {
	return `{"message":"` + message + `","type":"` + kind + `","param":"` + param + `","code":"` + code + `"}`
}

func TestErrors(t *testing.T) {
	t.Parallel()
	const limited, busy = "too_many_requests_error", "We're experiencing high traffic right now! Please try again soon."
	minute := func(code, what string) string {
		return flat(what+" per minute limit exceeded - too many "+strings.ToLower(what)+" sent.", limited, "quota", code)
	}
	rate := func(kind sdk.Kind, code string, wait time.Duration) sdk.Error {
		return sdk.Error{Kind: kind, Scope: sdk.ScopeAccountModel, Code: code, Param: "quota", RetryAfter: wait}
	}
	rig().Errors(t, []plugintest.ErrorCase{
		{
			Name: "bad key", Status: 401, Body: flat("Wrong API Key", "invalid_request_error", "api_key", "wrong_api_key"),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "wrong_api_key", Param: "api_key"},
		},
		{
			Name: "no key", Status: 403, Body: `{"detail":"Not authenticated"}`,
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey},
		},
		{
			Name: "forbidden otherwise", Status: 403, Body: flat("no", "permission_error", "", "region"),
			Want: sdk.Error{Kind: sdk.KindForbidden, Scope: sdk.ScopeAccountModel, Code: "region"},
		},
		{
			Name: "no credit", Status: 402,
			Body: flat("Payment required to access this resource. Visit your billing tab.", "payment_required_error", "quota", "payment_required"),
			Want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "payment_required", Param: "quota"},
		},
		{
			Name: "queue full, with no request left for the day", Status: 429, Header: map[string]string{"X-Ratelimit-Remaining-Requests-Day": "0"},
			Body: flat(busy, limited, "queue", "queue_exceeded"),
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "queue_exceeded", Param: "queue"},
		},
		{
			Name: "requests per minute without a hint", Status: 429, Body: minute("request_quota_exceeded", "Requests"),
			Want: rate(sdk.KindRateMinute, "request_quota_exceeded", 15*time.Second),
		},
		{
			Name: "tokens per minute, told by the headers", Status: 429,
			Header: map[string]string{
				"X-Ratelimit-Limit-Tokens-Minute": "30000", "X-Ratelimit-Remaining-Tokens-Minute": "0", "X-Ratelimit-Reset-Tokens-Minute": "4.25",
				"X-Ratelimit-Limit-Requests-Day": "14400", "X-Ratelimit-Remaining-Requests-Day": "14399", "X-Ratelimit-Reset-Requests-Day": "33011.38",
			},
			Body: minute("token_quota_exceeded", "Tokens"),
			Want: rate(sdk.KindRateMinute, "token_quota_exceeded", 4250*time.Millisecond),
		},
		{
			Name: "requests per day, told by the header alone", Status: 429,
			Header: map[string]string{"X-Ratelimit-Limit-Requests-Day": "14400", "X-Ratelimit-Remaining-Requests-Day": "0", "X-Ratelimit-Reset-Requests-Day": "33011.38"},
			Body:   minute("request_quota_exceeded", "Requests"),
			Want:   rate(sdk.KindRateDay, "request_quota_exceeded", 33011380*time.Millisecond),
		},
		{
			Name: "tokens per day, told by the text alone, with a minute's headers", Status: 429,
			Header: map[string]string{"X-Ratelimit-Limit-Tokens-Minute": "30000", "X-Ratelimit-Remaining-Tokens-Minute": "0", "X-Ratelimit-Reset-Tokens-Minute": "4.25"},
			Body:   flat("Tokens per day limit exceeded - too many tokens processed.", limited, "quota", "token_quota_exceeded"),
			Want:   rate(sdk.KindRateDay, "token_quota_exceeded", time.Hour),
		},
		{
			Name: "daily", Status: 429, Body: flat("Daily limit exceeded.", limited, "quota", "token_quota_exceeded"),
			Want: rate(sdk.KindRateDay, "token_quota_exceeded", time.Hour),
		},
		{
			Name: "tokens per hour", Status: 429,
			Header: map[string]string{"X-Ratelimit-Limit-Tokens-Hour": "1000000", "X-Ratelimit-Remaining-Tokens-Hour": "0", "X-Ratelimit-Reset-Tokens-Hour": "1800.5"},
			Body:   flat("Tokens per hour limit exceeded - too many tokens processed.", limited, "quota", "token_quota_exceeded"),
			Want:   rate(sdk.KindRateDay, "token_quota_exceeded", 1800500*time.Millisecond),
		},
		{
			Name: "a limit of no known code", Status: 429, Header: map[string]string{"Retry-After": "3"}, Body: `{"message":"slow down"}`,
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, RetryAfter: 3 * time.Second},
		},
		{
			Name: "model unknown, or not for this organisation", Status: 404,
			Body: flat("Model x does not exist or you do not have access to it.", "not_found_error", "model", "model_not_found"),
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Code: "model_not_found", Param: "model"},
		},
		{
			Name: "context length by code", Status: 400, Body: flat("too long", "invalid_request_error", "messages", "context_length_exceeded"),
			Want: sdk.Error{Kind: sdk.KindTooLong, Code: "context_length_exceeded", Param: "messages"},
		},
		{
			Name: "context length by text", Status: 400, Body: flat("Please reduce the length of the messages or completion.", "invalid_request_error", "messages", ""),
			Want: sdk.Error{Kind: sdk.KindTooLong, Code: "invalid_request_error", Param: "messages"},
		},
		{
			Name: "any other 400", Status: 400,
			Body: flat("messages.2.x: property 'messages.2.x' is unsupported", "invalid_request_error", "validation_error", "wrong_api_format"),
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: "wrong_api_format", Param: "validation_error"},
		},
		{
			Name: "a list of problems", Status: 422, Body: `{"detail":[{"loc":["body","messages"],"msg":"Field required","type":"missing"}]}`,
			Want: sdk.Error{Kind: sdk.KindBadRequest},
		},
		{
			Name: "service unavailable", Status: 503, Body: flat("Service Unavailable", "service_unavailable_error", "", ""),
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "service_unavailable_error"},
		},
		{
			Name: "server error", Status: 500, Body: flat("Encountered a server error", "server_error", "", "server_error"),
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel, Code: "server_error"},
		},
	})
}

func TestWrongPathIsExplained(t *testing.T) {
	t.Parallel()
	client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusNotFound)
	}, nil)
	_, err := client.Chat(t.Context(), rig().Call(`{}`))
	if e := sdk.AsError(err); e == nil || e.Status != 404 || !strings.Contains(e.Message, "check base_url") {
		t.Errorf("got %v", err)
	}
}

func TestSimulatedErrors(t *testing.T) {
	t.Parallel()
	rig().SimulatedErrors(t, asked, false, map[string]sdk.Kind{
		simulator.ErrorAuthInvalid: sdk.KindAuthInvalid, simulator.ErrorAuthMissing: sdk.KindAuthInvalid,
		simulator.ErrorNoCredit: sdk.KindNoCredit, simulator.ErrorForbidden: sdk.KindForbidden, simulator.ErrorBlocked: sdk.KindBlocked,
		simulator.ErrorBadRequest: sdk.KindBadRequest, simulator.ErrorTooLong: sdk.KindTooLong, simulator.ErrorModelNotFound: sdk.KindModelGone,
		simulator.ErrorRateMinute: sdk.KindRateMinute, simulator.ErrorRateTokens: sdk.KindRateMinute,
		simulator.ErrorOverloaded: sdk.KindOverloaded, simulator.ErrorCapacity: sdk.KindOverloaded, simulator.ErrorServer: sdk.KindServerError,
	})
}

// A daily limit's wait is in the headers, which an error in a stream has not.
func TestDailyLimitIsOfTheAccountAndModel(t *testing.T) {
	t.Parallel()
	client, _ := rig().Simulated(t, simulator.Options{Keys: []simulator.Key{{Label: "a", Value: rig().Key, DailyLimit: 1}}})
	if _, err := client.Chat(t.Context(), rig().Call(asked)); err != nil {
		t.Fatal(err)
	}
	_, err := client.Chat(t.Context(), rig().Call(asked))
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindRateDay || e.Scope != sdk.ScopeAccountModel || e.RetryAfter < 23*time.Hour {
		t.Errorf("got %+v", e)
	}
}

func TestErrorChunks(t *testing.T) {
	t.Parallel()
	const head = `{"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"hi"},"finish_reason":null}]}`
	for body, want := range map[string]sdk.Error{
		`{"error":{"message":"Tokens per minute limit exceeded","type":"too_many_requests_error","param":"quota","code":"token_quota_exceeded","id":"x"},"status_code":429}`: {
			Kind: sdk.KindRateMinute, Status: 429, Code: "token_quota_exceeded",
		},
		`{"error":{"message":"high traffic","type":"too_many_requests_error","param":"queue","code":"queue_exceeded","id":"x"},"status_code":429}`: {
			Kind: sdk.KindOverloaded, Status: 429, Code: "queue_exceeded",
		},
		`{"error":{"message":"oops","type":"server_error","param":"","code":"","id":"x"},"status_code":500}`: {
			Kind: sdk.KindServerError, Status: 500, Code: "server_error",
		},
	} {
		client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("X-Ratelimit-Remaining-Requests-Day", "0") // it was the last one that was let in
			_, _ = io.WriteString(w, "data: "+head+"\n\ndata: "+body+"\n\n")
		}, nil)
		chunks, _, err := plugintest.Stream(t.Context(), client, rig().Call(asked))
		e := sdk.AsError(err)
		if chunks != head+"\n" || e == nil || e.Kind != want.Kind || e.Status != want.Status || e.Code != want.Code || e.Certainty != sdk.ResponseStarted {
			t.Errorf("%s: got %+v after %q", body, e, chunks)
		}
	}
}
