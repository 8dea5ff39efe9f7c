package simulator

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

// payloads are the data lines of a stream.
func payloads(body string) []string {
	var out []string
	for line := range strings.Lines(body) {
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			out = append(out, strings.TrimRight(data, "\r\n"))
		}
	}
	return out
}

// said joins the content of a stream's chunks.
func said(body string) string {
	var b strings.Builder
	for _, p := range payloads(body) {
		b.WriteString(gjson.Get(p, "choices.0.delta.content").String())
	}
	return b.String()
}

// TestFaultsInStreams: "echo: one two three" is four chunks with content.
func TestFaultsInStreams(t *testing.T) {
	t.Parallel()
	type outcome struct {
		said   string
		done   bool // [DONE] came
		finish string
		err    error
		phase  Phase
	}
	whole := outcome{said: "echo: one two three", done: true, finish: "stop", phase: Done}
	for name, tc := range map[string]struct {
		fault Fault
		want  outcome
	}{
		"none":                    {Fault{Kind: FaultNone}, whole},
		"truncate at once":        {Fault{Kind: FaultTruncate}, outcome{phase: Headers}},
		"truncate after 2":        {Fault{Kind: FaultTruncate, After: 2}, outcome{said: "echo: one", phase: Body}},
		"truncate late":           {Fault{Kind: FaultTruncate, After: 99}, outcome{said: whole.said, finish: "stop", phase: Body}},
		"no done":                 {Fault{Kind: FaultNoDone}, outcome{said: whole.said, finish: "stop", phase: Done}},
		"no finish":               {Fault{Kind: FaultNoFinish}, outcome{said: whole.said, done: true, phase: Done}},
		"finish":                  {Fault{Kind: FaultFinish, Finish: "content_filter"}, outcome{said: whole.said, done: true, finish: "content_filter", phase: Done}},
		"cut into bytes":          {Fault{Kind: FaultCut, Size: 1}, whole},
		"cut into fives":          {Fault{Kind: FaultCut, Size: 5}, whole},
		"comments":                {Fault{Kind: FaultComments, Size: 50}, whole},
		"reset mid body":          {Fault{Kind: FaultReset, At: MidBody, After: 1}, outcome{said: "echo:", err: syscall.ECONNRESET, phase: Body}},
		"reset mid chunk":         {Fault{Kind: FaultReset, At: MidChunk, After: 3}, outcome{said: "echo: one two", err: syscall.ECONNRESET, phase: Body}},
		"reset after headers":     {Fault{Kind: FaultReset, At: AfterHeaders}, outcome{err: syscall.ECONNRESET, phase: Headers}},
		"empty choices":           {Fault{Kind: FaultEmptyChoices}, outcome{done: true, phase: Done}},
		"malformed, then goes on": {Fault{Kind: FaultMalformed, After: 2}, whole},
	} {
		for _, network := range []string{"memory", "tcp"} {
			t.Run(name+"/"+network, func(t *testing.T) {
				t.Parallel()
				r := scripted(t, tc.fault)
				var h heard
				if network == "memory" {
					h = r.chat(OpenAI, "one two three", true)
				} else {
					h = overTCP(t, r.sim, chatBody("gpt-5.4-mini", "one two three", true))
				}
				got := outcome{said: said(h.body), done: strings.HasSuffix(h.body, "data: [DONE]\n\n"), phase: r.last(1).Phase}
				for _, p := range payloads(h.body) {
					if f := gjson.Get(p, "choices.0.finish_reason"); f.Type == gjson.String {
						got.finish = f.String()
					}
				}
				if tc.want.err != nil && errors.Is(h.err, tc.want.err) {
					got.err = tc.want.err
				} else if h.err != nil {
					t.Errorf("error %v", h.err)
				}
				if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(outcome{}), cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
					t.Errorf("(-want +got):\n%s\nbody:\n%s", diff, h.body)
				}
			})
		}
	}
}

func overTCP(t *testing.T, sim *Simulator, body string) heard {
	t.Helper()
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		_ = server.Close()
	})
	return hear(client, request(t, http.MethodPost, server.BaseURL(OpenAI)+"/chat/completions", "secret-a", body))
}

func TestFaultsInUnaryReplies(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault Fault
		err   error
		phase Phase
		check func(h heard) bool
	}{
		"reset before headers": {Fault{Kind: FaultReset}, syscall.ECONNRESET, Received, func(h heard) bool { return h.status == 0 }},
		"reset after headers":  {Fault{Kind: FaultReset, At: AfterHeaders}, syscall.ECONNRESET, Headers, func(h heard) bool { return h.status == 200 && h.body == "" }},
		"reset mid body":       {Fault{Kind: FaultReset, At: MidBody, After: 1}, syscall.ECONNRESET, FirstByte, func(h heard) bool { return len(h.body) > 100 && !gjson.Valid(h.body) }},
		"truncate":             {Fault{Kind: FaultTruncate, After: 1}, io.ErrUnexpectedEOF, FirstByte, func(h heard) bool { return len(h.body) > 100 && !gjson.Valid(h.body) }},
		"malformed":            {Fault{Kind: FaultMalformed}, nil, Done, func(h heard) bool { return h.status == 200 && !gjson.Valid(h.body) }},
		"empty choices": {Fault{Kind: FaultEmptyChoices}, nil, Done, func(h heard) bool {
			return gjson.Get(h.body, "choices.#").Int() == 0 && gjson.Get(h.body, "id").Exists()
		}},
		"no finish":   {Fault{Kind: FaultNoFinish}, nil, Done, func(h heard) bool { return gjson.Get(h.body, "choices.0.finish_reason").Type == gjson.Null }},
		"no usage":    {Fault{Kind: FaultUsage, Usage: UsageAbsent}, nil, Done, func(h heard) bool { return !gjson.Get(h.body, "usage").Exists() }},
		"float usage": {Fault{Kind: FaultUsage, Usage: UsageFloat}, nil, Done, func(h heard) bool { return gjson.Get(h.body, "usage.total_tokens").Raw == "7.0" }},
		"in band":     {Fault{Kind: FaultInband, Error: ErrorOverloaded}, nil, Done, func(h heard) bool { return h.status == 200 && gjson.Get(h.body, "error.message").Exists() }},
		"in band, finished": {Fault{Kind: FaultInband, Error: ErrorOverloaded, Style: "finish"}, nil, Done, func(h heard) bool {
			return gjson.Get(h.body, "choices.0.finish_reason").String() == "error" && gjson.Get(h.body, "choices.0.error").Exists()
		}},
		"html": {Fault{Kind: FaultHTML, Status: 502}, nil, Done, func(h heard) bool {
			return h.status == 502 && strings.HasPrefix(h.header.Get("Content-Type"), "text/html") && strings.Contains(h.body, "<html>")
		}},
		"redirect":     {Fault{Kind: FaultRedirect, Status: 308, Location: "https://example.com/x"}, nil, Done, func(h heard) bool { return h.status == 308 && h.header.Get("Location") == "https://example.com/x" }},
		"status alone": {Fault{Kind: FaultError, Status: 529}, nil, Done, func(h heard) bool { return h.status == 529 && gjson.Get(h.body, "error.message").Exists() }},
		"own body":     {Fault{Kind: FaultError, Status: 500, Body: "", Message: "odd"}, nil, Done, func(h heard) bool { return gjson.Get(h.body, "error.message").String() == "odd" }},
		"verbatim":     {Fault{Kind: FaultReply, Status: 418, Body: "teapot", Header: map[string]string{"Content-Type": "text/plain", "X-A": "b"}}, nil, Done, func(h heard) bool { return h.status == 418 && h.body == "teapot" && h.header.Get("X-A") == "b" }},
		"empty":        {Fault{Kind: FaultReply}, nil, Done, func(h heard) bool { return h.status == 200 && h.body == "" }},
		"sse for json": {Fault{Kind: FaultSSEForJSON}, nil, Done, func(h heard) bool {
			return h.header.Get("Content-Type") == "text/event-stream" && said(h.body) == "echo: one two three"
		}},
		"huge": {Fault{Kind: FaultHugeLine, Size: 3 << 20}, nil, Done, func(h heard) bool { return len(gjson.Get(h.body, "choices.0.message.content").String()) == 3<<20 }},
		"cut":  {Fault{Kind: FaultCut, Size: 7}, nil, Done, func(h heard) bool { return gjson.Valid(h.body) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := scripted(t, tc.fault)
			h := r.chat(OpenAI, "one two three", false)
			if !errors.Is(h.err, tc.err) {
				t.Errorf("error %v, want %v", h.err, tc.err)
			}
			if !tc.check(h) {
				t.Errorf("status %d, body %.300q", h.status, h.body)
			}
			e := r.last(1)
			if e.Phase != tc.phase || e.Status != h.status || e.Fault != tc.fault.name() || e.ClientGone {
				t.Errorf("ledger says %+v, want phase %v", e, tc.phase)
			}
			if tc.err == nil && e.BytesOut != int64(len(h.body)) {
				t.Errorf("ledger counts %d bytes, client got %d", e.BytesOut, len(h.body))
			}
		})
	}
}

func TestJSONForSSE(t *testing.T) {
	t.Parallel()
	r := scripted(t, Fault{Kind: FaultJSONForSSE})
	h := r.chat(Groq, "hi", true)
	if h.header.Get("Content-Type") != "application/json" || !gjson.Get(h.body, "choices.0.message").Exists() {
		t.Errorf("got %s", show(h))
	}
}

func TestHugeLineInStream(t *testing.T) {
	t.Parallel()
	const size = 5 << 20
	r := scripted(t, Fault{Kind: FaultHugeLine, After: 1, Size: size})
	h := r.chat(OpenRouter, "hi", true)
	lines := payloads(h.body)
	if got := gjson.Get(lines[2], "choices.0.delta.content").String(); len(got) != size {
		t.Errorf("content of %d bytes, want %d", len(got), size)
	}
	if e := r.last(1); e.BytesOut != int64(len(h.body)) || e.Chunks != len(lines)-1 {
		t.Errorf("ledger: %d bytes, %d chunks; client: %d, %d", e.BytesOut, e.Chunks, len(h.body), len(lines)-1)
	}
}

func TestHugeLinesInStream(t *testing.T) {
	t.Parallel()
	const size, times = 100 << 10, 7
	r := scripted(t, Fault{Kind: FaultHugeLine, After: 1, Size: size, Times: times})
	content := 0
	for _, line := range payloads(r.chat(OpenAI, "hi", true).body) {
		content += strings.Count(gjson.Get(line, "choices.0.delta.content").String(), "x")
	}
	if content != size*times {
		t.Errorf("%d bytes of content, want %d times %d", content, times, size)
	}
}

func TestConnectionsOfAnotherListenerAreNumbered(t *testing.T) {
	t.Parallel()
	sim := New(Options{AnyKey: true})
	server := httptest.NewUnstartedServer(sim)
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { return NumberConn(ctx, 42) }
	server.Start()
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/openai/v1/models")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if e := sim.Ledger().Entries(); len(e) != 1 || e[0].ConnID != 42 {
		t.Errorf("got %+v", e)
	}
}

func TestUsagePlaces(t *testing.T) {
	t.Parallel()
	// Which data events carry usage, of role, 2 contents, finish and what is added.
	for form, want := range map[string]string{
		UsageEvery: "UUUU", UsageLastContent: "..U.", UsageWithFinish: "...U", UsageSeparate: "....U", UsageAbsent: "....", UsageFloat: "....U",
	} {
		for _, d := range []string{OpenAI, Groq, OpenRouter} {
			t.Run(form+"/"+d, func(t *testing.T) {
				t.Parallel()
				want := want
				r := newRig(t, Options{
					Models: []Model{{ID: "m"}},
					Script: Script{Rules: []Rule{{Fault: Fault{Kind: FaultUsage, Usage: form}}}},
				})
				h := r.post(d, "/chat/completions", `{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}`)
				var got strings.Builder
				for _, p := range payloads(h.body) {
					switch {
					case p == "[DONE]":
					case gjson.Get(p, "usage.total_tokens").Exists(), gjson.Get(p, "x_groq.usage").Exists():
						got.WriteByte('U')
					default:
						got.WriteByte('.')
					}
				}
				if d == Groq && form == UsageFloat {
					want = "...U" // where Groq says it, in x_groq of the last chunk
				}
				if got.String() != want {
					t.Errorf("usage in %q, want %q\n%s", got.String(), want, h.body)
				}
				if form == UsageFloat && !strings.Contains(h.body, `"total_tokens":3.0`) {
					t.Errorf("no float in\n%s", h.body)
				}
			})
		}
	}
}

func TestFraming(t *testing.T) {
	t.Parallel()
	for style, want := range map[string]string{
		"crlf":      "data: {\"id\":",
		"cr":        "data: {\"id\":",
		"bom":       "\ufeffdata: {\"id\":",
		"nospace":   "data:{\"id\":",
		"multiline": "data: {\ndata: \"id\":",
	} {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			r := scripted(t, Fault{Kind: FaultFraming, Style: style})
			h := r.chat(OpenAI, "hi", true)
			end := map[string]string{"crlf": "[DONE]\r\n\r\n", "cr": "[DONE]\r\r"}[style]
			if !strings.HasPrefix(h.body, want) || !strings.HasSuffix(h.body, orElse(end, "[DONE]\n\n")) {
				t.Errorf("got %q", h.body)
			}
			if style == "cr" && strings.Contains(h.body, "\n") {
				t.Errorf("line feed in %q", h.body)
			}
		})
	}
}

// TestFaultsCompose: faults of several rules apply together; of two that
// replace the reply the first wins.
func TestFaultsCompose(t *testing.T) {
	t.Parallel()
	r := scripted(t,
		Fault{Kind: FaultComments, Size: 3},
		Fault{Kind: FaultFraming, Style: "crlf"},
		Fault{Kind: FaultTruncate, After: 1},
		Fault{Kind: FaultTruncate, After: 3},
	)
	h := r.chat(OpenAI, "one two three", true)
	if !strings.HasPrefix(h.body, strings.Repeat(": keep-alive\r\n\r\n", 3)) || said(h.body) != "echo:" || h.err != nil {
		t.Errorf("got %q, %v", h.body, h.err)
	}
	if got := r.last(1).Fault; got != "comments+framing+truncate" {
		t.Errorf("ledger names %q", got)
	}
	r = scripted(t, Fault{Kind: FaultError, Error: ErrorRateDay}, Fault{Kind: FaultHTML}, Fault{Kind: FaultReset, At: MidBody, After: 1})
	h = r.chat(Groq, "hi", false)
	if h.status != 429 || !errors.Is(h.err, syscall.ECONNRESET) {
		t.Errorf("got %d, %v", h.status, h.err)
	}
}

// TestStatusesAlone: every status has a body of the dialect's shape.
func TestStatusesAlone(t *testing.T) {
	t.Parallel()
	for _, d := range []string{OpenAI, Groq, OpenRouter} {
		for _, status := range []int{400, 401, 402, 403, 404, 408, 410, 413, 418, 422, 429, 498, 500, 501, 502, 503, 504, 520, 524, 529} {
			h := scripted(t, Fault{Kind: FaultError, Status: status}).chat(d, "hi", status%2 == 0)
			code := gjson.Get(h.body, "error.code")
			if h.status != status || !gjson.Get(h.body, "error.message").Exists() || d == OpenRouter && int(code.Int()) != status {
				t.Errorf("%s %d: %s", d, status, show(h))
			}
		}
	}
	h := scripted(t, Fault{Kind: FaultError, Status: 500, Body: "oops", Header: map[string]string{"Content-Type": "text/plain"}}).chat(Groq, "hi", false)
	if h.status != 500 || h.body != "oops" || h.header.Get("Content-Type") != "text/plain" {
		t.Errorf("got %s", show(h))
	}
}

// TestClientLeavesOverTCP: a closed socket is noticed while nothing is sent.
func TestClientLeavesOverTCP(t *testing.T) {
	t.Parallel()
	r := scripted(t, Fault{Kind: FaultStall, After: 1})
	server, err := r.sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	resp, err := client.Do(request(t, http.MethodPost, "http://"+server.Addr().String()+"/openai/v1/chat/completions", "secret-a", chatBody("gpt-5.4-mini", "hi", true)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if e := r.last(1); !e.ClientGone || e.Phase == Done {
		t.Errorf("ledger says %+v", e)
	}
}

func TestGroqStopsEarly(t *testing.T) {
	t.Parallel()
	h := scripted(t, Fault{Kind: FaultInband, Status: 503, Style: "x_groq", After: 1}).chat(Groq, "hi", true)
	lines := payloads(h.body)
	if n := len(lines); n != 4 || gjson.Get(lines[2], "x_groq.error").String() == "" || lines[3] != "[DONE]" {
		t.Errorf("got %q", lines)
	}
}

// TestNoDialect: what arrives below no dialect is in the ledger too, so that a
// redirect that was followed is seen.
func TestNoDialect(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	if h := hear(r.client, request(t, http.MethodPost, r.server.URL()+"/elsewhere", "secret-a", "{}")); h.status != 404 {
		t.Errorf("got %s", show(h))
	}
	if e := r.last(1); e.Dialect != "" || e.Path != "/elsewhere" || e.KeyLabel != "a" || e.BytesIn != 2 {
		t.Errorf("ledger says %+v", e)
	}
	if n := r.server.Conns(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
