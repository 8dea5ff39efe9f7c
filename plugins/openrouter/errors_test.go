package openrouter_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
)

// errorBody is OpenRouter's shape: the code is the HTTP status.
func errorBody(status int, message, more string) string {
	return `{"error":{"code":` + strconv.Itoa(status) + `,"message":"` + message + `"` + more + `},"user_id":"user_1"}`
}

func TestErrors(t *testing.T) {
	t.Parallel()
	inHours := func(h int) string {
		return strconv.FormatInt(time.Now().Add(time.Duration(h)*time.Hour).UnixMilli(), 10)
	}
	inSeconds := func(s int) string {
		return strconv.FormatInt(time.Now().Add(time.Duration(s)*time.Second).UnixMilli(), 10)
	}
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   sdk.Error
		// wait bounds RetryAfter where the upstream names a point in time.
		waitMin, waitMax time.Duration
	}{
		{
			name: "bad key", status: 401, body: errorBody(401, "User not found.", `,"metadata":{"error_type":"authentication"}`),
			want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "authentication"},
		},
		{
			name: "no key", status: 401, body: errorBody(401, "Missing Authentication header", ""),
			want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey},
		},
		{
			name: "credit reserved by running calls", status: 402, header: map[string]string{"Retry-After": "5"},
			body: errorBody(402, "reserved", `,"metadata":{"limit_source":"openrouter_in_flight_budget"}`),
			want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount}, waitMin: 5 * time.Second, waitMax: 5 * time.Second,
		},
		{
			name: "402 that says when to come back", status: 402, header: map[string]string{"Retry-After": "7"}, body: errorBody(402, "busy", ""),
			want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount}, waitMin: 7 * time.Second, waitMax: 7 * time.Second,
		},
		{
			name: "affords fewer tokens", status: 402,
			body: errorBody(402, "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 30104.", ""),
			want: sdk.Error{Kind: sdk.KindTooLong},
		},
		{
			name: "affords no tokens", status: 402, body: errorBody(402, "You requested up to 65536 tokens, but can only afford 0.", ""),
			want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},
		},
		{
			name: "weight exceeds budget", status: 402, body: errorBody(402, "too heavy", `,"metadata":{"error_type":"weight_exceeds_budget"}`),
			want: sdk.Error{Kind: sdk.KindTooLong, Code: "weight_exceeds_budget"},
		},
		{
			name: "no credit", status: 402, body: errorBody(402, "Insufficient credits.", `,"metadata":{"error_type":"payment_required"}`),
			want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Code: "payment_required"},
		},
		{
			name: "moderation", status: 403, body: errorBody(403, "flagged", `,"metadata":{"reasons":["x"],"flagged_input":"...","provider_name":"P","model_slug":"m"}`),
			want: sdk.Error{Kind: sdk.KindBlocked},
		},
		{
			name: "guardrail", status: 403, body: errorBody(403, "guardrail", `,"metadata":{"patterns":["x"]}`),
			want: sdk.Error{Kind: sdk.KindBlocked},
		},
		{
			name: "content policy", status: 400, body: errorBody(400, "no", `,"metadata":{"error_type":"content_policy_violation"}`),
			want: sdk.Error{Kind: sdk.KindBlocked, Code: "content_policy_violation"},
		},
		{
			name: "refusal", status: 400, body: errorBody(400, "no", `,"metadata":{"error_type":"refusal"}`),
			want: sdk.Error{Kind: sdk.KindBlocked, Code: "refusal"},
		},
		{
			name: "key limit", status: 403,
			body: errorBody(403, "Key limit exceeded", `,"metadata":{"limit_source":"openrouter_key_limit","resets_at":"`+time.Now().Add(2*time.Hour).Format(time.RFC3339)+`"}`),
			want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeKey}, waitMin: 2*time.Hour - time.Minute, waitMax: 2 * time.Hour,
		},
		{
			name: "budget", status: 403, body: errorBody(403, "Budget exceeded", `,"metadata":{"limit_source":"workspace_budget"}`),
			want: sdk.Error{Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},
		},
		{
			name: "forbidden otherwise", status: 403, body: errorBody(403, "no", ""),
			want: sdk.Error{Kind: sdk.KindForbidden, Scope: sdk.ScopeAccountModel},
		},
		{
			name: "no endpoints", status: 404, body: errorBody(404, "No endpoints found for x.", `,"metadata":{"error_type":"not_found"}`),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "not_found"},
		},
		{
			name: "no endpoints with tools", status: 404, body: errorBody(404, "No endpoints found that support tool use. To learn more", ""),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel}, waitMin: time.Minute, waitMax: time.Minute,
		},
		{
			name: "no endpoints under the data policy", status: 404, body: errorBody(404, "No endpoints found matching your data policy", ""),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel}, waitMin: time.Minute, waitMax: time.Minute,
		},
		{
			name: "availability no_endpoints", status: 404, body: errorBody(404, "none", `,"availability":{"code":"no_endpoints"}`),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "no_endpoints"},
		},
		{
			name: "availability model_deprecated", status: 404, body: errorBody(404, "none", `,"availability":{"code":"model_deprecated"}`),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "model_deprecated"},
		},
		{
			name: "availability model_not_found", status: 400, body: errorBody(400, "none", `,"availability":{"code":"model_not_found"}`),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "model_not_found"},
		},
		{
			name: "not a model id", status: 400, body: errorBody(400, "x is not a valid model ID", ""),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		},
		{
			name: "free variant ended", status: 404, body: errorBody(404, "none", `,"availability":{"code":"free_variant_ended"}`),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "free_variant_ended"},
		},
		{
			name: "privacy restricted", status: 404, body: errorBody(404, "none", `,"availability":{"code":"privacy_restricted"}`),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Code: "privacy_restricted"}, waitMin: time.Minute, waitMax: time.Minute,
		},
		{
			name: "constraint filtered", status: 404, body: errorBody(404, "none", `,"availability":{"code":"constraint_filtered"}`),
			want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Code: "constraint_filtered"}, waitMin: time.Minute, waitMax: time.Minute,
		},
		{
			name: "capacity exhausted", status: 429, body: errorBody(429, "none", `,"availability":{"code":"capacity_exhausted","retryable":true,"retry_after":9}`),
			want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "capacity_exhausted"}, waitMin: 9 * time.Second, waitMax: 9 * time.Second,
		},
		{
			name: "region restricted", status: 403, body: errorBody(403, "none", `,"availability":{"code":"region_restricted"}`),
			want: sdk.Error{Kind: sdk.KindForbidden, Scope: sdk.ScopeModel, Code: "region_restricted"},
		},
		{
			name: "free models per day, reset in the body", status: 429,
			body: errorBody(429, "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
				`,"metadata":{"headers":{"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"`+inHours(3)+`"}}`),
			want: sdk.Error{Kind: sdk.KindRateDay, Scope: sdk.ScopeAccount}, waitMin: 3*time.Hour - time.Minute, waitMax: 3 * time.Hour,
		},
		{
			name: "free models per day for those who paid, no reset", status: 429, body: errorBody(429, "Rate limit exceeded: free-models-per-day-high-balance.", ""),
			want: sdk.Error{Kind: sdk.KindRateDay, Scope: sdk.ScopeAccount}, waitMin: 1, waitMax: 24 * time.Hour,
		},
		{
			name: "daily free tier by its source", status: 429, body: errorBody(429, "Rate limit exceeded", `,"metadata":{"limit_source":"openrouter_free_tier_daily"}`),
			want: sdk.Error{Kind: sdk.KindRateDay, Scope: sdk.ScopeAccount}, waitMin: 1, waitMax: 24 * time.Hour,
		},
		{
			name: "reset hours away", status: 429, header: map[string]string{"X-RateLimit-Reset": inHours(5)}, body: errorBody(429, "Rate limit exceeded", ""),
			want: sdk.Error{Kind: sdk.KindRateDay, Scope: sdk.ScopeAccount}, waitMin: 5*time.Hour - time.Minute, waitMax: 5 * time.Hour,
		},
		{
			name: "free models per minute", status: 429, header: map[string]string{"X-RateLimit-Reset": inSeconds(40)},
			body: errorBody(429, "Rate limit exceeded: free-models-per-min.", ""),
			want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount}, waitMin: 10 * time.Second, waitMax: 40 * time.Second,
		},
		{
			name: "limit of the provider behind", status: 429, header: map[string]string{"Retry-After": "30"},
			body: errorBody(429, "Provider returned error", `,"metadata":{"provider_name":"P","raw":"slow down"}`),
			want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeModel}, waitMin: 30 * time.Second, waitMax: 30 * time.Second,
		},
		{
			name: "context length", status: 400, body: errorBody(400, "maximum context length", `,"metadata":{"error_type":"context_length_exceeded"}`),
			want: sdk.Error{Kind: sdk.KindTooLong, Code: "context_length_exceeded"},
		},
		{
			name: "too many max_tokens", status: 400, body: errorBody(400, "x", `,"metadata":{"error_type":"max_tokens_exceeded"}`),
			want: sdk.Error{Kind: sdk.KindTooLong, Code: "max_tokens_exceeded"},
		},
		{
			name: "token limit", status: 400, body: errorBody(400, "x", `,"metadata":{"error_type":"token_limit_exceeded"}`),
			want: sdk.Error{Kind: sdk.KindTooLong, Code: "token_limit_exceeded"},
		},
		{
			name: "payload too large", status: 413, body: errorBody(413, "x", `,"metadata":{"error_type":"payload_too_large"}`),
			want: sdk.Error{Kind: sdk.KindTooLong, Code: "payload_too_large"},
		},
		{
			name: "provider overloaded", status: 503, body: errorBody(503, "x", `,"metadata":{"error_type":"provider_overloaded"}`),
			want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "provider_overloaded"},
		},
		{
			name: "provider unavailable", status: 502, body: errorBody(502, "x", `,"metadata":{"error_type":"provider_unavailable"}`),
			want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "provider_unavailable"},
		},
		{
			name: "provider timeout", status: 504, body: errorBody(504, "x", `,"metadata":{"error_type":"timeout"}`),
			want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "timeout"},
		},
		{
			name: "masked server error", status: 500, body: errorBody(500, "Internal Server Error", `,"metadata":{"error_type":"server"}`),
			want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel, Code: "server"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			test := func(t *testing.T, err error) {
				t.Helper()
				var got *sdk.Error
				if !errors.As(err, &got) {
					t.Fatalf("got %v, want an error", err)
				}
				if got.Message == "" || strings.Contains(got.Message, rig().Key) {
					t.Errorf("message %q", got.Message)
				}
				if got.RetryAfter < tt.waitMin || got.RetryAfter > tt.waitMax {
					t.Errorf("wait %s, want %s to %s", got.RetryAfter, tt.waitMin, tt.waitMax)
				}
				told := *got
				told.Message, told.Cause, told.RetryAfter = "", nil, 0
				want := tt.want
				want.Status, want.Certainty, want.UpstreamRequestID = tt.status, sdk.ResponseStarted, "gen-9"
				if diff := cmp.Diff(want, told); diff != "" {
					t.Errorf("%s\n%v", diff, got)
				}
			}
			serve := func(status int, contentType, body string) *sdk.Client {
				return rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
					for name, value := range tt.header {
						w.Header().Set(name, value)
					}
					w.Header().Set("X-Generation-Id", "gen-9")
					w.Header().Set("Content-Type", contentType)
					w.WriteHeader(status)
					_, _ = io.WriteString(w, body)
				}, nil)
			}
			t.Run("status", func(t *testing.T) {
				_, err := serve(tt.status, "application/json", tt.body).Chat(t.Context(), rig().Call(`{}`))
				test(t, err)
			})
			t.Run("in a 200", func(t *testing.T) {
				_, err := serve(200, "application/json", tt.body).Chat(t.Context(), rig().Call(`{}`))
				test(t, err)
			})
			t.Run("in a stream", func(t *testing.T) {
				// The error is not the first member, and comes with a choice of its own.
				body := `{"id":"gen-9","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],` + tt.body[1:]
				_, _, err := plugintest.Stream(t.Context(), serve(200, "text/event-stream", ": OPENROUTER PROCESSING\n\ndata: "+body+"\n\n"), rig().Call(`{}`))
				test(t, err)
			})
		})
	}
}
