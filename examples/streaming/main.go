// Command streaming prints the answer token by token as the model writes it.
//
//	export GROQ_API_KEY=gsk_...
//	cd examples/streaming && go run .
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
		fmt.Fprintln(os.Stderr, "streaming:", err)
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

	// The error covers everything up to the first content: until then other keys and targets were tried.
	stream, err := h.ChatStream(ctx, &sdk.ChatRequest{
		Model:    "groq/openai/gpt-oss-20b",
		Messages: []sdk.Message{sdk.User("Tell a story of three sentences.")},
	})
	if err != nil {
		return err
	}
	for chunk, err := range stream.Events() {
		if err != nil {
			return err // it broke: what was printed is not the whole answer
		}
		for _, choice := range chunk.Choices {
			fmt.Print(choice.Delta.Content.Text())
		}
	}
	fmt.Println()

	// Known once the stream has ended.
	info, route := stream.Info(), stream.Route()
	fmt.Printf("(%s by %s, finished with %q", info.Model, route.Provider, info.FinishReason)
	if info.Usage != nil {
		fmt.Printf(", %d tokens", info.Usage.TotalTokens)
	}
	fmt.Println(")")
	return nil
}
