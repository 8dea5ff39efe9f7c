package openaicompat

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

const (
	role = `{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`
	done = "data: [DONE]\n\n"
)

func events(data ...string) string {
	var b strings.Builder
	for _, d := range data {
		b.WriteString("data: " + d + "\n\n")
	}
	return b.String()
}

func lines(data ...string) string { return strings.Join(data, "\n") + "\n" }

func TestStreamEndings(t *testing.T) {
	t.Parallel()
	a, b := word("a"), word("b")
	const inBand = `{"id":"c1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":503,"message":"busy"}}`
	tests := []struct {
		name, contentType, body string
		chunks                  string
		kind                    sdk.Kind // empty: success
		status                  int
		says                    string
	}{
		{name: "finish reason and [DONE]", body: events(a, last) + done, chunks: lines(a, last)},
		{name: "finish reason, no [DONE]", body: events(a, last), chunks: lines(a, last)},
		{name: "[DONE] after content, no finish reason", body: events(a, b) + done, chunks: lines(a, b)},
		{name: "[DONE] with spaces", body: events(a) + "data: [DONE] \n\n", chunks: lines(a)},
		{name: "nothing after [DONE] counts", body: events(a, last) + done + events(inBand), chunks: lines(a, last)},
		{name: "usage null in every event", body: events(strings.TrimSuffix(a, "}")+`,"usage":null,"error": null}`, last) + done, chunks: lines(strings.TrimSuffix(a, "}")+`,"usage":null,"error": null}`, last)},
		{name: "words that look like members", body: events(word(`"finish_reason":"stop","error":{}`), word("error"), word("usage"), last), chunks: lines(word(`"finish_reason":"stop","error":{}`), word("error"), word("usage"), last)},
		{name: "data over two lines", body: "data: " + a[:20] + "\ndata: " + a[20:] + "\n\n" + events(last), chunks: lines(a[:20]+" "+a[20:], last)},
		{name: "choices null", body: events(`{"id":"c1","choices":null}`, a, last), chunks: lines(`{"id":"c1","choices":null}`, a, last)},
		{name: "no content type", contentType: " ", body: events(a, last), chunks: lines(a, last)},

		{name: "no finish reason", body: events(a, b), chunks: lines(a, b), kind: sdk.KindBrokenStream, says: "without a finish reason"},
		{name: "no finish reason, no content", body: events(role), kind: sdk.KindBrokenStream},
		{name: "[DONE] alone", body: done, kind: sdk.KindBadReply, says: "without content"},
		{name: "[DONE] after the role alone", body: events(role) + done, kind: sdk.KindBadReply},
		{name: "cut inside an event", body: events(a) + "data: " + b[:50], chunks: lines(a), kind: sdk.KindBrokenStream},
		{name: "cut inside the first event", body: "data: " + a[:50], kind: sdk.KindBrokenStream},
		{name: "malformed before content", body: events(role, `{"id":oops}`, a, last), kind: sdk.KindBadReply, says: "not JSON"},
		{name: "malformed after content", body: events(a, `{"id":oops}`, last), chunks: lines(a), kind: sdk.KindBrokenStream, says: "not JSON"},
		{name: "not an object", body: events(a, `"text"`, last), chunks: lines(a), kind: sdk.KindBrokenStream},

		{name: "error first", body: events(inBand), kind: sdk.KindOverloaded, status: 503, says: "busy"},
		{name: "error after content", body: events(a, inBand), chunks: lines(a), kind: sdk.KindOverloaded, status: 503},
		{name: "error object alone", body: events(a, `{"error":{"message":"m","type":"server_error"}}`), chunks: lines(a), kind: sdk.KindServerError, says: "m"},
		{name: "error text alone", body: events(a, `{"error":"out of memory"}`), chunks: lines(a), kind: sdk.KindServerError, says: "out of memory"},
		{name: "error at the end without its line end", body: events(a) + `data: {"error":{"message":"m","code":429}}`, chunks: lines(a), kind: sdk.KindRateMinute, status: 429},
		{name: "error with status_code beside it", body: events(a, `{"error":{"message":"m","type":"t","code":"c"},"status_code":429}`), chunks: lines(a), kind: sdk.KindRateMinute, status: 429},
		{name: "flat error with status_code", body: events(a, `{"message":"m","status_code":503}`), chunks: lines(a), kind: sdk.KindOverloaded, status: 503, says: "m"},
		{name: "flat error", body: events(a, `{"message":"m","type":"t"}`), chunks: lines(a), kind: sdk.KindServerError, says: "m"},
		{name: "detail", body: events(`{"detail":"nope"}`), kind: sdk.KindServerError, says: "nope"},
		{name: "error event", body: events(a) + "event: error\ndata: {\"message\":\"m\"}\n\n", chunks: lines(a), kind: sdk.KindServerError, says: "m"},
		{name: "error event of text", body: events(a) + "event: error\ndata: oops\n\n", chunks: lines(a), kind: sdk.KindServerError},
		{name: "error after comments", body: ": x\n\n: y\n\n" + events(inBand), kind: sdk.KindOverloaded, status: 503},
		{name: "finish reason error", body: events(a, strings.Replace(last, `"stop"`, `"error"`, 1)), chunks: lines(a), kind: sdk.KindServerError, says: "does not name"},
		{name: "error in a choice", body: events(a, `{"choices":[{"index":0,"delta":{},"error":{"code":502,"message":"m"}}]}`), chunks: lines(a), kind: sdk.KindOverloaded, status: 502, says: "m"},

		{name: "JSON error", contentType: "application/json", body: `{"error":{"message":"m","code":429}}`, kind: sdk.KindRateMinute, status: 429, says: "m"},
		{name: "JSON error called a stream", body: `{"error":{"message":"m","code":429}}`, kind: sdk.KindRateMinute, status: 429, says: "m"},
		{name: "JSON reply", contentType: "application/json", body: completion, kind: sdk.KindBadReply, says: "is JSON"},
		{name: "HTML", contentType: "text/html", body: "<html>canary page", kind: sdk.KindBadReply, says: "HTML"},
		{name: "HTML called a stream", body: "<html>\ncanary page</html>\n", kind: sdk.KindBadReply, says: "HTML"},
		{name: "empty", body: "", kind: sdk.KindBadReply, says: "empty"},
		{name: "comments only", body: ": x\n\n", kind: sdk.KindBadReply},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{"text/event-stream; charset=utf-8"}
				switch tt.contentType {
				case "":
				case " ":
					w.Header()["Content-Type"] = nil
				default:
					w.Header()["Content-Type"] = []string{tt.contentType}
				}
				_, _ = io.WriteString(w, tt.body)
			}))
			got := streaming(t.Context(), served(t, p), call(`{}`))
			if got.Chunks != tt.chunks {
				t.Errorf("chunks\n%s\nwant\n%s", got.Chunks, tt.chunks)
			}
			if tt.kind == "" {
				if got.Err != nil || got.Info == nil {
					t.Fatalf("got %v", got.Err)
				}
				return
			}
			if got.Err == nil {
				t.Fatal("no error: a false success")
			}
			if tt.status == 0 {
				tt.status = http.StatusOK
			}
			if got.Err.Kind != tt.kind || got.Err.Status != tt.status || got.Err.Certainty != sdk.ResponseStarted || !strings.Contains(got.Err.Message, tt.says) {
				t.Errorf("got %+v, want %s, status %d, %q", got.Err, tt.kind, tt.status, tt.says)
			}
			if strings.Contains(got.Err.Message, "<") || strings.Contains(got.Err.Message, "canary") {
				t.Errorf("told %q", got.Err.Message)
			}
		})
	}
}

func TestUsageWhereverItIs(t *testing.T) {
	t.Parallel()
	want := &sdk.Usage{PromptTokens: 5, CompletionTokens: 2, TotalTokens: 7}
	const usage = `"usage":{"prompt_tokens":5.0,"completion_tokens":2,"total_tokens":7}`
	with := func(event, member string) string { return strings.TrimSuffix(event, "}") + "," + member + "}" }
	for name, body := range map[string]string{
		"in the last event":        events(word("a"), with(last, usage)),
		"after the last":           events(word("a"), last, `{"choices":[],`+usage+`}`),
		"without choices":          events(word("a"), last, `{`+usage+`}`),
		"in every event, growing":  events(with(word("a"), `"usage":{"prompt_tokens":5,"completion_tokens":1}`), with(last, usage)),
		"in x_groq":                events(word("a"), with(last, `"x_groq":{`+usage+`}`)),
		"in a choice":              events(word("a"), strings.Replace(last, `"delta"`, usage+`,"delta"`, 1)),
		"x_groq beside the proper": events(word("a"), with(with(last, `"x_groq":{"usage":{"prompt_tokens":1}}`), usage)),
	} {
		p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) { sse(w, body+done) }))
		got := streaming(t.Context(), served(t, p), call(`{}`))
		if got.Err != nil {
			t.Fatalf("%s: %v", name, got.Err)
		}
		if diff := cmp.Diff(want, got.Info.Usage); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestBrokenStreamKeepsItsUsage(t *testing.T) {
	t.Parallel()
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		sse(w, events(word("a"), `{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}`))
	}))
	got := streaming(t.Context(), served(t, p), call(`{}`))
	if got.Err == nil || got.Err.Usage == nil || got.Err.Usage.PromptTokens != 5 {
		t.Errorf("got %+v", got.Err)
	}
}

func TestUnaryEndings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, contentType, body string
		kind                    sdk.Kind
		status                  int
	}{
		{"error in a 200", "application/json", `{"error":{"code":429,"message":"m"}}`, sdk.KindRateMinute, 429},
		{"error null", "application/json", strings.TrimSuffix(completion, "}") + `,"error":null}`, "", 0},
		{"error beside choices", "application/json", strings.TrimSuffix(completion, "}") + `,"error":{"message":"m"}}`, sdk.KindServerError, 200},
		{"finish reason error", "application/json", strings.Replace(completion, `"stop"`, `"error"`, 1), sdk.KindServerError, 200},
		{"error in a choice", "application/json", strings.Replace(completion, `"index":0`, `"index":0,"error":{"code":502,"message":"m"}`, 1), sdk.KindOverloaded, 502},
		{"flat error", "application/json", `{"message":"Internal","status_code":500}`, sdk.KindServerError, 500},
		{"error in a list", "application/json", `[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]`, sdk.KindOverloaded, 503},
		{"no choices", "application/json", `{"id":"x","object":"chat.completion"}`, sdk.KindBadReply, 200},
		{"empty choices", "application/json", `{"id":"x","choices":[],"usage":{"prompt_tokens":1}}`, sdk.KindBadReply, 200},
		{"choices null", "application/json", `{"id":"x","choices":null}`, sdk.KindBadReply, 200},
		{"HTML", "text/html", `<html>`, sdk.KindBadReply, 200},
		{"text", "application/json", `"text"`, sdk.KindBadReply, 200},
		{"null", "application/json", `null`, sdk.KindBadReply, 200},
		{"event stream", "text/event-stream", events(word("a")), sdk.KindBadReply, 200},
		{"event stream called JSON", "application/json", events(word("a")), sdk.KindBadReply, 200},
		{"empty", "application/json", ``, sdk.KindBadReply, 200},
		{"truncated", "application/json", completion[:60], sdk.KindBadReply, 200},
		{"no JSON type", "text/plain", completion, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				_, _ = io.WriteString(w, tt.body)
			}))
			reply, err := p.Chat(t.Context(), call(`{}`))
			if tt.kind == "" {
				if err != nil || string(reply.Body) != tt.body {
					t.Errorf("got %v", err)
				}
				return
			}
			e := sdk.AsError(err)
			if e == nil || e.Kind != tt.kind || e.Status != tt.status || e.Certainty != sdk.ResponseStarted || strings.Contains(e.Message, "<") {
				t.Errorf("got %+v, want %s, status %d", e, tt.kind, tt.status)
			}
		})
	}
}
