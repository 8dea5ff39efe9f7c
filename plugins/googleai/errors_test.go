package googleai

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genai"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
)

// google is an error of Google's.
func google(status, message string, details ...string) string {
	return `{"error":{"code":0,"message":"` + message + `","status":"` + status + `","details":[` + strings.Join(details, ",") + `]}}`
}

func quota(id, value string) string {
	return `{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"m","quotaId":"` + id + `","quotaValue":"` + value + `"}]}`
}

const (
	badKey  = `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}`
	retryIn = `{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}`
	perDay  = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
	perMin  = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
	tokens  = "GenerateContentInputTokensPerModelPerMinute-FreeTier"
)

func errorCases() []plugintest.ErrorCase {
	return []plugintest.ErrorCase{
		{Name: "bad key is a 400", Status: 400, Body: google("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", badKey),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "INVALID_ARGUMENT"}},
		{Name: "bad key, told by the reason only", Status: 400, Body: google("INVALID_ARGUMENT", "no", badKey),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "INVALID_ARGUMENT"}},
		{Name: "expired key", Status: 400, Body: google("INVALID_ARGUMENT", "API key expired. Please renew the API key."),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "INVALID_ARGUMENT"}},
		{Name: "leaked key", Status: 403, Body: google("PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key."),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "PERMISSION_DENIED"}},
		{Name: "no key", Status: 403, Body: google("PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity)."),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "PERMISSION_DENIED"}},
		{Name: "API switched off in the project", Status: 403, Body: google("PERMISSION_DENIED", "Generative Language API has not been used", `{"reason":"SERVICE_DISABLED"}`),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "PERMISSION_DENIED"}},
		{Name: "project suspended", Status: 403, Body: google("PERMISSION_DENIED", "Consumer suspended", `{"reason":"CONSUMER_SUSPENDED"}`),
			Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey, Code: "PERMISSION_DENIED"}},
		{Name: "another 403", Status: 403, Body: google("PERMISSION_DENIED", "You do not have permission to access tuned model x"),
			Want: sdk.Error{Kind: sdk.KindForbidden, Scope: sdk.ScopeAccountModel, Code: "PERMISSION_DENIED"}},
		{Name: "region", Status: 400, Body: google("FAILED_PRECONDITION", "User location is not supported for the API use."),
			Want: sdk.Error{Kind: sdk.KindForbidden, Scope: sdk.ScopeProvider, Code: "FAILED_PRECONDITION"}},
		{Name: "model not in the free tier, by its quota", Status: 429, Body: google("RESOURCE_EXHAUSTED", "You exceeded your current quota", quota(perDay, "0"), retryIn),
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED"}},
		{Name: "model not in the free tier, by the text", Status: 429, Body: google("RESOURCE_EXHAUSTED", "Quota exceeded for metric: m, limit: 0, model: gemini-3.1-pro", quota(perMin, "")),
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED"}},
		{Name: "per minute", Status: 429, Body: google("RESOURCE_EXHAUSTED", "You exceeded your current quota, limit: 05", quota(perMin, "5"), retryIn),
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED", RetryAfter: 35 * time.Second}},
		{Name: "tokens per minute", Status: 429, Body: google("RESOURCE_EXHAUSTED", "You exceeded your current quota", quota(tokens, "250000"), `{"retryDelay":"38.2s"}`),
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED", RetryAfter: 39200 * time.Millisecond}},
		{Name: "RetryInfo only", Status: 429, Body: google("RESOURCE_EXHAUSTED", "Resource has been exhausted", retryIn),
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED", RetryAfter: 35 * time.Second}},
		{Name: "a wait in the text only", Status: 429, Body: google("RESOURCE_EXHAUSTED", "Quota exceeded. Please retry in 12.5s."),
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED", RetryAfter: 12500 * time.Millisecond}},
		{Name: "no details", Status: 429, Body: google("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED"}},
		{Name: "in a list", Status: 429, Body: "[" + google("RESOURCE_EXHAUSTED", "x", quota(perMin, "5"), retryIn) + "]",
			Want: sdk.Error{Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Code: "RESOURCE_EXHAUSTED", RetryAfter: 35 * time.Second}},
		{Name: "thought signature missing", Status: 400, Body: google("INVALID_ARGUMENT", "Function call is missing a thought_signature in functionCall parts."),
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: "INVALID_ARGUMENT"}},
		{Name: "thought signature corrupted", Status: 400, Body: google("INVALID_ARGUMENT", "Corrupted thought signature."),
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: "INVALID_ARGUMENT"}},
		{Name: "context", Status: 400, Body: google("INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
			Want: sdk.Error{Kind: sdk.KindTooLong, Code: "INVALID_ARGUMENT"}},
		{Name: "bare invalid argument", Status: 400, Body: google("INVALID_ARGUMENT", "Request contains an invalid argument."),
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: "INVALID_ARGUMENT"}},
		{Name: "another 400", Status: 400, Body: google("INVALID_ARGUMENT", "Please use a valid role: user, model."),
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: "INVALID_ARGUMENT"}},
		{Name: "internal", Status: 500, Body: google("INTERNAL", "An internal error has occurred."),
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel, Code: "INTERNAL"}},
		{Name: "deadline", Status: 504, Body: google("DEADLINE_EXCEEDED", "The request timed out."),
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel, Code: "DEADLINE_EXCEEDED"}},
		{Name: "cancelled by them", Status: 499, Body: google("CANCELLED", "The operation was cancelled."),
			Want: sdk.Error{Kind: sdk.KindServerError, Scope: sdk.ScopeModel, Code: "CANCELLED"}},
		{Name: "overloaded", Status: 503, Body: google("UNAVAILABLE", "The model is overloaded. Please try again later."),
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Code: "UNAVAILABLE"}},
		{Name: "no such model", Status: 404, Body: google("NOT_FOUND", "models/x is not found for API version v1beta, or is not supported for generateContent."),
			Want: sdk.Error{Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Code: "NOT_FOUND"}},
		{Name: "a page of HTML", Status: 502, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html><title>Error 502</title></html>",
			Want: sdk.Error{Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel}},
		{Name: "nothing", Status: 401, Want: sdk.Error{Kind: sdk.KindAuthInvalid, Scope: sdk.ScopeKey}},
		{Name: "a body too large", Status: 413, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>Request Entity Too Large</html>",
			Want: sdk.Error{Kind: sdk.KindTooLong}},
		{Name: "the key in the text", Status: 400, Body: google("INVALID_ARGUMENT", "Bad key "+canary),
			Want: sdk.Error{Kind: sdk.KindBadRequest, Code: "INVALID_ARGUMENT"}},
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range errorCases() {
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			client := erring(t, tt)
			_, err := client.Chat(t.Context(), asked("gemini-2.5-flash", "hi"))
			check(t, err, tt)
			_, _, err = plugintest.Stream(t.Context(), client, asked("gemini-2.5-flash", "hi"))
			check(t, err, tt)
		})
	}
}

func erring(t *testing.T, tt plugintest.ErrorCase) *sdk.Client {
	t.Helper()
	return rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Goog-Api-Key") != canary || strings.Contains(r.URL.String(), canary) || r.Header.Get("Authorization") != "" {
			t.Errorf("the key is not where it belongs: %v", r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		for name, value := range tt.Header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(tt.Status)
		_, _ = io.WriteString(w, tt.Body)
	}, nil)
}

// check compares all of an error but its message.
func check(t *testing.T, err error, tt plugintest.ErrorCase) {
	t.Helper()
	var got *sdk.Error
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want an error", err)
	}
	if got.Message == "" || strings.Contains(got.Error(), canary) {
		t.Errorf("message %q", got.Message)
	}
	told, want := *got, tt.Want
	told.Message, told.Cause = "", nil
	want.Status, want.Certainty = tt.Status, sdk.ResponseStarted
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("%s\n%v", diff, got)
	}
}

// TestDailyQuota: the seconds of RetryInfo are about the minute; the day ends at midnight in California.
func TestDailyQuota(t *testing.T) {
	t.Parallel()
	client := erring(t, plugintest.ErrorCase{Status: 429, Body: google("RESOURCE_EXHAUSTED", "x. Please retry in 34s.", quota(perMin, "5"), quota(perDay, "20"), retryIn)})
	_, err := client.Chat(t.Context(), asked("gemini-2.5-flash", "hi"))
	e := sdk.AsError(err)
	if e == nil || e.Kind != sdk.KindRateDay || e.Scope != sdk.ScopeAccountModel {
		t.Fatalf("got %v", err)
	}
	if want := untilMidnight(time.Now()); (e.RetryAfter - want).Abs() > time.Minute {
		t.Errorf("wait %v, want %v", e.RetryAfter, want)
	}
}

func TestUntilMidnight(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]time.Duration{
		"2026-11-23T07:59:00Z": time.Minute,                // 23:59 PST
		"2026-11-23T08:00:00Z": 24 * time.Hour,             // 00:00 PST
		"2026-07-01T12:00:00Z": 19 * time.Hour,             // 05:00 PDT
		"2026-03-08T08:30:00Z": 22*time.Hour + time.Hour/2, // 00:30 PST of the day with 23 hours
		"2026-11-01T07:00:00Z": 25 * time.Hour,             // 00:00 PDT of the day with 25 hours
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := untilMidnight(at); got != want {
			t.Errorf("%s: got %v, want %v", now, got, want)
		}
	}
}

// TestCause: inside the process the cause is genai's own type, by value, without a key.
func TestCause(t *testing.T) {
	t.Parallel()
	err := named(&sdk.Error{Kind: sdk.KindOverloaded, Status: 503, Code: "UNAVAILABLE", Message: "busy"})
	var got genai.APIError
	if !errors.As(err, &got) || got.Code != 503 || got.Status != "UNAVAILABLE" || got.Message != "busy" {
		t.Errorf("got %+v", got)
	}
	bad := &sdk.Error{Kind: sdk.KindBadReply, Status: 200}
	if named(bad) != error(bad) {
		t.Error("a bad reply is no error of the API's")
	}
}

// TestWayOut: where Google's text says too little there is more.
func TestWayOut(t *testing.T) {
	t.Parallel()
	for text, more := range map[string]string{
		"Request contains an invalid argument.":                        "JSON Schema",
		"Function call is missing a thought_signature in functionCall": "extra_content",
		"API key not valid. Please pass a valid API key.":              "https://aistudio.google.com/apikey",
	} {
		client := erring(t, plugintest.ErrorCase{Status: 400, Body: google("INVALID_ARGUMENT", text)})
		_, err := client.Chat(t.Context(), asked("gemini-2.5-flash", "hi"))
		if err == nil || !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), more) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
