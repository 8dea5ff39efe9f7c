package googleai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// FuzzRequest: no request breaks the mapping; what comes out is JSON; and every member of the request is
// mapped, reported or refused.
func FuzzRequest(f *testing.F) {
	for _, r := range requests() {
		f.Add("gemini-3.8-flash", "{"+r.body+"}")
		f.Add("gemini-2.5-pro", "{"+r.body+"}")
	}
	p := opened(f, options{})
	f.Fuzz(func(t *testing.T, model, body string) {
		call := rig().Call(body)
		call.Model = model
		req, err := p.mapRequest(t.Context(), call)
		if err != nil {
			var e *sdk.Error
			if !errors.As(err, &e) || e.Kind == sdk.KindInternal {
				t.Fatalf("got %v", err)
			}
			return
		}
		if raw, err := json.Marshal(req.body); err != nil || !gjson.GetBytes(raw, "contents.0").Exists() {
			t.Fatalf("%s: %v", raw, err)
		}
		accounted(t, call, req)
	})
}

// accounted checks the top-level members that the type of a request does not name: those are easily forgotten.
func accounted(t *testing.T, call *sdk.Call, req *request) {
	t.Helper()
	typed, err := decode(call)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range typed.Extra {
		reported := slices.ContainsFunc(req.dropped, func(d sdk.Dropped) bool {
			return d.Path == name || strings.HasPrefix(d.Path, name+".")
		})
		mapped := name == "google" || name == "extra_body" || value.Kind() == jsontext.KindNull || name == "store" && string(value) == "false"
		if !reported && !mapped && len(req.dropped) < maxDropped {
			t.Fatalf("%q is neither mapped nor reported", name)
		}
	}
}

// TestEveryMemberIsAccountedFor sends each member that the type of a request has, alone, with a value that
// asks for something: it changes what is sent, or it is reported.
func TestEveryMemberIsAccountedFor(t *testing.T) {
	t.Parallel()
	p := opened(t, options{})
	plain := mapped(p, rig().Call("{"+hi+"}"))
	for _, member := range []string{
		`"temperature":0.5`, `"top_p":0.5`, `"top_k":5`, `"max_tokens":5`, `"max_completion_tokens":5`, `"n":2`, `"seed":5`, `"stop":["x"]`, `"presence_penalty":1`,
		`"frequency_penalty":1`, `"logit_bias":{"1":1}`, `"logprobs":true`, `"top_logprobs":2`, `"tools":[` + clock + `]`, `"tool_choice":"required"`,
		`"tools":[` + clock + `],"parallel_tool_calls":false`, `"response_format":{"type":"json_object"}`, `"reasoning":{"effort":"low"}`, `"reasoning_effort":"low"`,
		`"stream_options":{"x":1}`, `"modalities":["audio"]`, `"user":"x"`, `"service_tier":"flex"`, `"metadata":{"a":"b"}`, `"x":1`, `"google":{"cachedContent":"x"}`,
		`"extra_body":{"google":{"cached_content":"x"}}`, `"audio":{"voice":"x"}`, `"functions":[]`, `"function_call":"auto"`, `"store":true`,
	} {
		if mapped(p, rig().Call("{"+hi+","+member+"}")) == plain {
			t.Errorf("%s changed nothing and was not reported", member)
		}
	}
}

// FuzzReply: no reply breaks the plugin. It is a reply in OpenAI's shape, or an error of a kind.
func FuzzReply(f *testing.F) {
	for _, r := range replies() {
		f.Add(r.body)
	}
	for _, s := range rig().Shapes(f) {
		f.Add(s.Body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		reply, err := answered(t, "application/json", body).Chat(t.Context(), asked("gemini-2.5-flash", "hi"))
		if err != nil {
			judged(t, err)
			return
		}
		var c sdk.ChatCompletion
		if err := c.UnmarshalJSON(reply.Body); err != nil || len(c.Choices) == 0 || c.Choices[0].FinishReason == "" {
			t.Fatalf("%s: %v", reply.Body, err)
		}
	})
}

// FuzzEvents: what genai is given of a stream is one line of JSON an event and never two at a time, whatever
// the upstream sends; an error is never taken for an end.
func FuzzEvents(f *testing.F) {
	for _, r := range replies() {
		f.Add("data: " + r.body + "\r\n\r\n")
		f.Add(": hi\n\ndata:" + r.body + "\r\revent: error\ndata: {\"error\":{\"code\":500}}\n\n")
	}
	f.Add("data: {\ndata: \"candidates\":[]}\n\n")
	for _, s := range rig().Shapes(f) {
		f.Add(s.Body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p := answered(t, "text/event-stream", body)
		w := p.wire(asked("gemini-2.5-flash", "hi"), &sdk.Sender{})
		defer w.close()
		req, err := http.NewRequestWithContext(carry(t.Context(), w), http.MethodPost, "https://gemini.example/v1beta/models/x:streamGenerateContent", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := relay{}.RoundTrip(req)
		if err != nil {
			judged(t, err)
			return
		}
		events, buf := 0, make([]byte, 1<<16)
		for {
			n, err := resp.Body.Read(buf)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("reading failed: %v", err)
			}
			for part := range bytes.Lines(buf[:n]) {
				if line, ok := bytes.CutPrefix(part, []byte("data: ")); ok {
					events++
					if len(line) < 1<<15 && !gjson.ValidBytes(line) {
						t.Fatalf("genai would read %q", line)
					}
				}
			}
		}
		if w.err != nil {
			judged(t, w.err)
		} else if events == 0 {
			judged(t, (&stream{reply: newReply(w.call, w)}).end(false))
		}
	})
}

// FuzzErrorBody: every error of the upstream is one of ours, whatever its body.
func FuzzErrorBody(f *testing.F) {
	for _, c := range errorCases() {
		f.Add(c.Status, c.Body)
	}
	for _, s := range rig().Shapes(f) {
		f.Add(s.Status, s.Body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 400 || status > 599 {
			return
		}
		p := served(t, func(*http.Request) *http.Response { return response(status, "application/json", body) })
		_, err := p.Chat(t.Context(), asked("gemini-2.5-flash", "hi"))
		e := judged(t, err)
		if e.Status != status || e.RetryAfter < 0 || e.RetryAfter > 25*60*60*1e9 {
			t.Fatalf("got %+v", e)
		}
	})
}

// judged is an error as the host would see it.
func judged(t *testing.T, err error) *sdk.Error {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) || e.Kind == "" || e.Kind == sdk.KindUnknown || e.Kind == sdk.KindInternal || e.Message == "" || strings.Contains(e.Error(), canary) {
		t.Fatalf("got %v", err)
	}
	return e
}

// answered is a Provider whose upstream always answers this.
func answered(t testing.TB, kind, body string) *Provider {
	return served(t, func(*http.Request) *http.Response { return response(http.StatusOK, kind, body) })
}

type roundTripper func(*http.Request) *http.Response

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func served(t testing.TB, answer roundTripper) *Provider {
	t.Helper()
	return opened(t, options{Options: openaicompat.Options{Transport: answer}})
}

func response(status int, kind, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}
