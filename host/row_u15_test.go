package host_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// A 200 of the wrong type is a bad reply: another target answers, and no page ever reaches a caller, not even
// inside an error.
func TestRow_U15_TheWrongTypeOfReply(t *testing.T) {
	const page = "<!DOCTYPE html>\n<html><head><title>Captive portal</title></head><body>Please log in</body></html>\n"
	served := func(kind, body string) simulator.Fault {
		return simulator.Fault{Kind: simulator.FaultReply, Body: body, Header: map[string]string{"Content-Type": kind}}
	}
	pages := map[string]simulator.Fault{
		"page":                      {Kind: simulator.FaultHTML, Body: page},
		"page of XHTML":             served("application/xhtml+xml", page),
		"page said to be JSON":      served("application/json", page),
		"page said to be a stream":  served("text/event-stream", page),
		"page said to be plain":     served("text/plain", page),
		"page behind a mark":        served("text/plain", "\ufeff"+page),
		"page behind words":         served("text/plain", "blocked: "+page),
		"page without a type":       served("", page),
		"page in an event":          served("text/event-stream", "data: "+strings.ReplaceAll(page, "\n", " ")+"\n\n"),
		"page in an error event":    served("text/event-stream", "event: error\ndata: "+strings.ReplaceAll(page, "\n", " ")+"\n\n"),
		"JSON where a stream was":   {Kind: simulator.FaultJSONForSSE},
		"stream where JSON was":     {Kind: simulator.FaultSSEForJSON},
		"stream said to be JSON":    served("application/json", "data: {\"choices\":[]}\n\ndata: [DONE]\n\n"),
		"other JSON":                served("application/json", `["<html>Please log in</html>"]`),
		"JSON of no known shape":    served("application/json", `{"page":"<html>Please log in</html>"}`),
		"a stream of no known JSON": served("text/event-stream", `data: ["<html>Please log in</html>"]`+"\n\n"),
	}
	for name, fault := range pages {
		for _, stream := range []bool{false, true} {
			if fault.Kind == simulator.FaultJSONForSSE && !stream || fault.Kind == simulator.FaultSSEForJSON && stream {
				continue // that is what was asked for
			}
			t.Run(fmt.Sprintf("%s, stream=%v", name, stream), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := start(t, setup{
						keys: []int{1, 1}, script: script(simulator.Rule{Match: simulator.Match{Key: "first-1"}, Fault: fault}),
						change: func(c *host.Config) { c.Retry.MaxTries = 1 },
					})
					got, trail, err := r.either(t, stream, "one two three")
					if err != nil || trail.Provider != "second" || got != "echo: one two three" {
						t.Fatalf("with another target: %q, %v, %s", got, err, pretty(trail))
					}
					first := trail.Attempts[0]
					// An event that calls itself an error is one, whatever it holds.
					named := fault.Kind == simulator.FaultReply && strings.HasPrefix(fault.Body, "event: error") && stream
					if first.Kind != sdk.KindBadReply && !(named && first.Kind == sdk.KindServerError) {
						t.Errorf("the attempt: %s", pretty(first))
					}
					alone := ask("one two three")
					alone.Model = "first/echo"
					var failed error
					if stream {
						s, err := r.ChatStream(t.Context(), alone)
						if failed = err; err == nil {
							_, failed = readAll(s)
						}
					} else {
						_, failed = r.Chat(t.Context(), alone)
					}
					if host.KindOf(failed) != first.Kind {
						t.Errorf("alone: %v", failed)
					}
					seen := pretty(trail) + fmt.Sprintf("%v %+v", failed, failed) + pretty(failed) + pretty(r.Status())
					for _, trace := range []string{"<", `\u003c`, "html>", "Please log in", "Captive"} {
						if strings.Contains(strings.ReplaceAll(seen, "<nil>", ""), trace) {
							t.Errorf("%q of the page shows: %s", trace, seen)
						}
					}
					rows.Report(t, "U15", name+fmt.Sprintf(", stream=%v", stream), "a bad reply; another target answers; the page shows nowhere", func() string {
						return fmt.Sprintf("%s, then %s", first.Kind, trail.Provider)
					})
				})
			})
		}
	}
}
