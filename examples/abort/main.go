// Command abort ends answers before they are finished, in the three ways there are. Each closes the connection
// to the upstream at once, so that it stops writing, and billing; none blames a key or a provider.
//
//	export GROQ_API_KEY=gsk_...
//	cd examples/abort && go run .
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
		fmt.Fprintln(os.Stderr, "abort:", err)
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

	for _, way := range []struct {
		name  string
		abort func(context.Context, *host.Host) error
	}{
		{"leaving the loop", leave},
		{"ending the context", end},
		{"canceling by id", byID},
	} {
		fmt.Printf("%s: ", way.name)
		if err := way.abort(ctx, h); err != nil {
			return err
		}
	}
	fmt.Println("requests under way:", len(h.Active()))
	return nil
}

func question() *sdk.ChatRequest {
	return &sdk.ChatRequest{
		Model:    "groq/openai/gpt-oss-20b",
		Messages: []sdk.Message{sdk.User("Count from one to ten thousand, in words.")},
	}
}

// leave has read enough after three words.
func leave(ctx context.Context, h *host.Host) error {
	stream, err := h.ChatStream(ctx, question())
	if err != nil {
		return err
	}
	words := 0
	for chunk, err := range stream.Events() {
		if err != nil {
			return err
		}
		for _, choice := range chunk.Choices {
			if text := choice.Delta.Content.Text(); text != "" {
				fmt.Print(text)
				words++
			}
		}
		if words == 3 {
			break
		}
	}
	fmt.Print(" ... ")
	outcome(stream)
	return nil
}

// end is what happens when a caller's own context ends, such as that of an HTTP request whose client left.
func end(ctx context.Context, h *host.Host) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := h.ChatStream(ctx, question())
	if err != nil {
		return err
	}
	cancel()
	return drain(stream)
}

// byID cancels from elsewhere: a request may have an id of the caller's choice.
func byID(ctx context.Context, h *host.Host) error {
	stream, err := h.ChatStream(ctx, question(), host.WithRequestID("chat-42"))
	if err != nil {
		return err
	}
	go h.Cancel("chat-42") // h.CancelAll() ends all there are
	return drain(stream)
}

// drain reads until the stream ends, which it must with an error of its own kind.
func drain(stream *host.Stream) error {
	for _, err := range stream.Events() {
		if host.KindOf(err) == sdk.KindCanceled {
			outcome(stream)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("the answer was finished before it could be aborted")
}

func outcome(stream *host.Stream) {
	attempts := stream.Route().Attempts
	fmt.Printf("[%s]\n", attempts[len(attempts)-1].Kind)
}
