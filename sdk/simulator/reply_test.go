package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":              nil,
		"one":           {"one"},
		"one two":       {"one", " two"},
		"  one\n\ntwo ": {"  one", "\n\ntwo", " "},
		"ありがとうございましたありがとうございました": {"ありがとうございましたありがとう", "ございました"},
	} {
		var got []string
		for token := range tokens(text) {
			got = append(got, token)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("a  b\xff世界 🌍")
	f.Fuzz(func(t *testing.T, text string) {
		var words, pieces strings.Builder
		for token := range tokens(text) {
			words.WriteString(token)
		}
		for piece := range fragments(text) {
			if piece == "" {
				t.Fatal("empty fragment")
			}
			pieces.WriteString(piece)
		}
		if words.String() != text || pieces.String() != text {
			t.Errorf("%q becomes %q and %q", text, words.String(), pieces.String())
		}
	})
}

// TestInstance: what is generated satisfies its schema.
func TestInstance(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{
		"object":    `{"type":"object","properties":{"a":{"type":"string","minLength":9},"b":{"type":"integer","minimum":7},"c":{"type":"number","exclusiveMinimum":1.5},"d":{"type":"boolean"},"e":{"type":"null"}},"required":["a","b","c","d","e"],"additionalProperties":false}`,
		"optional":  `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`,
		"array":     `{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"},"minItems":3}},"required":["a"]}`,
		"enum":      `{"enum":["x","y"]}`,
		"const":     `{"const":42}`,
		"default":   `{"type":"string","default":"z"}`,
		"nullable":  `{"type":["null","string"]}`,
		"any of":    `{"anyOf":[{"type":"string"},{"type":"integer"}]}`,
		"ref":       `{"type":"object","properties":{"a":{"$ref":"#/$defs/p"}},"required":["a"],"$defs":{"p":{"type":"object","properties":{"n":{"type":"integer","maximum":-1}},"required":["n"]}}}`,
		"no type":   `{"items":{"type":"string"}}`,
		"anything":  `{}`,
		"below one": `{"type":"number","exclusiveMaximum":0}`,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource("mem:///s.json", doc); err != nil {
			t.Fatal(err)
		}
		compiled, err := compiler.Compile("mem:///s.json")
		if err != nil {
			t.Fatal(err)
		}
		got := instance(map[string]any(parseObject([]byte(schema))))
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(got))
		if err != nil {
			t.Fatalf("%s: %s, %v", name, got, err)
		}
		if err := compiled.Validate(value); err != nil {
			t.Errorf("%s: %s: %v", name, got, err)
		}
	}
}

// TestInstanceOfEndlessSchema: a schema that contains itself has an end.
func TestInstanceOfEndlessSchema(t *testing.T) {
	t.Parallel()
	schema := parseObject([]byte(`{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}`))
	if got := instance(map[string]any(schema)); !json.Valid([]byte(got)) {
		t.Errorf("got %s", got)
	}
	if got := instance(map[string]any(parseObject([]byte(`{"$ref":"#"}`)))); got != "{}" {
		t.Errorf("got %s", got)
	}
}

// FuzzRequest: no request body breaks the simulator, and all it ever says is
// JSON.
func FuzzRequest(f *testing.F) {
	for _, tc := range strictTables() {
		if len(tc.body) < 1000 {
			f.Add(`{"model":"m",` + tc.body + `}`)
		}
	}
	sim := New(Options{AnyKey: true, LedgerSize: 10, Models: []Model{{ID: "m", Reasoning: true, Vision: true}}})
	f.Fuzz(func(t *testing.T, body string) {
		for _, d := range dialects() {
			path := d.base() + "/chat/completions"
			if d.name() == Gemini {
				path = d.base() + "/v1beta/models/m:generateContent"
			}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer k")
			r.Header.Set("X-Goog-Api-Key", "k")
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			sim.ServeHTTP(w, r)
			stream := strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
			if w.Code != 200 && w.Code != 400 && w.Code != 404 || !stream && !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s: %d %s", d.name(), w.Code, w.Body)
			}
			if stream {
				for _, p := range payloads(w.Body.String()) {
					if p != "[DONE]" && !json.Valid([]byte(p)) {
						t.Errorf("%s: %s", d.name(), p)
					}
				}
			}
		}
	})
}

func TestOversizeBody(t *testing.T) {
	t.Parallel()
	sim := New(Options{AnyKey: true})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/groq/openai/v1/chat/completions", io.LimitReader(endless{}, maxBody+1))
	r.Header.Set("Authorization", "Bearer k")
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", w.Code)
	}
}

// endless reads zeros for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
