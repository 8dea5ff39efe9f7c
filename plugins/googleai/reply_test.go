package googleai

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
)

// replies are what Gemini answers: the reply in one piece, or the events of a stream, one a line.
func replies() []struct{ name, body string } {
	const tail = `"modelVersion":"gemini-2.5-flash-001","responseId":"r1"`
	one := func(candidate string) string { return `{"candidates":[` + candidate + `],` + tail + `}` }
	said := func(parts, more string) string {
		return one(`{"content":{"parts":[` + parts + `],"role":"model"},"index":0` + more + `}`)
	}
	stop := `,"finishReason":"STOP"`
	return []struct{ name, body string }{
		{"text", said(`{"text":"hello"}`, stop)},
		{"several parts and thoughts", said(`{"text":"hm ","thought":true},{"text":"well","thought":true},{"text":"a"},{"text":"b","thoughtSignature":"+/8="}`, stop)},
		{"usage", `{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":2,"candidatesTokenCount":3,"thoughtsTokenCount":4,"cachedContentTokenCount":5,"totalTokenCount":19,` +
			`"promptTokensDetails":[{"modality":"TEXT","tokenCount":6},{"modality":"AUDIO","tokenCount":3},{"modality":"VIDEO","tokenCount":1}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":2}]},` + tail + `}`},
		{"calls, signed, arguments exact", said(`{"functionCall":{"id":"fc1","name":"f","args":{"z":9007199254740993,"a":{"n":1.0}}},"thoughtSignature":"+/8="},{"functionCall":{"name":"g"}},{"functionCall":{"name":"h","args":null}}`, stop)},
		{"an image and sound", said(`{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}},{"inlineData":{"mimeType":"audio/wav","data":"UklGRg=="}}`, stop)},
		{"code that ran", said(`{"executableCode":{"language":"PYTHON","code":"1+1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2"}},{"text":"two"}`, stop)},
		{"grounding", said(`{"text":"x"}`, stop+`,"groundingMetadata":{"webSearchQueries":["q"]},"citationMetadata":{"citationSources":[]}`)},
		{"two candidates", `{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","index":0},{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]},"finishReason":"STOP","index":1}],` + tail + `}`},
		{"log probabilities", said(`{"text":"hi"}`, stop+`,"logprobsResult":{"chosenCandidates":[{"token":"hi","logProbability":-0.25}],"topCandidates":[{"candidates":[{"token":"hi","logProbability":-0.25},{"token":"ho","logProbability":-2}]}]}`)},
		{"all spent on thinking", one(`{"content":{"role":"model"},"finishReason":"MAX_TOKENS","index":0}`)},
		{"no content at all", one(`{"finishReason":"SAFETY","index":0}`)},
		{"recitation", said(`{"text":"to be"}`, `,"finishReason":"RECITATION"`)},
		{"to be continued", said(`{"text":"a"}`, `,"finishReason":"CONTINUATION","continuationToken":"dG9rZW4="`)},
		{"a reason newer than this", said(`{"text":"a"}`, `,"finishReason":"TIRED"`)},
		{"a reason newer than this, without content", one(`{"finishReason":"TIRED"}`)},
		{"impossible tool call", one(`{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"print(x"}`)},
		{"other", one(`{"finishReason":"OTHER"}`)},
		{"no finish reason", said(`{"text":"a"}`, "")},
		{"blocked prompt", `{"promptFeedback":{"blockReason":"SAFETY","blockReasonMessage":"no"},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3},` + tail + `}`},
		{"nothing", `{` + tail + `}`},
		{"candidates of another type", `{"candidates":"x"}`},
		{"a candidate that is null", `{"candidates":[null]}`},
		{"parts of another type", `{"candidates":[{"content":{"parts":[7]}}]}`},
		{"no object", `[1]`},
		{"an error in a list", `[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]`},
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, r := range replies() {
		fmt.Fprintf(&out, "== %s\n", r.name)
		client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, r.body)
		}, nil)
		reply, err := client.Chat(t.Context(), asked("gemini-2.5-flash", "hi"))
		if err != nil {
			fmt.Fprintf(&out, "   ! %s\n", failure(err))
		} else {
			fmt.Fprintf(&out, "   %s\n", pinned(string(reply.Body)))
		}
		client = rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: "+r.body+"\r\n\r\n")
		}, nil)
		chunks, _, err := plugintest.Stream(t.Context(), client, asked("gemini-2.5-flash", "hi", `"stream_options":{"include_usage":true}`))
		for line := range strings.Lines(chunks) {
			fmt.Fprintf(&out, "   > %s\n", pinned(strings.TrimSpace(line)))
		}
		if err != nil {
			fmt.Fprintf(&out, "   > ! %s\n", failure(err))
		}
	}
	golden(t, "replies.txt", out.String())
}

// pinned takes out what differs every time.
func pinned(body string) string {
	if id := gjson.Get(body, "id").Str; strings.HasPrefix(id, "gemini-") {
		body, _ = sjson.Set(body, "id", "gemini-RANDOM")
	}
	return regexp.MustCompile(`"created":[0-9]{10},`).ReplaceAllString(body, `"created":SECONDS,`)
}

func failure(err error) string {
	e := sdk.AsError(err)
	usage := ""
	if e.Usage != nil {
		usage = fmt.Sprintf(" [%d tokens]", e.Usage.TotalTokens)
	}
	return e.Error() + " " + e.Certainty.String() + usage
}

// TestStreamsOfSeveralEvents: counts are those of all so far, calls are numbered across events, and the finish
// reason knows of calls in earlier ones.
func TestStreamsOfSeveralEvents(t *testing.T) {
	t.Parallel()
	events := []string{
		`{"candidates":[{"content":{"parts":[{"text":"so","thought":true}]}}],"usageMetadata":{"promptTokenCount":3,"thoughtsTokenCount":1,"totalTokenCount":4},"responseId":"r"}`,
		`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"+/8="}]}}],"responseId":"r"}`,
		`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"g","args":{}}}]}}],"responseId":"r"}`,
		`{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":5,"thoughtsTokenCount":1,"totalTokenCount":9},"responseId":"r"}`,
	}
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("alt") != "sse" || !strings.HasSuffix(r.URL.Path, "/v1beta/models/gemini-2.5-flash:streamGenerateContent") {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, ": a comment\n\nevent: message\ndata: "+strings.Join(events, "\r\n\r\ndata: ")+"\r\n\r\n")
	}, nil)
	chunks, info, err := plugintest.Stream(t.Context(), client, asked("gemini-2.5-flash", "hi"))
	if err != nil {
		t.Fatal(err)
	}
	var acc sdk.Accumulator
	for line := range strings.Lines(chunks) {
		var chunk sdk.ChatChunk
		if err := chunk.UnmarshalJSON([]byte(line)); err != nil {
			t.Fatal(err)
		}
		acc.Add(&chunk)
	}
	c := acc.Completion()
	m := c.Choices[0].Message
	if c.Choices[0].FinishReason != sdk.FinishToolCalls || m.Reasoning != "so" || len(m.ToolCalls) != 2 {
		t.Errorf("got %+v", c)
	}
	if got := gjson.GetBytes(m.ToolCalls[0].Extra["extra_content"], "google.thought_signature").Str; got != "+/8=" {
		t.Errorf("signature %q", got)
	}
	if m.ToolCalls[0].ID == m.ToolCalls[1].ID || m.ToolCalls[0].Function.Arguments != `{"a":1}` {
		t.Errorf("calls %+v", m.ToolCalls)
	}
	want := &sdk.Usage{PromptTokens: 3, CompletionTokens: 6, TotalTokens: 9, CompletionTokensDetails: &sdk.CompletionTokensDetails{ReasoningTokens: sdk.Ptr(int64(1))}}
	if diff := cmp.Diff(want.CompletionTokens, info.Usage.CompletionTokens); diff != "" || info.Usage.TotalTokens != want.TotalTokens || info.FinishReason != "tool_calls" {
		t.Errorf("info %+v", info)
	}
	if strings.Contains(chunks, `"usage"`) {
		t.Error("a usage chunk nobody asked for")
	}
}

// TestCutStreams: a stream without a finish reason is broken, however cleanly it ends, and what it had used is told.
func TestCutStreams(t *testing.T) {
	t.Parallel()
	const event = `{"candidates":[{"content":{"parts":[{"text":"half"}]}}],"usageMetadata":{"promptTokenCount":3,"totalTokenCount":4},"responseId":"r9"}`
	for name, body := range map[string]string{
		"clean":           "data: " + event + "\r\n\r\n",
		"inside an event": "data: " + event + "\r\n\r\ndata: " + event[:40],
		"not JSON":        "data: " + event + "\r\n\r\ndata: {\"candidates\":[}\r\n\r\n",
		"no object":       "data: " + event + "\r\n\r\ndata: [1]\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := rig().Behind(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = io.WriteString(w, body)
			}, nil)
			chunks, _, err := plugintest.Stream(t.Context(), client, asked("gemini-2.5-flash", "hi"))
			var got *sdk.Error
			if !errors.As(err, &got) || got.Kind != sdk.KindBrokenStream && !(name == "no object" && got.Kind == sdk.KindBadReply) {
				t.Fatalf("got %v", err)
			}
			if plugintest.Text(chunks) != "half" || got.Certainty != sdk.ResponseStarted || got.UpstreamRequestID != "r9" || got.Usage == nil || got.Usage.TotalTokens != 4 {
				t.Errorf("after %q: %+v", chunks, got)
			}
		})
	}
}
