package openaicompat

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// simulated is a Provider of the simulator's OpenAI dialect, which misbehaves as told, behind the contract.
func simulated(t *testing.T, d Dialect, faults ...simulator.Fault) (*sdk.Client, *simulator.Simulator) {
	t.Helper()
	var script simulator.Script
	for _, f := range faults {
		script.Rules = append(script.Rules, simulator.Rule{Fault: f})
	}
	if err := script.Validate(); err != nil {
		t.Fatal(err)
	}
	sim := simulator.New(simulator.Options{
		Keys:   []simulator.Key{{Label: "a", Value: canary}},
		Models: []simulator.Model{{ID: "m"}, {ID: "e", Embedding: true}},
		Script: script,
	})
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return served(t, EmbeddingProvider{opened(t, d, server.BaseURL(simulator.OpenAI))}), sim
}

const asked = "one two three four five, 你好 👩‍👩‍👧 six"

func ask() *sdk.Call {
	c := call(`{"messages":[{"role":"user","content":"` + asked + `"}]}`)
	c.Deadlines = sdk.Deadlines{Connect: patience, FirstToken: patience, Stall: patience}
	return c
}

// text puts a stream's words together.
func text(chunks string) string {
	var b strings.Builder
	for line := range strings.Lines(chunks) {
		b.WriteString(gjson.Get(line, "choices.0.delta.content").String())
	}
	return b.String()
}

func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	client, sim := simulated(t, Dialect{StreamUsage: true})
	reply, err := client.Chat(t.Context(), ask())
	if err != nil {
		t.Fatal(err)
	}
	if got := gjson.GetBytes(reply.Body, "choices.0.message.content").String(); !strings.Contains(got, asked) || reply.Info.Usage.TotalTokens == 0 || reply.Info.FinishReason != "stop" {
		t.Errorf("unary: %q, %+v", got, reply.Info)
	}
	got := streaming(t.Context(), client, ask())
	if got.Err != nil || !strings.Contains(text(got.Chunks), asked) || got.Info.Usage == nil || got.Info.FinishReason != "stop" || strings.Contains(got.Chunks, `"choices":[]`) {
		t.Errorf("stream: %v\n%s", got.Err, got.Chunks)
	}
	models, err := client.ListModels(t.Context(), call(""))
	if err != nil || len(models) == 0 {
		t.Errorf("models: %v, %v", models, err)
	}
	if _, err := client.ValidateKey(t.Context(), call("")); err != nil {
		t.Errorf("key: %v", err)
	}
	if _, err := client.ValidateKey(t.Context(), &sdk.Call{Key: sdk.NewSecret("sk-wrong-0123456")}); sdk.KindOf(err) != sdk.KindAuthInvalid || strings.Contains(err.Error(), "0123456") {
		t.Errorf("wrong key: %v", err)
	}
	c := call(`{"input":["a"]}`)
	c.Model = "e"
	if reply, err := client.Embed(t.Context(), c); err != nil || !gjson.GetBytes(reply.Body, "data.0.embedding").Exists() {
		t.Errorf("embeddings: %v", err)
	}
	for _, e := range sim.Ledger().Entries() {
		if e.KeyLabel == "a" && e.Phase != simulator.Done {
			t.Errorf("%s %s got as far as %s", e.Method, e.Path, e.Phase)
		}
	}
}

func TestSimulatedFaults(t *testing.T) {
	t.Parallel()
	const after = 2
	tests := []struct {
		name          string
		fault         simulator.Fault
		unary, stream sdk.Kind // empty: success
		certainty     sdk.Certainty
		begun         bool // part of the stream comes before its error
	}{
		{name: "reset before headers", fault: simulator.Fault{Kind: simulator.FaultReset}, unary: sdk.KindNetwork, stream: sdk.KindNetwork, certainty: sdk.MaybeSent},
		{name: "reset after headers", fault: simulator.Fault{Kind: simulator.FaultReset, At: simulator.AfterHeaders}, unary: sdk.KindNetwork, stream: sdk.KindBrokenStream, certainty: sdk.ResponseStarted},
		{name: "reset in the body", fault: simulator.Fault{Kind: simulator.FaultReset, At: simulator.MidBody, After: after}, unary: sdk.KindNetwork, stream: sdk.KindBrokenStream, certainty: sdk.ResponseStarted, begun: true},
		{name: "reset in a chunk", fault: simulator.Fault{Kind: simulator.FaultReset, At: simulator.MidChunk, After: after}, unary: sdk.KindNetwork, stream: sdk.KindBrokenStream, certainty: sdk.ResponseStarted, begun: true},
		{name: "truncated", fault: simulator.Fault{Kind: simulator.FaultTruncate, After: after}, unary: sdk.KindNetwork, stream: sdk.KindBrokenStream, certainty: sdk.ResponseStarted, begun: true},
		{name: "no [DONE]", fault: simulator.Fault{Kind: simulator.FaultNoDone}},
		{name: "no finish reason", fault: simulator.Fault{Kind: simulator.FaultNoFinish}},
		{name: "malformed first", fault: simulator.Fault{Kind: simulator.FaultMalformed}, unary: sdk.KindBadReply, stream: sdk.KindBadReply, certainty: sdk.ResponseStarted},
		{name: "malformed later", fault: simulator.Fault{Kind: simulator.FaultMalformed, After: after}, unary: sdk.KindBadReply, stream: sdk.KindBrokenStream, certainty: sdk.ResponseStarted, begun: true},
		{name: "in-band first", fault: simulator.Fault{Kind: simulator.FaultInband, Error: simulator.ErrorServer}, unary: sdk.KindServerError, stream: sdk.KindServerError, certainty: sdk.ResponseStarted},
		{name: "in-band later", fault: simulator.Fault{Kind: simulator.FaultInband, Error: simulator.ErrorServer, After: after}, unary: sdk.KindServerError, stream: sdk.KindServerError, certainty: sdk.ResponseStarted, begun: true},
		{name: "empty choices", fault: simulator.Fault{Kind: simulator.FaultEmptyChoices}, unary: sdk.KindBadReply, stream: sdk.KindBadReply, certainty: sdk.ResponseStarted},
		{name: "HTML", fault: simulator.Fault{Kind: simulator.FaultHTML}, unary: sdk.KindBadReply, stream: sdk.KindBadReply, certainty: sdk.ResponseStarted},
		{name: "HTML with a status", fault: simulator.Fault{Kind: simulator.FaultHTML, Status: 502}, unary: sdk.KindOverloaded, stream: sdk.KindOverloaded, certainty: sdk.ResponseStarted},
		{name: "redirect", fault: simulator.Fault{Kind: simulator.FaultRedirect, Location: "http://127.0.0.1:1/"}, unary: sdk.KindBadReply, stream: sdk.KindBadReply, certainty: sdk.ResponseStarted},
		{name: "JSON for SSE", fault: simulator.Fault{Kind: simulator.FaultJSONForSSE}, stream: sdk.KindBadReply, certainty: sdk.ResponseStarted},
		{name: "SSE for JSON", fault: simulator.Fault{Kind: simulator.FaultSSEForJSON}, unary: sdk.KindBadReply, certainty: sdk.ResponseStarted},
		{name: "comments", fault: simulator.Fault{Kind: simulator.FaultComments, Size: 2000}},
		{name: "huge line", fault: simulator.Fault{Kind: simulator.FaultHugeLine, Size: 5 << 20}},
		{name: "CRLF", fault: simulator.Fault{Kind: simulator.FaultFraming, Style: "crlf"}},
		{name: "CR", fault: simulator.Fault{Kind: simulator.FaultFraming, Style: "cr"}},
		{name: "byte order mark", fault: simulator.Fault{Kind: simulator.FaultFraming, Style: "bom"}},
		{name: "no space", fault: simulator.Fault{Kind: simulator.FaultFraming, Style: "nospace"}},
		{name: "multi-line", fault: simulator.Fault{Kind: simulator.FaultFraming, Style: "multiline"}},
		{name: "cut in pieces of one", fault: simulator.Fault{Kind: simulator.FaultCut, Size: 1}},
		{name: "cut in pieces of seven", fault: simulator.Fault{Kind: simulator.FaultCut, Size: 7}},
		{name: "429", fault: simulator.Fault{Kind: simulator.FaultError, Status: 429}, unary: sdk.KindRateMinute, stream: sdk.KindRateMinute, certainty: sdk.ResponseStarted},
		{name: "529", fault: simulator.Fault{Kind: simulator.FaultError, Status: 529}, unary: sdk.KindOverloaded, stream: sdk.KindOverloaded, certainty: sdk.ResponseStarted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, sim := simulated(t, Dialect{}, tt.fault)
			reply, err := client.Chat(t.Context(), ask())
			judge(t, "unary", err, tt.unary, tt.certainty)
			if tt.unary == "" && tt.fault.Kind != simulator.FaultHugeLine && err == nil && !strings.Contains(gjson.GetBytes(reply.Body, "choices.0.message.content").String(), asked) {
				t.Errorf("unary: %s", reply.Body)
			}
			got := streaming(t.Context(), client, ask())
			err = nil
			if got.Err != nil {
				err = got.Err
			}
			judge(t, "stream", err, tt.stream, tt.certainty)
			if tt.stream == "" && tt.fault.Kind != simulator.FaultHugeLine && !strings.Contains(text(got.Chunks), asked) {
				t.Errorf("stream: %s", got.Chunks)
			}
			if got.Content != (tt.stream == "" || tt.begun) {
				t.Errorf("content %v", got.Content)
			}
			if n := sim.Ledger().Len(); n != 2 {
				t.Errorf("the upstream saw %d requests for two calls", n)
			}
		})
	}
}

func judge(t *testing.T, what string, err error, kind sdk.Kind, certainty sdk.Certainty) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	if e := sdk.AsError(err); e == nil || e.Kind != kind || e.Certainty != certainty {
		t.Errorf("%s: got %+v, want %s, %v", what, e, kind, certainty)
	}
}

func TestFinishReasonWhereItIsSure(t *testing.T) {
	t.Parallel()
	client, _ := simulated(t, Dialect{Finishes: true}, simulator.Fault{Kind: simulator.FaultNoFinish})
	if got := streaming(t.Context(), client, ask()); got.Err == nil || got.Err.Kind != sdk.KindBrokenStream || !got.Content {
		t.Errorf("got %+v", got)
	}
}

func TestSimulatedUsage(t *testing.T) {
	t.Parallel()
	for _, form := range []string{simulator.UsageEvery, simulator.UsageLastContent, simulator.UsageWithFinish, simulator.UsageSeparate, simulator.UsageFloat, simulator.UsageAbsent} {
		client, _ := simulated(t, Dialect{StreamUsage: true}, simulator.Fault{Kind: simulator.FaultUsage, Usage: form})
		got := streaming(t.Context(), client, ask())
		if got.Err != nil {
			t.Fatalf("%s: %v", form, got.Err)
		}
		if told := got.Info.Usage != nil && got.Info.Usage.TotalTokens > 0; told != (form != simulator.UsageAbsent) {
			t.Errorf("%s: usage %+v", form, got.Info.Usage)
		}
	}
}

// A stalled or silent upstream is left at the deadline, and knows it.
func TestSimulatedSilence(t *testing.T) {
	t.Parallel()
	// Long enough that a busy machine gets as far as the fault first.
	const short, headersFirst = 60 * time.Millisecond, time.Second
	tests := []struct {
		name      string
		fault     simulator.Fault
		deadlines sdk.Deadlines
		certainty sdk.Certainty
	}{
		{"hang", simulator.Fault{Kind: simulator.FaultHang}, sdk.Deadlines{FirstToken: headersFirst}, sdk.MaybeSent},
		{"stall before content", simulator.Fault{Kind: simulator.FaultStall}, sdk.Deadlines{FirstToken: headersFirst}, sdk.ResponseStarted},
		{"stall", simulator.Fault{Kind: simulator.FaultStall, After: 1}, sdk.Deadlines{Stall: short}, sdk.ResponseStarted},
		{"drip", simulator.Fault{Kind: simulator.FaultDrip, For: 50 * time.Millisecond}, sdk.Deadlines{FirstToken: headersFirst}, sdk.ResponseStarted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, sim := simulated(t, Dialect{}, tt.fault)
			c := ask()
			c.Deadlines = tt.deadlines
			if got := streaming(t.Context(), client, c); got.Err == nil || got.Err.Kind != sdk.KindTimeout || got.Err.Certainty != tt.certainty {
				t.Errorf("got %+v", got.Err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			e, err := sim.Ledger().Wait(ctx, 1, simulator.Ended())
			if err != nil || len(e) != 1 || !e[0].ClientGone {
				t.Errorf("ledger %+v, %v", e, err)
			}
		})
	}
}
