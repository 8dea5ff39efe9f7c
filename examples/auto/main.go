// Command auto names no model: the router takes the best target that can do what the request asks, and goes on
// to the next when one fails. With only one of the two keys set it works all the same.
//
//	export GROQ_API_KEY=gsk_... OPENROUTER_API_KEY=sk-or-...
//	cd examples/auto && go run .
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "auto:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	file, err := hclconfig.Load("config.hcl", hclconfig.Options{})
	if err != nil {
		return err
	}
	h, err := host.New(ctx, file.Config)
	if err != nil {
		return err
	}
	defer h.Close(ctx)

	request := &sdk.ChatRequest{Messages: []sdk.Message{sdk.User("Name the largest planet.")}}

	// Explain plans like Chat and calls nobody.
	plan, err := h.Explain(request)
	if err != nil {
		return err
	}
	for i, target := range plan.Targets {
		fmt.Printf("%d. %s/%s with keys %v\n", i+1, target.Provider, target.Model, target.Keys)
	}

	reply, err := h.Chat(ctx, request)
	if err != nil {
		return err
	}
	completion, err := reply.Completion()
	if err != nil {
		return err
	}
	fmt.Println(completion.Text())

	// Every reply says how it came about.
	fmt.Printf("answered by %s/%s, asked for %q\n", reply.Route.Provider, reply.Route.Model, reply.Route.Requested)
	if f := reply.Route.AutoFallback; f != nil {
		fmt.Printf("instead of %s/%s\n", f.OriginalProvider, f.OriginalModel)
	}
	return nil
}
