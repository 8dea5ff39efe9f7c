package upstream

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A client that knows nothing of it reads every model to its end, twice over each connection.
func TestServe(t *testing.T) {
	in, stop := io.Pipe()
	address, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(in, out) }()
	line, err := bufio.NewReader(address).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	config := openai.DefaultConfig("key")
	config.BaseURL = "http://" + strings.TrimSpace(line) + "/v1"
	config.HTTPClient = &http.Client{Transport: transport}
	client := openai.NewClientWithConfig(config)
	for range 2 {
		reply, err := client.CreateChatCompletion(t.Context(), request(Unary))
		if err != nil || len(reply.Choices) != 1 || reply.Usage.TotalTokens != 250 {
			t.Errorf("unary: %+v, %v", reply, err)
		}
		for _, model := range []string{Saturated, Paced, Brief} {
			if got := read(t, client, model); got != Chunks(model) {
				t.Errorf("%s: %d chunks, want %d", model, got, Chunks(model))
			}
		}
	}
	transport.CloseIdleConnections()
	_ = stop.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func request(model string) openai.ChatCompletionRequest {
	return openai.ChatCompletionRequest{Model: model, Messages: []openai.ChatCompletionMessage{{Role: "user", Content: "Hello"}}}
}

func read(t *testing.T, client *openai.Client, model string) int {
	t.Helper()
	stream, err := client.CreateChatCompletionStream(t.Context(), request(model))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for n := 0; ; n++ {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil || len(chunk.Choices) != 1 {
			t.Fatalf("%s: %+v, %v", model, chunk, err)
		}
	}
}
