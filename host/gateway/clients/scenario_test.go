package clients

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/sdk/simulator"
)

// scenario is something people do with a client library.
type scenario struct {
	name string
	// rules disturb the upstream.
	rules func(upstream) []simulator.Rule
	// limits are the gateway's.
	limits gateway.Limits
	play   func(*testing.T, stage)
}

// stage is where a scenario is played.
type stage struct {
	*rig
	client
	library  library
	upstream upstream
}

// run plays all scenarios with a library, against each provider.
func run(t *testing.T, l library) {
	t.Helper()
	for _, u := range upstreams() {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range slices.Concat(uses(), errorsAndRetries(), endings(), []scenario{{name: "crowd", rules: heldUp, play: crowd}}) {
				t.Run(s.name, func(t *testing.T) {
					t.Parallel()
					var rules []simulator.Rule
					if s.rules != nil {
						rules = s.rules(u)
					}
					r := start(t, s.limits, rules)
					s.play(t, stage{rig: r, client: l.connect(t, r.base, token), library: l, upstream: u})
				})
			}
		})
	}
}

// ask asks for an answer in one piece or as a stream, and wants one.
func (s stage) ask(t *testing.T, stream bool, q question) answer {
	t.Helper()
	a, err := s.try(within(t), stream, q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s stage) try(ctx context.Context, stream bool, q question) (answer, error) {
	if stream {
		return s.stream(ctx, q, func() bool { return true })
	}
	return s.chat(ctx, q)
}

// both plays a scenario in one piece and as a stream.
func both(play func(t *testing.T, s stage, stream bool)) func(*testing.T, stage) {
	return func(t *testing.T, s stage) {
		for _, stream := range []bool{false, true} {
			play(t, s, stream)
		}
	}
}

const (
	weather  = `call weather {"city":"Köln"}`
	twoCalls = weather + "\n" + `call clock {"city":"Bonn"}`
	picture  = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	person   = `{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}`
)

// uses are the scenarios in which all goes well.
func uses() []scenario {
	return []scenario{
		{name: "text", play: both(usesText)},
		{name: "usage in a stream", play: usesUsage},
		{name: "tools", play: both(usesTools(weather, []string{"weather"}, []string{"sunny"}))},
		{name: "parallel tools", play: both(usesTools(twoCalls, []string{"weather", "clock"}, []string{"sunny", "12:00"}))},
		{name: "structured output", play: both(usesSchema)},
		{name: "images", play: both(usesImages)},
		{name: "reasoning", play: both(usesReasoning)},
		{name: "embeddings", play: usesEmbeddings},
		{name: "models", play: usesModels},
	}
}

func usesText(t *testing.T, s stage, stream bool) {
	a := s.ask(t, stream, question{Model: s.upstream.model(s.upstream.chat), Text: "grüße, 世界 🎈"})
	if a.Text != "echo: grüße, 世界 🎈" || a.Finish != "stop" {
		t.Errorf("stream %v: got %+v", stream, a)
	}
	if !strings.HasPrefix(a.RequestID, "req_") || a.Provider != s.upstream.name {
		t.Errorf("stream %v: headers %+v", stream, a)
	}
	if stream && a.Pieces < 3 {
		t.Errorf("streamed in %d pieces", a.Pieces)
	}
	if stream == (a.Prompt > 0) || stream == (a.Completion > 0) {
		t.Errorf("stream %v: usage %+v", stream, a)
	}
}

func usesUsage(t *testing.T, s stage) {
	q := question{Model: s.upstream.model(s.upstream.chat), Text: "how much was it"}
	whole := s.ask(t, false, q)
	q.Usage = true
	streamed := s.ask(t, true, q)
	if streamed.Prompt == 0 || streamed.Prompt != whole.Prompt || streamed.Completion != whole.Completion {
		t.Errorf("got %+v, in one piece %+v", streamed, whole)
	}
}

// usesTools holds a conversation with calls: libraries that drop what they do not know, such as Gemini's
// signatures, must get through it as well.
func usesTools(text string, tools, results []string) func(*testing.T, stage, bool) {
	return func(t *testing.T, s stage, stream bool) {
		a := s.ask(t, stream, question{Model: s.upstream.model(s.upstream.chat), Text: text, Tools: tools, Results: results})
		if len(a.Calls) != len(tools) {
			t.Fatalf("stream %v: got %+v", stream, a)
		}
		ids := map[string]bool{}
		for i, line := range strings.Split(text, "\n") {
			_, arguments, _ := strings.Cut(line, " "+tools[i]+" ")
			if c := a.Calls[i]; c.Name != tools[i] || c.Arguments != arguments || c.ID == "" || ids[c.ID] {
				t.Errorf("stream %v: call %+v", stream, c)
			}
			ids[a.Calls[i].ID] = true
		}
		if want := "echo: " + results[len(results)-1]; a.Text != want || a.Finish != "stop" {
			t.Errorf("stream %v: got %+v, want %q", stream, a, want)
		}
	}
}

func usesSchema(t *testing.T, s stage, stream bool) {
	a := s.ask(t, stream, question{Model: s.upstream.model(s.upstream.chat), Text: "who?", Schema: json.RawMessage(person)})
	var got struct {
		Name string
		Age  *int
	}
	if err := json.Unmarshal([]byte(a.Text), &got); err != nil || got.Name == "" || got.Age == nil {
		t.Errorf("stream %v: %v: %s", stream, err, a.Text)
	}
}

func usesImages(t *testing.T, s stage, stream bool) {
	a := s.ask(t, stream, question{Model: s.upstream.model(s.upstream.chat), Text: "look", Image: picture})
	if a.Text != "echo: look\n[image]" {
		t.Errorf("stream %v: got %q", stream, a.Text)
	}
}

func usesReasoning(t *testing.T, s stage, stream bool) {
	a := s.ask(t, stream, question{Model: s.upstream.model(s.upstream.think), Text: "why", Effort: "low", Usage: stream})
	if a.Reasoning != s.reasoning() || a.Text != "echo: why" || a.Thought != 6 {
		t.Errorf("stream %v: got %+v", stream, a)
	}
}

// reasoning is what the library shows of the simulator's: one that knows a single member for it shows no other.
func (s stage) reasoning() string {
	if s.library.thoughts != "" && s.library.thoughts != s.upstream.thoughts {
		return ""
	}
	return "The user says something; I answer."
}

func usesEmbeddings(t *testing.T, s stage) {
	var first [][]float64
	for _, format := range []string{"", "float", "base64"} {
		got, err := s.embed(within(t), embedding{Model: s.upstream.model(s.upstream.embed), Input: []string{"cat", "dog"}, Format: format})
		if err != nil {
			t.Fatalf("%q: %v", format, err)
		}
		if len(got) != 2 || len(got[0]) < 2 || slices.Equal(got[0], got[1]) || !slices.ContainsFunc(got[0], func(v float64) bool { return v != 0 }) {
			t.Fatalf("%q: %v", format, got)
		}
		if first == nil {
			first = got
		}
		if diff := gocmp.Diff(first, got, gocmp.Comparer(func(a, b float64) bool { return float32(a) == float32(b) })); diff != "" {
			t.Errorf("%q: %s", format, diff)
		}
	}
}

func usesModels(t *testing.T, s stage) {
	list, err := s.models(within(t))
	if err != nil {
		t.Fatal(err)
	}
	id := s.upstream.model(s.upstream.chat)
	if !slices.Contains(list, id) || !slices.Contains(list, "auto") {
		t.Errorf("no %s or auto in %v", id, list)
	}
	if got, err := s.model(within(t), id); err != nil || got != id {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = s.model(within(t), s.upstream.name+"/none")
	s.failed(t, err, failure{Status: 404, Code: "model_not_found", Type: "invalid_request_error", Param: "model"})
}

// failed wants an error of the library's class; of its message only that there is one.
func (s stage) failed(t *testing.T, err error, want failure) {
	t.Helper()
	got, ok := err.(*failure)
	if !ok {
		t.Fatalf("got %v, want a typed error", err)
	}
	if got.Message == "" || strings.Contains(got.Message, keyValue) {
		t.Errorf("message %q", got.Message)
	}
	want.Class, want.Message = cmp.Or(want.Class, s.library.class(want.Status)), got.Message
	if diff := gocmp.Diff(want, *got); diff != "" {
		t.Errorf("%s\n%v", diff, got)
	}
}
