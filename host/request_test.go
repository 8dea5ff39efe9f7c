package host

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

func TestInspectChatNeeds(t *testing.T) {
	t.Parallel()
	parts := func(list string) string { return `"messages":[{"role":"user","content":[` + list + `]}]` }
	const (
		hello = `"messages":[{"role":"user","content":"hi"}]` // two characters and their quotes: one token
		tool  = `{"type":"function","function":{"name":"f"}}`
		image = `{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}`
	)
	text := strings.Repeat("word ", 80) // 400 characters
	needs := func(tokens int64, features ...string) route.Needs {
		return route.Needs{Features: features, Tokens: tokens}
	}
	for name, test := range map[string]struct {
		members string
		want    route.Needs
	}{
		"text":             {hello, needs(1)},
		"messages last":    {`"stream":true,` + hello, needs(1)},
		"tools":            {hello + `,"tools":[` + tool + `]`, needs(1, "tools")},
		"functions":        {hello + `,"functions":[{"name":"f"}]`, needs(1, "tools")},
		"no tools":         {hello + `,"tools":[]`, needs(1)},
		"tools null":       {hello + `,"tools":null`, needs(1)},
		"image":            {parts(image), needs(0, "vision")},
		"audio in":         {parts(`{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}`), needs(0, "audio")},
		"video":            {parts(`{"type":"video_url","video_url":{"url":"https://example.com/a.mp4"}}`), needs(0, "video")},
		"file":             {parts(`{"type":"file","file":{"file_data":"AAAA"}}`), needs(0, "files")},
		"unknown part":     {parts(`{"type":"hologram"}`), needs(0)},
		"named once":       {parts(image + `,` + image), needs(0, "vision")},
		"in a later turn":  {`"messages":[{"role":"user","content":"hi"},{"role":"user","content":[` + image + `]}]`, needs(1, "vision")},
		"json schema":      {hello + `,"response_format":{"type":"json_schema","json_schema":{"name":"n"}}`, needs(1, "json_schema")},
		"json object":      {hello + `,"response_format":{"type":"json_object"}`, needs(1)},
		"everything":       {parts(image) + `,"tools":[` + tool + `],"response_format":{"type":"json_schema"}`, needs(0, "tools", "vision", "json_schema")},
		"content null":     {`"messages":[{"role":"assistant","content":null}]`, needs(0)},
		"no content":       {`"messages":[{"role":"assistant"}]`, needs(0)},
		"a long text":      {`"messages":[{"role":"user","content":"` + text + `"}]`, needs(100)},
		"texts add up":     {`"messages":[{"role":"system","content":"` + text + `"},{"role":"user","content":[{"type":"text","text":"` + text + `"}]}]`, needs(201)},
		"images are free":  {parts(`{"type":"text","text":"` + text + `"},` + image), needs(100, "vision")},
		"wanted":           {hello + `,"max_tokens":50`, needs(51)},
		"wanted, new name": {hello + `,"max_completion_tokens":50`, needs(51)},
		"wanted negative":  {hello + `,"max_tokens":-50`, needs(1)},
		"wanted null":      {hello + `,"max_tokens":null`, needs(1)},
		"null forgets not": {hello + `,"tools":[` + tool + `],"functions":null,"max_tokens":50,"max_completion_tokens":null`, needs(51, "tools")},
		"wanted too much":  {hello + `,"max_tokens":9223372036854775807`, needs(1<<40 + 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := []byte(`{"model":"p/m",` + test.members + `}`)
			r, err := inspectChat(body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, r.needs); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
			if r.model != "p/m" || string(r.body) != string(body) {
				t.Errorf("model %q, body %s", r.model, r.body)
			}
		})
	}
}

func TestInspectChatRefuses(t *testing.T) {
	t.Parallel()
	const hello = `"messages":[{"role":"user","content":"hi"}]`
	for name, test := range map[string]struct{ body, param, message string }{
		"nothing":               {"", "", "request body is not valid JSON, or nested deeper than 10,000 levels"},
		"broken":                {`{"model":`, "", "request body is not valid JSON, or nested deeper than 10,000 levels"},
		"a list":                {`[]`, "", "request body must be a JSON object, got a list"},
		"a text":                {`"hi"`, "", "request body must be a JSON object, got string"},
		"no messages":           {`{"model":"m"}`, "messages", `"messages" must be a list of messages, got nothing`},
		"messages an object":    {`{"messages":{}}`, "messages", `"messages" must be a list of messages, got an object`},
		"messages null":         {`{"messages":null}`, "messages", `"messages" must be a list of messages, got null`},
		"messages empty":        {`{"messages":[ ]}`, "messages", `"messages" is empty: give at least one message`},
		"model a number":        {`{"model":7,` + hello + `}`, "model", `"model" must be a string, got number`},
		"model of two lines":    {`{"model":"a\nb",` + hello + `}`, "model", "model has a control character at byte 1"},
		"model with NUL":        {`{"model":"\u0000",` + hello + `}`, "model", "model has a control character at byte 0"},
		"model with DEL":        {`{"model":"ab\u007f",` + hello + `}`, "model", "model has a control character at byte 2"},
		"model of 513 bytes":    {`{"model":"` + strings.Repeat("m", 513) + `",` + hello + `}`, "model", "model is longer than 512 bytes"},
		"model first, then all": {`{"model":"a\u001bb"}`, "model", "model has a control character at byte 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := inspectChat([]byte(test.body))
			want := &Error{Kind: sdk.KindBadRequest, Param: test.param, Message: test.message}
			if diff := cmp.Diff(want, refusal(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInspectChatRefusesTooLarge(t *testing.T) {
	t.Parallel()
	_, err := inspectChat(make([]byte, sdk.MaxBody+1))
	want := &Error{
		Kind: sdk.KindBadRequest, Code: CodeBodyTooLarge,
		Message: fmt.Sprintf("request body of %d bytes is larger than %d", sdk.MaxBody+1, sdk.MaxBody),
	}
	if diff := cmp.Diff(want, refusal(t, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// refusal is err as the host's own error, which it must be.
func refusal(t *testing.T, err error) *Error {
	t.Helper()
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("a %T: %v", err, err)
	}
	return refused
}
