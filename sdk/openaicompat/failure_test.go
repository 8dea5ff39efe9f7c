package openaicompat

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	openai "github.com/sashabaranov/go-openai"

	"github.com/aio-llm/aio/sdk"
)

func TestErrorShapes(t *testing.T) {
	t.Parallel()
	type told struct {
		Kind                 sdk.Kind
		Code, Param, Message string
	}
	tests := []struct {
		name, contentType, body string
		status                  int
		want                    told
	}{
		{"openai", "application/json", `{"error":{"message":"m","type":"invalid_request_error","code":"context_length_exceeded","param":"messages"}}`, 400, told{sdk.KindTooLong, "context_length_exceeded", "messages", "m"}},
		{"code null", "application/json", `{"error":{"message":"m","type":"server_error","code":null,"param":null}}`, 500, told{sdk.KindServerError, "server_error", "", "m"}},
		{"code a number", "application/json", `{"error":{"code":400,"message":"m","type":"BadRequestError"}}`, 400, told{sdk.KindBadRequest, "BadRequestError", "", "m"}},
		{"flat", "application/json", `{"message":"m","type":"invalid_request_error","param":"api_key","code":"wrong_api_key"}`, 401, told{sdk.KindAuthInvalid, "wrong_api_key", "api_key", "m"}},
		{"flat with object", "application/json", `{"object":"error","message":"m","type":"t","code":"3505"}`, 422, told{sdk.KindBadRequest, "3505", "", "m"}},
		{"detail", "application/json", `{"detail":"Not authenticated"}`, 403, told{sdk.KindForbidden, "", "", "Not authenticated"}},
		{"detail list", "application/json", `{"detail":[{"loc":["body","n"],"msg":"a","type":"x"},{"msg":"b"}]}`, 422, told{sdk.KindBadRequest, "", "", "a; b"}},
		{"google", "application/json", `{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[]}}`, 400, told{sdk.KindBadRequest, "INVALID_ARGUMENT", "", "m"}},
		{"google in a list", "application/json", `[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]`, 429, told{sdk.KindRateMinute, "RESOURCE_EXHAUSTED", "", "m"}},
		{"anthropic", "application/json", `{"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":"r"}`, 529, told{sdk.KindOverloaded, "overloaded_error", "", "m"}},
		{"nvidia", "application/json", `{"status":403,"title":"Forbidden","detail":"Authorization failed"}`, 403, told{sdk.KindForbidden, "", "", "Authorization failed"}},
		{"text in error", "application/json", `{"error":"Invalid username or password."}`, 401, told{sdk.KindAuthInvalid, "", "", "Invalid username or password."}},
		{"text in error with code", "application/json", `{"code":"some code","error":"m"}`, 400, told{sdk.KindBadRequest, "some code", "", "m"}},
		{"id and message", "application/json", `{"id":"1","message":"too many tokens"}`, 400, told{sdk.KindBadRequest, "", "", "too many tokens"}},
		{"messages", "application/json", `{"error":{"message":["a","b"]}}`, 400, told{sdk.KindBadRequest, "", "", "a; b"}},
		{"insufficient quota", "application/json", `{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}`, 429, told{sdk.KindNoCredit, "insufficient_quota", "", "m"}},
		{"content filter", "application/json", `{"error":{"message":"m","code":"content_filter"}}`, 400, told{sdk.KindBlocked, "content_filter", "", "m"}},
		{"HTML", "text/html; charset=utf-8", `<html><body>secret page</body></html>`, 502, told{sdk.KindOverloaded, "", "", "the reply is an HTML page"}},
		{"HTML called JSON", "application/json", ` <!DOCTYPE html><p>x`, 500, told{sdk.KindServerError, "", "", "the reply is an HTML page"}},
		{"text", "text/plain", "upstream connect\r\nerror\x00", 503, told{sdk.KindOverloaded, "", "", "upstream connect error"}},
		{"empty", "", "", 504, told{sdk.KindOverloaded, "", "", "the reply is empty"}},
		{"broken JSON", "application/json", `{"error":{"mess`, 500, told{sdk.KindServerError, "", "", "the reply is not JSON"}},
		{"no message", "application/json", `{"error":{}}`, 404, told{sdk.KindModelGone, "", "", "HTTP 404 Not Found"}},
		{"echoed key", "application/json", `{"error":{"message":"Incorrect API key provided: ` + canary + `."}}`, 401, told{sdk.KindAuthInvalid, "", "", "Incorrect API key provided: [redacted]."}},
		{"masked key", "application/json", `{"error":{"message":"Incorrect API key provided: sk-proj-****************abcd, sorry"}}`, 401, told{sdk.KindAuthInvalid, "", "", "Incorrect API key provided: [redacted], sorry"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			_, err := p.Chat(t.Context(), call(`{}`))
			var e *sdk.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(tt.want, told{e.Kind, e.Code, e.Param, e.Message}); diff != "" {
				t.Error(diff)
			}
			if e.Status != tt.status || e.Certainty != sdk.ResponseStarted {
				t.Errorf("status %d, %v", e.Status, e.Certainty)
			}
			var api *openai.APIError
			if !errors.As(err, &api) || api.HTTPStatusCode != tt.status {
				t.Errorf("go-openai's error is %v", api)
			}
		})
	}
}

func TestStatusDefaults(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]sdk.Kind{
		400: sdk.KindBadRequest, 401: sdk.KindAuthInvalid, 402: sdk.KindNoCredit, 403: sdk.KindForbidden, 404: sdk.KindModelGone, 405: sdk.KindBadRequest,
		408: sdk.KindOverloaded, 410: sdk.KindModelGone, 413: sdk.KindTooLong, 422: sdk.KindBadRequest, 429: sdk.KindRateMinute, 499: sdk.KindBadRequest,
		500: sdk.KindServerError, 501: sdk.KindServerError, 502: sdk.KindOverloaded, 503: sdk.KindOverloaded, 504: sdk.KindOverloaded,
		520: sdk.KindOverloaded, 524: sdk.KindOverloaded, 529: sdk.KindOverloaded, 599: sdk.KindServerError, 0: sdk.KindServerError,
	} {
		if got := kindOfStatus(status); got != want {
			t.Errorf("%d: got %s, want %s", status, got, want)
		}
	}
}

// FuzzFailure: no error body brings down the reader, and what is told of it is short, on one line and
// without the key.
func FuzzFailure(f *testing.F) {
	for _, seed := range []string{
		`{"error":{"message":"m","type":"t","code":"c","param":"p","metadata":{"error_type":"x"}}}`, `{"error":"text"}`, `{"detail":[{"msg":"a"}]}`,
		`[{"error":{"code":429}}]`, `<html>`, ``, `{"message":["a",{"msg":1}]}`, `{"error":{"message":"` + canary + `"}}`, `{"error":{"code":"sk-abcdefghijk"}}`, "\xff\xfe{",
	} {
		f.Add(429, "application/json", []byte(seed))
	}
	p, err := New(Dialect{Name: "test", BaseURL: "https://upstream.example"}, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		x := &exchange{p: p, call: &sdk.Call{Key: sdk.NewSecret(canary)}, resp: &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {contentType}}}}
		for _, e := range []*sdk.Error{x.blame(newFailure(status, x.resp.Header, body, noon)), x.inBand(errorIn(body))} {
			text := e.Code + e.Param + e.Message
			if strings.Contains(text, canary) || strings.ContainsAny(text, "\n\r\x00") || !utf8.ValidString(text) {
				t.Fatalf("told %q", text)
			}
			if utf8.RuneCountInString(e.Message) > maxText+100 || e.Kind == "" || e.RetryAfter < 0 || e.RetryAfter > maxWait {
				t.Fatalf("told %+v", e)
			}
		}
	})
}

func TestErrorBodyThatNeverEnds(t *testing.T) {
	t.Parallel()
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	began := time.Now()
	_, err := p.Chat(t.Context(), call(`{}`))
	if sdk.KindOf(err) != sdk.KindRateMinute || time.Since(began) > patience {
		t.Errorf("got %v after %v", err, time.Since(began))
	}
}
