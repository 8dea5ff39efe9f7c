package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"github.com/aio-llm/aio/internal/benchmark/upstream"
	"github.com/aio-llm/aio/sdk"
)

// requests is the one request of all loads, about 700 bytes, in the three forms its callers have it in.
type requests struct {
	direct openai.ChatCompletionRequest
	typed  *sdk.ChatRequest
	// body is the JSON by model.
	body map[string][]byte
}

func newRequests() (requests, error) {
	system := "You are a careful assistant. " + strings.Repeat("Answer in short, whole sentences. ", 8)
	question := "What does it cost to run a provider in a process of its own? " + strings.Repeat("Give figures. ", 10)
	r := requests{
		direct: openai.ChatCompletionRequest{
			Model: upstream.Unary, MaxTokens: 256, Temperature: 0.7, //nolint:staticcheck // both sides send max_tokens
			Messages: []openai.ChatCompletionMessage{
				{Role: openai.ChatMessageRoleSystem, Content: system}, {Role: openai.ChatMessageRoleUser, Content: question},
			},
		},
		typed: &sdk.ChatRequest{
			Model: upstream.Unary, MaxTokens: sdk.Ptr(int64(256)), Temperature: sdk.Ptr(0.7),
			Messages: []sdk.Message{sdk.System(system), sdk.User(question)},
		},
		body: map[string][]byte{},
	}
	for _, model := range upstream.Models() {
		typed := *r.typed
		typed.Model, typed.Stream = model, sdk.Ptr(upstream.Chunks(model) > 0)
		body, err := typed.MarshalJSON()
		if err != nil {
			return r, err
		}
		r.body[model] = body
	}
	return r, nil
}

func (r *rig) directUnary(ctx context.Context) (int, time.Duration, error) {
	began := time.Now()
	reply, err := r.client.CreateChatCompletion(ctx, r.requests.direct)
	if err == nil && (len(reply.Choices) == 0 || reply.Choices[0].Message.Content == "") {
		err = errEmpty
	}
	return 1, time.Since(began), err
}

func (r *rig) bytesUnary(ctx context.Context) (int, time.Duration, error) {
	began := time.Now()
	reply, err := r.host.ChatJSON(ctx, r.requests.body[upstream.Unary])
	if err == nil && len(reply.Body) == 0 {
		err = errEmpty
	}
	return 1, time.Since(began), err
}

func (r *rig) structsUnary(ctx context.Context) (int, time.Duration, error) {
	began := time.Now()
	reply, err := r.host.Chat(ctx, r.requests.typed)
	if err != nil {
		return 0, 0, err
	}
	completion, err := reply.Completion()
	if err == nil && (len(completion.Choices) == 0 || completion.Choices[0].Message.Content.Text() == "") {
		err = errEmpty
	}
	return 1, time.Since(began), err
}

var errEmpty = errors.New("the reply is empty")

// directStream reads a stream as users of go-openai do: one decoded chunk at a time.
func (r *rig) directStream(model string) operation {
	request := r.requests.direct
	request.Model, request.Stream = model, true
	return func(ctx context.Context) (int, time.Duration, error) {
		began := time.Now()
		stream, err := r.client.CreateChatCompletionStream(ctx, request)
		if err != nil {
			return 0, 0, err
		}
		defer stream.Close() // read to its end, or failed already
		chunks, first := 0, time.Duration(0)
		for {
			if _, err = stream.Recv(); err != nil {
				break
			}
			if chunks++; chunks == 1 {
				first = time.Since(began)
			}
		}
		if errors.Is(err, io.EOF) {
			err = complete(model, chunks)
		}
		return chunks, first, err
	}
}

// bytesStream reads a stream as a gateway does: the chunks' JSON, as many at a time as there are.
func (r *rig) bytesStream(model string) operation {
	return func(ctx context.Context) (int, time.Duration, error) {
		began := time.Now()
		stream, err := r.host.ChatStreamJSON(ctx, r.requests.body[model])
		if err != nil {
			return 0, 0, err
		}
		chunks, first := 0, time.Duration(0)
		for batch, err := range stream.Batches() {
			if err != nil {
				return 0, 0, err
			}
			if chunks == 0 {
				first = time.Since(began)
			}
			chunks += bytes.Count(batch, []byte{'\n'})
		}
		return chunks, first, complete(model, chunks)
	}
}

func complete(model string, chunks int) error {
	if want := upstream.Chunks(model); chunks != want {
		return fmt.Errorf("%d chunks arrived of %d", chunks, want)
	}
	return nil
}
