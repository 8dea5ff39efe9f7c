// Command basic asks one question and prints the answer.
//
//	export GROQ_API_KEY=gsk_...
//	cd examples/basic && go run . "Why is the sky blue?"
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	question := "Why is the sky blue?"
	if len(os.Args) > 1 {
		question = strings.Join(os.Args[1:], " ")
	}
	if err := run(context.Background(), question); err != nil {
		fmt.Fprintln(os.Stderr, "basic:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, question string) error {
	file, err := hclconfig.Load("config.hcl", hclconfig.Options{})
	if err != nil {
		return err
	}
	h, err := host.New(ctx, file.Config)
	if err != nil {
		return err
	}
	defer h.Close(ctx)

	reply, err := h.Chat(ctx, &sdk.ChatRequest{
		Model:       "groq/openai/gpt-oss-20b",
		Messages:    []sdk.Message{sdk.System("Answer in one sentence."), sdk.User(question)},
		Temperature: sdk.Ptr(0.2), // a pointer: nil leaves it to the provider, 0 is sent as 0
	})
	if err != nil {
		return err
	}
	completion, err := reply.Completion()
	if err != nil {
		return err
	}
	fmt.Println(completion.Text())
	if u := completion.Usage; u != nil {
		fmt.Printf("(%s, %d tokens in, %d out)\n", completion.Model, u.PromptTokens, u.CompletionTokens)
	}
	return nil
}
