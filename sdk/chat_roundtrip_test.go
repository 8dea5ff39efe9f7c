package sdk

import (
	stdjson "encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// exact returns the JSON with its members sorted and nothing else changed:
// numbers keep their digits, strings their escapes.
func exact(t *testing.T, b []byte) string {
	t.Helper()
	v := jsontext.Value(b).Clone()
	err := v.Format(jsontext.ReorderRawObjects(true), jsontext.PreserveRawStrings(true), jsontext.Multiline(true))
	if err != nil {
		t.Fatalf("not JSON: %v\n%s", err, b)
	}
	return string(v)
}

func testFiles(t testing.TB, pattern string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "chat", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no test data for %s: %v", pattern, err)
	}
	files := make(map[string][]byte)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = b
	}
	return files
}

// TestRoundTrip reads and writes whole documents in which every member must
// survive, each through both JSON libraries.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for pattern, make := range map[string]func() any{
		"request_*.json":         func() any { return new(ChatRequest) },
		"completion_*.json":      func() any { return new(ChatCompletion) },
		"chunk_*.json":           func() any { return new(ChatChunk) },
		"embedding_request.json": func() any { return new(EmbeddingRequest) },
		"embedding_reply.json":   func() any { return new(EmbeddingReply) },
	} {
		for name, want := range testFiles(t, pattern) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				v := make()
				if err := json.Unmarshal(want, v); err != nil {
					t.Fatal(err)
				}
				got, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(exact(t, want), exact(t, got)); diff != "" {
					t.Errorf("json v2 (-want +got):\n%s", diff)
				}
				v = make()
				if err := stdjson.Unmarshal(want, v); err != nil {
					t.Fatal(err)
				}
				if got, err = stdjson.Marshal(v); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(exact(t, want), exact(t, got)); diff != "" {
					t.Errorf("encoding/json (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestRoundTripNormalises lists the only things that change on the way.
func TestRoundTripNormalises(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		v              any
	}{
		{"known nulls are not sent", `{"messages":[],"temperature":null,"stop":null,"tools":null,"tool_choice":null,"response_format":null}`, `{"messages":[]}`, new(ChatRequest)},
		{"content null stays", `{"role":"assistant","content":null}`, `{"role":"assistant","content":null}`, new(Message)},
		{"absent content stays absent", `{"role":"assistant"}`, `{"role":"assistant"}`, new(Message)},
		{"empty content stays", `{"role":"assistant","content":""}`, `{"role":"assistant","content":""}`, new(Message)},
		{"empty parts stay", `{"role":"user","content":[]}`, `{"role":"user","content":[]}`, new(Message)},
		{"one stop in a list stays a list", `{"messages":[],"stop":["a"]}`, `{"messages":[],"stop":["a"]}`, new(ChatRequest)},
		{"no stops stay", `{"messages":[],"stop":[]}`, `{"messages":[],"stop":[]}`, new(ChatRequest)},
		{"float counts", `{"prompt_tokens":1.0,"completion_tokens":2e1,"total_tokens":21}`, `{"prompt_tokens":1,"completion_tokens":20,"total_tokens":21}`, new(Usage)},
		{"null choices", `{"choices":null}`, `{"choices":[]}`, new(ChatCompletion)},
		{"float created", `{"choices":[],"created":1763900000.9}`, `{"choices":[],"created":1763900000}`, new(ChatChunk)},
		{"object arguments", `{"choices":[{"index":0,"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"b":1, "a":1e400}}}]},"finish_reason":null}]}`,
			`{"choices":[{"index":0,"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"b\":1, \"a\":1e400}"}}]},"finish_reason":null}]}`, new(ChatCompletion)},
		{"null finish", `{"index":0,"delta":{},"finish_reason":null}`, `{"index":0,"delta":{},"finish_reason":null}`, new(ChunkChoice)},
		{"type after content", `{"text":"a","type":"text"}`, `{"text":"a","type":"text"}`, new(Part)},
		{"unfit members of a reply are kept", `{"id":5,"choices":[],"usage":"none","model":["a"]}`, `{"id":5,"choices":[],"usage":"none","model":["a"]}`, new(ChatCompletion)},
		{"unfit required members of a reply are dropped", `{"choices":"x"}`, `{"choices":[]}`, new(ChatCompletion)},
		{"last of two in a reply", `{"id":"a","id":"b","choices":[]}`, `{"id":"b","choices":[]}`, new(ChatChunk)},
		{"bad UTF-8 in a reply", "{\"id\":\"a\xffb\",\"x\":\"\xff\",\"choices\":[]}", `{"id":"a�b","x":"�","choices":[]}`, new(ChatChunk)},
		{"image of a reply as bare text", `{"role":"assistant","images":[{"type":"image_url","image_url":"http://a"}]}`, `{"role":"assistant","images":[{"type":"image_url","image_url":"http://a"}]}`, new(Delta)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := json.Unmarshal([]byte(tt.in), tt.v); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(tt.v)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(exact(t, []byte(tt.want)), exact(t, got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEncodingIsDeterministic(t *testing.T) {
	t.Parallel()
	req := ChatRequest{Messages: []Message{User("a")}, Extra: map[string]jsontext.Value{}}
	for _, name := range strings.Split("h g f e d c b a", " ") {
		req.Extra[name] = jsontext.Value("1")
		req.Messages[0].Extra = req.Extra
	}
	want, err := json.Marshal(&req)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if got, _ := json.Marshal(&req); string(got) != string(want) {
			t.Fatalf("got %s, before %s", got, want)
		}
	}
}

func TestEncodeRefusesMemberTwice(t *testing.T) {
	t.Parallel()
	req := ChatRequest{Model: "a", Extra: map[string]jsontext.Value{"model": jsontext.Value(`"b"`)}}
	if b, err := json.Marshal(&req); err == nil {
		t.Errorf("no error, but %s", b)
	}
}

// TestEveryObjectKeepsUnknownMembers checks each type by itself, since authors
// may put any of them into structs of their own.
func TestEveryObjectKeepsUnknownMembers(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		new(ChatRequest), new(ReasoningOptions), new(StreamOptions), new(Message), new(Delta), new(Part), new(Audio), new(ImageURL), new(InputAudio),
		new(VideoURL), new(File), new(Tool), new(FunctionSpec), new(ToolCall), new(FunctionCall), new(ResponseFormat), new(SchemaFormat),
		new(ChatCompletion), new(Choice), new(ChatChunk), new(ChunkChoice), new(Logprobs), new(TokenLogprob), new(Usage), new(PromptTokensDetails),
		new(CompletionTokensDetails), new(EmbeddingRequest), new(EmbeddingReply), new(Embedding),
	} {
		// In a struct, so that encoding/json finds the methods by itself.
		holder := struct{ V any }{v}
		if err := stdjson.Unmarshal([]byte(`{"V":{"x_\u0061":[1e400,{"b":1,"a":null}]}}`), &holder); err != nil {
			t.Errorf("%T: %v", v, err)
			continue
		}
		want := `"x_a":[1e400,{"b":1,"a":null}]`
		for name, marshal := range map[string]func(any) ([]byte, error){
			"encoding/json": stdjson.Marshal,
			"json v2":       func(v any) ([]byte, error) { return json.Marshal(v) },
		} {
			if got, err := marshal(holder); err != nil || !strings.Contains(string(got), want) {
				t.Errorf("%T by %s: %s, %v", v, name, got, err)
			}
		}
	}
}
