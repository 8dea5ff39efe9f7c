package googleai

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const tools = `"tools":[` + weather + `,` + clock + `]`

// conversation plays a tool conversation as an agent does: ask, send back what came with the results, ask on.
func conversation(t *testing.T, client *sdk.Client, model string, stream bool) string {
	t.Helper()
	user := `{"role":"user","content":"call weather {\"city\":\"Köln\"}\ncall clock {}"}`
	m := say(t, client, model, "["+user+"]", stream)
	if len(m.ToolCalls) != 2 {
		t.Fatalf("calls %+v", m)
	}
	raw, err := m.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	messages := "[" + user + "," + string(raw)
	for i, result := range []string{"sunny", "12:00"} {
		messages += `,{"role":"tool","tool_call_id":"` + m.ToolCalls[i].ID + `","content":"` + result + `"}`
	}
	return say(t, client, model, messages+"]", stream).Content.Text()
}

func say(t *testing.T, client *sdk.Client, model, messages string, stream bool) sdk.Message {
	t.Helper()
	call := rig().Call(`{"messages":` + messages + `,` + tools + `}`)
	call.Model = model
	if stream {
		chunks, _, err := plugintest.Stream(t.Context(), client, call)
		if err != nil {
			t.Fatal(err)
		}
		return gathered(t, chunks).Choices[0].Message
	}
	reply, err := client.Chat(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	var c sdk.ChatCompletion
	if err := c.UnmarshalJSON(reply.Body); err != nil {
		t.Fatal(err)
	}
	return c.Choices[0].Message
}

func gathered(t *testing.T, chunks string) *sdk.ChatCompletion {
	t.Helper()
	var acc sdk.Accumulator
	for line := range strings.Lines(chunks) {
		var chunk sdk.ChatChunk
		if err := chunk.UnmarshalJSON([]byte(line)); err != nil {
			t.Fatal(err)
		}
		acc.Add(&chunk)
	}
	return acc.Completion()
}

// TestToolConversations: signed calls survive the way through our API and back, parallel ones and streamed ones too.
func TestToolConversations(t *testing.T) {
	t.Parallel()
	client, _ := rig().Simulated(t, simulator.Options{})
	for _, model := range []string{"gemini-2.5-flash", "gemini-3.8-flash", "gemini-3.1-pro-preview"} {
		for _, stream := range []bool{false, true} {
			if got := conversation(t, client, model, stream); got != "echo: 12:00" {
				t.Errorf("%s, stream %v: %q", model, stream, got)
			}
		}
	}
}

// TestForeignCalls: a conversation that another model began goes on at Gemini 3; calls that Gemini signed for
// another model do not, and the error says why.
func TestForeignCalls(t *testing.T) {
	t.Parallel()
	client, _ := rig().Simulated(t, simulator.Options{})
	began := func(extra string) string {
		return `[{"role":"user","content":"w"},{"role":"assistant","content":null,"tool_calls":[{"id":"x1","type":"function","function":{"name":"clock","arguments":"{}"}` + extra +
			`},{"id":"x2","type":"function","function":{"name":"clock","arguments":"{}"}}]},{"role":"tool","tool_call_id":"x1","content":"1"},{"role":"tool","tool_call_id":"x2","content":"2"}]`
	}
	if got := say(t, client, "gemini-3.8-flash", began(""), false).Content.Text(); got != "echo: 2" {
		t.Errorf("got %q", got)
	}
	call := rig().Call(`{"messages":` + began(`,"extra_content":{"google":{"thought_signature":"c29tZXRoaW5nIGVsc2U"}}`) + `}`)
	call.Model = "gemini-3.8-flash"
	_, err := client.Chat(t.Context(), call)
	if sdk.KindOf(err) != sdk.KindBadRequest || !strings.Contains(err.Error(), "signature") {
		t.Errorf("got %v", err)
	}
}

// TestMedia: each kind of content arrives, inline and by address.
func TestMedia(t *testing.T) {
	t.Parallel()
	client, sim := rig().Simulated(t, simulator.Options{KeepBodies: true})
	for part, want := range map[string]struct{ echo, sent string }{
		`{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}`:                      {"[image]", `"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}`},
		`{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"mp3"}}`:                            {"[audio]", `"mimeType":"audio/mp3"`},
		`{"type":"video_url","video_url":{"url":"data:video/mp4;base64,AAAA"}}`:                              {"[video]", `"mimeType":"video/mp4"`},
		`{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjQ="}}`: {"[file]", `"mimeType":"application/pdf"`},
		`{"type":"image_url","image_url":{"url":"https://x.example/a.webp"}}`:                                {"[image]", `"fileUri":"https://x.example/a.webp","mimeType":"image/webp"`},
		`{"type":"video_url","video_url":{"url":"https://youtu.be/abc"}}`:                                    {"[video]", `"fileUri":"https://youtu.be/abc"`},
	} {
		reply, err := client.Chat(t.Context(), rig().Call(`{"messages":[{"role":"user","content":[{"type":"text","text":"look"},`+part+`]}]}`))
		if err != nil {
			t.Fatalf("%s: %v", part, err)
		}
		if got := gjson.GetBytes(reply.Body, "choices.0.message.content").Str; got != "echo: look\n"+want.echo {
			t.Errorf("%s: %q", part, got)
		}
		entries := sim.Ledger().Entries()
		if body := string(entries[len(entries)-1].Body); !strings.Contains(body, want.sent) {
			t.Errorf("%s: sent %s", part, body)
		}
	}
}

// TestReasoning: thoughts come when they are asked for, and are counted in any case.
func TestReasoning(t *testing.T) {
	t.Parallel()
	client, _ := rig().Simulated(t, simulator.Options{})
	for _, tt := range []struct {
		model, member string
		shown         bool
		counted       bool
	}{
		{"gemini-2.5-flash", `"reasoning_effort":"low"`, true, true},
		{"gemini-2.5-flash", `"temperature":0`, false, true},
		{"gemini-2.5-flash", `"reasoning_effort":"none"`, false, false},
		{"gemini-2.5-pro", `"reasoning_effort":"none"`, false, true},
		{"gemini-3.8-flash", `"reasoning":{"effort":"high"}`, true, true},
		{"gemini-3.1-pro-preview", `"reasoning_effort":"minimal"`, true, true},
		{"gemini-3.8-flash", `"reasoning":{"effort":"high","exclude":true}`, false, true},
	} {
		reply, err := client.Chat(t.Context(), asked(tt.model, "hi", tt.member))
		if err != nil {
			t.Fatalf("%+v: %v", tt, err)
		}
		shown := gjson.GetBytes(reply.Body, "choices.0.message.reasoning").Str != ""
		if shown != tt.shown || (reply.Info.Usage.Reasoning() > 0) != tt.counted {
			t.Errorf("%+v: %s", tt, reply.Body)
		}
	}
}

func TestStructured(t *testing.T) {
	t.Parallel()
	client, _ := rig().Simulated(t, simulator.Options{})
	reply, err := client.Chat(t.Context(), asked("gemini-3.8-flash", "x", `"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":`+
		`{"type":"object","properties":{"n":{"$ref":"#/$defs/n"},"s":{"type":"string"}},"required":["n","s"],"additionalProperties":false,"$defs":{"n":{"type":"integer","minimum":3}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := gjson.GetBytes(reply.Body, "choices.0.message.content").Str; !json.Valid([]byte(got)) || gjson.Get(got, "n").Int() != 3 {
		t.Errorf("got %q", got)
	}
}

func TestEmbeddings(t *testing.T) {
	t.Parallel()
	client, sim := rig().Simulated(t, simulator.Options{KeepBodies: true})
	embed := func(body string) (*sdk.Reply, error) {
		call := rig().Call(body)
		call.Model = "gemini-embedding-001"
		return client.Embed(t.Context(), call)
	}
	floats, err := embed(`{"input":["one","two"],"dimensions":3,"google":{"task_type":"RETRIEVAL_QUERY"},"user":"me"}`)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := embed(`{"input":"two","dimensions":3,"encoding_format":"base64"}`)
	if err != nil {
		t.Fatal(err)
	}
	var a, b sdk.EmbeddingReply
	if err := errors.Join(a.UnmarshalJSON(floats.Body), b.UnmarshalJSON(packed.Body)); err != nil {
		t.Fatal(err)
	}
	want, err := a.Data[1].Floats()
	if err != nil || len(want) != 3 {
		t.Fatal(want, err)
	}
	got, err := b.Data[0].Floats()
	for i := range got {
		if d := got[i] - want[i]; err != nil || d > 1e-6 || d < -1e-6 {
			t.Errorf("got %v, want %v, %v", got, want, err)
		}
	}
	if paths := plugintest.Paths(floats.Info.Dropped); paths != "user" {
		t.Errorf("dropped %s", paths)
	}
	if body := string(sim.Ledger().Entries()[0].Body); !strings.Contains(body, `"taskType":"RETRIEVAL_QUERY"`) || !strings.Contains(body, `"outputDimensionality":3`) {
		t.Errorf("sent %s", body)
	}
	for _, body := range []string{`{"input":[1,2]}`, `{"input":[]}`, `{"input":7}`} {
		if _, err := embed(body); sdk.KindOf(err) != sdk.KindUnsupported {
			t.Errorf("%s: got %v", body, err)
		}
	}
	if _, err := embed(`[]`); sdk.KindOf(err) != sdk.KindBadRequest {
		t.Errorf("got %v", err)
	}
}

func TestCountTokens(t *testing.T) {
	t.Parallel()
	client, sim := rig().Simulated(t, simulator.Options{KeepBodies: true})
	count, err := client.CountTokens(t.Context(), rig().Call(`{"messages":[{"role":"system","content":"one two"},{"role":"user","content":"three"}],"temperature":0,`+tools+`}`))
	if err != nil || count.Estimated {
		t.Fatalf("got %+v, %v", count, err)
	}
	plain, err := client.CountTokens(t.Context(), asked("gemini-2.5-flash", "three"))
	if err != nil || plain.Tokens != 1 || count.Tokens <= 3 {
		t.Errorf("got %+v and %+v, %v: want the system message and the tools counted", plain, count, err)
	}
	if entry := sim.Ledger().Entries()[0]; !strings.HasSuffix(entry.Path, "gemini-2.5-flash:countTokens") {
		t.Errorf("asked %s", entry.Path)
	}
}

// TestModels: the list comes page by page, and a key is checked with one model.
func TestModels(t *testing.T) {
	t.Parallel()
	var models []simulator.Model
	for i := range 1200 {
		models = append(models, simulator.Model{ID: "gemini-2.5-flash-" + string(rune('a'+i%26)) + strings.Repeat("x", i/26), Context: 10, MaxOutput: 5, Reasoning: i == 0})
	}
	client, sim := rig().Simulated(t, simulator.Options{Models: models})
	list, err := client.ListModels(t.Context(), rig().Call(""))
	if err != nil || len(list) != len(models) {
		t.Fatalf("%d models, %v", len(list), err)
	}
	want := sdk.Model{ID: models[0].ID, Name: models[0].ID, Context: 10, MaxOutput: 5, Features: []string{"reasoning"}}
	got := list[0]
	raw := got.Raw
	got.Raw = nil
	if diff := cmp.Diff(want, got); diff != "" || gjson.GetBytes(raw, "supportedGenerationMethods.0").Str != "generateContent" {
		t.Errorf("%s\n%s", diff, raw)
	}
	if n := sim.Ledger().Len(); n != 2 {
		t.Errorf("%d requests, want 2 pages", n)
	}
	note, err := client.ValidateKey(t.Context(), rig().Call(""))
	if err != nil || !strings.Contains(note, models[0].ID) {
		t.Errorf("got %q, %v", note, err)
	}
	bad := rig().Call("")
	bad.Key = sdk.NewSecret("AIzaAnotherKey0123456789")
	if _, err := client.ValidateKey(t.Context(), bad); sdk.KindOf(err) != sdk.KindAuthInvalid || strings.Contains(err.Error(), "AIzaAnother") {
		t.Errorf("got %v", err)
	}
}

// TestOneConnection: all keys share the connections to the upstream.
func TestOneConnection(t *testing.T) {
	t.Parallel()
	keys := []simulator.Key{{Label: "a", Value: canary}, {Label: "b", Value: canary + "b"}}
	client, sim := rig().Simulated(t, simulator.Options{Keys: keys})
	for i := range 50 {
		call := asked("gemini-2.5-flash", "hi")
		call.Key = sdk.NewSecret(keys[i%2].Value)
		if i%4 < 2 {
			if _, err := client.Chat(t.Context(), call); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if _, _, err := plugintest.Stream(t.Context(), client, call); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range sim.Ledger().Entries() {
		if e.ConnID != 1 {
			t.Fatalf("request %d came on connection %d", e.Seq, e.ConnID)
		}
	}
	if a, b := sim.Ledger().Count(simulator.ByKey("a")), sim.Ledger().Count(simulator.ByKey("b")); a != 25 || b != 25 {
		t.Errorf("%d and %d requests", a, b)
	}
}

// TestCancel: a caller who leaves takes the upstream with him, before the reply and in its middle.
func TestCancel(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{
		"before the reply": {Kind: simulator.FaultHang},
		"in its middle":    {Kind: simulator.FaultStall, After: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, sim := rig().Simulated(t, simulator.Options{}, fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stream, err := client.ChatStream(ctx, asked("gemini-2.5-flash", "say hello"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := sim.Ledger().Wait(t.Context(), 1, nil); err != nil {
				t.Fatal(err)
			}
			if fault.Kind == simulator.FaultStall {
				if _, err := stream.Recv(); err != nil {
					t.Fatal(err)
				}
			}
			cancel()
			for err == nil {
				_, err = stream.Recv()
			}
			if sdk.KindOf(err) != sdk.KindCanceled {
				t.Errorf("got %v", err)
			}
			patience, done := context.WithTimeout(t.Context(), time.Minute)
			defer done()
			left, err := sim.Ledger().Wait(patience, 1, func(e simulator.Entry) bool { return e.ClientGone })
			if err != nil || len(left) != 1 {
				t.Error("the upstream did not see the caller leave", err)
			}
		})
	}
}

// TestNoKeyAnywhere: whatever goes wrong, no text has the key.
func TestNoKeyAnywhere(t *testing.T) {
	t.Parallel()
	var faults []simulator.Fault
	for _, name := range simulator.Errors() {
		faults = append(faults, simulator.Fault{Kind: simulator.FaultError, Error: name, Message: "about " + canary})
	}
	faults = append(faults, simulator.Fault{Kind: simulator.FaultHTML, Body: "<html>" + canary, Status: 500},
		simulator.Fault{Kind: simulator.FaultRedirect, Location: "https://x.example/" + canary},
		simulator.Fault{Kind: simulator.FaultReply, Body: canary}, simulator.Fault{Kind: simulator.FaultReply, Body: `{"candidates":"` + canary + `"}`},
		simulator.Fault{Kind: simulator.FaultReply, Body: `{"candidates":[{"finishReason":"OTHER","finishMessage":"` + canary + `"}]}`},
		simulator.Fault{Kind: simulator.FaultReply, Body: `{"promptFeedback":{"blockReason":"OTHER","blockReasonMessage":"` + canary + `"}}`})
	for _, f := range faults {
		client, _ := rig().Simulated(t, simulator.Options{}, f)
		_, err := client.Chat(t.Context(), asked("gemini-2.5-flash", "hi"))
		_, _, streamed := plugintest.Stream(t.Context(), client, asked("gemini-2.5-flash", "hi"))
		for _, err := range []error{err, streamed} {
			if err == nil || strings.Contains(err.Error(), canary) || strings.Contains(sdk.AsError(err).Code, canary) {
				t.Errorf("%s %s: got %v", f.Kind, f.Error, err)
			}
		}
	}
}
