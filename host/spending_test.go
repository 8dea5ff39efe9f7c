package host_test

import (
	"math"
	"testing"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func priced(input, output float64) func(*host.Config) {
	return func(c *host.Config) {
		c.Providers[0].Models[0].Price = &host.Price{Input: &input, Output: &output}
	}
}

// A reply, a stream and an embedding all tell what they cost, and the totals add it up.
func TestRepliesTellTheirCost(t *testing.T) {
	t.Parallel()
	r := start(t, setup{change: func(c *host.Config) {
		priced(1e6, 1e6)(c) // a dollar a token
		c.Providers[0].Models = append(c.Providers[0].Models, host.Model{Name: "embed", ID: "text-embedding-3-small", Price: &host.Price{Input: sdk.Ptr(1e6)}})
	}})
	var sum float64
	check := func(what string, c *host.Cost, u *sdk.Usage) {
		t.Helper()
		if c == nil || u == nil || c.Source != host.CostConfig || math.Abs(c.USD-float64(u.PromptTokens+u.CompletionTokens)) > 1e-6 {
			t.Fatalf("%s: cost %+v of %+v", what, c, u)
		}
		sum += c.USD
	}
	reply, err := r.Chat(t.Context(), &sdk.ChatRequest{Model: "echo", Messages: []sdk.Message{sdk.User("hello")}})
	if err != nil {
		t.Fatal(err)
	}
	check("reply", reply.Route.Cost, reply.Info.Usage)

	stream, err := r.ChatStream(t.Context(), &sdk.ChatRequest{Model: "echo", Messages: []sdk.Message{sdk.User("hello")}})
	if err != nil {
		t.Fatal(err)
	}
	if stream.Route().Cost != nil {
		t.Error("a stream tells its cost before its usage")
	}
	if _, err := readAll(stream); err != nil {
		t.Fatal(err)
	}
	check("stream", stream.Route().Cost, stream.Info().Usage)

	embedded, err := r.Embed(t.Context(), &sdk.EmbeddingRequest{Model: "embed", Input: sdk.EmbedText("hello")})
	if err != nil {
		t.Fatal(err)
	}
	check("embedding", embedded.Route.Cost, embedded.Info.Usage)

	totals := r.Status().Totals
	if math.Abs(totals.CostUSD-sum) > 1e-6 || totals.CostUnknown != 0 {
		t.Errorf("totals %+v, want %v dollars", totals, sum)
	}
}

// A reply nobody can price is counted as unknown; a failure is neither.
func TestUnknownCostIsNotZero(t *testing.T) {
	t.Parallel()
	fails := rule(simulator.FaultError, "first-1", func(r *simulator.Rule) {
		r.Fault.Status, r.Match.To = 400, 1
	})
	r := start(t, setup{script: script(fails)})
	if _, err := r.Chat(t.Context(), ask("hello")); err == nil {
		t.Fatal("no failure")
	}
	reply, err := r.Chat(t.Context(), ask("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if reply.Route.Cost != nil {
		t.Errorf("cost %+v", reply.Route.Cost)
	}
	if totals := r.Status().Totals; totals.CostUSD != 0 || totals.CostUnknown != 1 || totals.Failed != 1 {
		t.Errorf("totals %+v", totals)
	}
}
