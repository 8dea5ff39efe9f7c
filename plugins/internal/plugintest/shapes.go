package plugintest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aio-llm/aio/sdk/simulator"
)

// Shape is a reply as the provider writes it, by the simulator's account.
type Shape struct {
	Status int
	Stream bool // it answers a request for a stream
	Body   string
}

// Shapes asks the simulator, through the plugin, for one reply of every kind that the dialect has: answers
// and errors, as a status, inside a 200 and inside a stream.
func (r Rig) Shapes(t testing.TB) []Shape {
	t.Helper()
	sim := simulator.New(simulator.Options{AnyKey: true, Models: []simulator.Model{{ID: r.Model, Reasoning: true}}})
	var mu sync.Mutex
	var seen []Shape
	stream := false
	client := r.Behind(t, func(w http.ResponseWriter, req *http.Request) {
		req.URL.Path = "/" + r.Dialect + req.URL.Path
		told := httptest.NewRecorder()
		sim.ServeHTTP(told, req)
		mu.Lock()
		seen = append(seen, Shape{Status: told.Code, Stream: stream, Body: told.Body.String()})
		mu.Unlock()
		maps.Copy(w.Header(), told.Header())
		w.WriteHeader(told.Code)
		_, _ = w.Write(told.Body.Bytes())
	}, nil)
	both := func(body string, faults ...simulator.Fault) {
		var s simulator.Script
		for _, f := range faults {
			s.Rules = append(s.Rules, simulator.Rule{Fault: f})
		}
		sim.SetScript(s)
		for _, streamed := range []bool{false, true} {
			mu.Lock()
			stream = streamed
			mu.Unlock()
			if streamed {
				_, _, _ = Stream(t.Context(), client, r.Call(body)) // only what was said is wanted
			} else {
				_, _ = client.Chat(t.Context(), r.Call(body))
			}
		}
	}
	const said = `{"messages":[{"role":"user","content":"say 日本語"}]}`
	const tools = `{"messages":[{"role":"user","content":"call f {\"a\":1}\ncall f {\"a\":\"ü\"}"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}`
	both(said)
	both(tools)
	for _, style := range []string{"crlf", "cr", "bom", "nospace", "multiline"} {
		both(said, simulator.Fault{Kind: simulator.FaultFraming, Style: style})
	}
	for _, kind := range []simulator.FaultKind{simulator.FaultNoDone, simulator.FaultNoFinish, simulator.FaultMalformed, simulator.FaultEmptyChoices, simulator.FaultHTML} {
		both(said, simulator.Fault{Kind: kind})
	}
	for _, form := range []string{simulator.UsageEvery, simulator.UsageSeparate, simulator.UsageFloat} {
		both(said, simulator.Fault{Kind: simulator.FaultUsage, Usage: form})
	}
	for _, name := range simulator.Errors() {
		both(said, simulator.Fault{Kind: simulator.FaultError, Error: name})
		both(said, simulator.Fault{Kind: simulator.FaultInband, Error: name, After: 1})
	}
	mu.Lock()
	defer mu.Unlock()
	statuses, streams := map[int]bool{}, 0
	for _, s := range seen {
		statuses[s.Status] = true
		if s.Stream && s.Status == http.StatusOK && strings.Contains(s.Body, "data:") {
			streams++
		}
	}
	if !statuses[http.StatusOK] || len(statuses) < 5 || streams < 10 {
		t.Fatalf("these are not a provider's replies: statuses %v, %d streams", statuses, streams)
	}
	return seen
}
