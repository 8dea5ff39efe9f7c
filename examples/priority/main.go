// Command priority shows the order in which providers, models and keys are tried, and what the reply tells of
// those that failed. The second question takes a route with another order.
//
//	export GROQ_API_KEY=gsk_... GROQ_API_KEY_2=gsk_... OPENROUTER_API_KEY=sk-or-...
//	cd examples/priority && go run .
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "priority:", err)
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

	for _, model := range []string{"auto", "cheap"} {
		fmt.Printf("asking %s\n", model)
		if err := ask(ctx, h, model); err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, h *host.Host, model string) error {
	reply, err := h.Chat(ctx, &sdk.ChatRequest{
		Model:    model,
		Messages: []sdk.Message{sdk.User("Say hello.")},
	})
	var failed *host.Error
	if errors.As(err, &failed) && failed.Trail != nil {
		show(failed.Trail) // a failure tells as much as a reply
	}
	if err != nil {
		return err
	}
	completion, err := reply.Completion()
	if err != nil {
		return err
	}
	show(&reply.Route)
	fmt.Printf("  %s\n", completion.Text())
	return nil
}

// show prints the calls that were made, in their order.
func show(trail *host.Trail) {
	for _, a := range trail.Attempts {
		outcome := "ok"
		if a.Kind != "" {
			outcome = fmt.Sprintf("%s, then %s", a.Kind, a.Next)
		}
		fmt.Printf("  %s/%s key %q: %s\n", a.Provider, a.Model, a.Key, outcome)
	}
	if f := trail.AutoFallback; f != nil {
		fmt.Printf("  fell back from %s/%s to %s/%s\n", f.OriginalProvider, f.OriginalModel, f.FinalProvider, f.FinalModel)
	}
}
