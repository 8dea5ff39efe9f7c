package host_test

import (
	"context"
	"fmt"
	"os"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// parrot is a provider of one's own, running inside the host's process.
type parrot struct{}

func (parrot) Chat(_ context.Context, call *sdk.Call) (*sdk.Reply, error) {
	request, err := call.ChatRequest()
	if err != nil {
		return nil, err
	}
	heard := request.Messages[len(request.Messages)-1].Content.Text()
	body := fmt.Appendf(nil, `{"choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, heard+"!")
	return &sdk.Reply{Body: body, Info: sdk.ReplyInfo{FinishReason: "stop"}}, nil
}

func parrotConfig() host.Config {
	return host.Config{Providers: []host.Provider{{
		Name: "parrot", Models: []host.Model{{Name: "green"}},
		Local: &sdk.Plugin{Name: "parrot", Version: "1", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) { return parrot{}, nil }},
	}}}
}

func ExampleHost_Chat() {
	ctx := context.Background()
	h, err := host.New(ctx, parrotConfig())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close(ctx)

	reply, err := h.Chat(ctx, &sdk.ChatRequest{
		Model:    "auto",
		Messages: []sdk.Message{sdk.User("Say hello")},
	})
	if err != nil {
		fmt.Println(err) // a *host.Error: Kind, RetryAfter, Trail
		return
	}
	completion, err := reply.Completion()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(completion.Text(), "by", reply.Route.Provider, "after", len(reply.Route.Attempts), "attempt(s)")
	// Output: Say hello! by parrot after 1 attempt(s)
}

func ExampleHost_ChatStream() {
	ctx := context.Background()
	h, err := host.New(ctx, parrotConfig())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close(ctx)

	stream, err := h.ChatStream(ctx, &sdk.ChatRequest{
		Model:    "parrot/green",
		Messages: []sdk.Message{sdk.User("One word after the other")},
	})
	if err != nil {
		fmt.Println(err) // covers everything before the first content
		return
	}
	for chunk, err := range stream.Events() {
		if err != nil {
			fmt.Println(err) // the stream broke
			return
		}
		for _, choice := range chunk.Choices {
			fmt.Print(choice.Delta.Content.Text())
		}
	}
	fmt.Fprintln(os.Stdout)
	// Output: One word after the other!
}
