// Command cache puts a cache of answers around the host: the second of two equal requests costs nothing.
// cache.go and store.go are made to be copied.
//
//	export GROQ_API_KEY=gsk_...
//	cd examples/cache && go run .
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "cache:", err)
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
	cache := NewCache(h, 16<<20, time.Hour)

	for range 2 {
		completion, hit, err := cache.Chat(ctx, ask("Why is the sky blue?"))
		if err != nil {
			return err
		}
		fmt.Printf("%s %s\n", label(hit), completion.Text())
	}
	// A stream and a whole answer serve each other.
	if err := stream(ctx, cache, "Why is the sky blue?"); err != nil {
		return err
	}
	for range 2 {
		if err := stream(ctx, cache, "Why is grass green?"); err != nil {
			return err
		}
	}
	return nil
}

func ask(question string) *sdk.ChatRequest {
	return &sdk.ChatRequest{Model: "groq/openai/gpt-oss-20b", Messages: []sdk.Message{sdk.User(question)}}
}

func stream(ctx context.Context, cache *Cache, question string) error {
	chunks, hit, err := cache.ChatStream(ctx, ask(question))
	if err != nil {
		return err
	}
	fmt.Print(label(hit), " ")
	for chunk, err := range chunks {
		if err != nil {
			return err
		}
		for _, choice := range chunk.Choices {
			fmt.Print(choice.Delta.Content.Text())
		}
	}
	fmt.Println()
	return nil
}

func label(hit bool) string {
	if hit {
		return "[cached]"
	}
	return "[asked] "
}
