package clients

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/sashabaranov/go-openai"
)

// TestGoOpenAI: github.com/sashabaranov/go-openai, which many Go programs use.
func TestGoOpenAI(t *testing.T) {
	t.Parallel()
	run(t, library{
		inStream: "openai.APIError", thoughts: "reasoning_content", mixesComments: true,
		class: func(int) string { return "openai.APIError" },
		connect: func(t *testing.T, base, token string) client {
			config := openai.DefaultConfig(token)
			config.BaseURL, config.HTTPClient = base, httpClient(t)
			return community{openai.NewClientWithConfig(config)}
		},
	})
}

type community struct{ *openai.Client }

func (community) request(q question) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{Model: q.Model, ReasoningEffort: q.Effort, Temperature: float32(q.Temperature)}
	user := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, Content: q.Text}
	if q.Image != "" {
		user.Content = ""
		user.MultiContent = []openai.ChatMessagePart{
			{Type: openai.ChatMessagePartTypeText, Text: q.Text},
			{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: q.Image}},
		}
	}
	r.Messages = append(r.Messages, user)
	for _, name := range q.Tools {
		r.Tools = append(r.Tools, openai.Tool{
			Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{Name: name, Parameters: json.RawMessage(parameters)},
		})
	}
	if q.Schema != nil {
		r.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "answer", Schema: q.Schema, Strict: true},
		}
	}
	if q.Usage {
		r.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	return r
}

// told is an answer and the message it came as.
type told struct {
	answer
	message openai.ChatCompletionMessage
}

func (c community) chat(ctx context.Context, q question) (answer, error) {
	return c.converse(q, func(r openai.ChatCompletionRequest) (told, error) {
		reply, err := c.CreateChatCompletion(ctx, r)
		if err != nil {
			return told{}, err
		}
		out := told{message: reply.Choices[0].Message}
		out.Finish = string(reply.Choices[0].FinishReason)
		out.head(reply.Header())
		out.count(&reply.Usage)
		return out, nil
	})
}

// stream puts the pieces together by hand: the library leaves that to its users.
func (c community) stream(ctx context.Context, q question, heard func() bool) (answer, error) {
	return c.converse(q, func(r openai.ChatCompletionRequest) (told, error) {
		s, err := c.CreateChatCompletionStream(ctx, r)
		if err != nil {
			return told{}, err
		}
		defer s.Close()
		var out told
		out.head(s.Header())
		for {
			chunk, err := s.Recv()
			if errors.Is(err, io.EOF) {
				return out, nil
			}
			if err != nil {
				return out, err
			}
			out.count(chunk.Usage)
			for _, choice := range chunk.Choices {
				if err := out.add(choice); err != nil {
					return out, err
				}
				if choice.Delta.Content == "" {
					continue
				}
				if out.Pieces++; !heard() {
					return out, errLeft
				}
			}
		}
	})
}

func (o *told) head(h http.Header) {
	o.RequestID, o.Provider = h.Get("X-Request-Id"), h.Get("X-Aio-Provider")
}

func (o *told) count(u *openai.Usage) {
	if u == nil {
		return
	}
	o.Prompt, o.Completion = int64(u.PromptTokens), int64(u.CompletionTokens)
	if u.CompletionTokensDetails != nil {
		o.Thought = int64(u.CompletionTokensDetails.ReasoningTokens)
	}
}

func (o *told) add(choice openai.ChatCompletionStreamChoice) error {
	o.message.Role = cmp.Or(o.message.Role, choice.Delta.Role)
	o.message.Content += choice.Delta.Content
	o.message.ReasoningContent += choice.Delta.ReasoningContent
	o.Finish = cmp.Or(o.Finish, string(choice.FinishReason))
	for _, piece := range choice.Delta.ToolCalls {
		if piece.Index == nil || *piece.Index > len(o.message.ToolCalls) {
			return fmt.Errorf("a piece of a tool call for none: %+v", piece)
		}
		if *piece.Index == len(o.message.ToolCalls) {
			o.message.ToolCalls = append(o.message.ToolCalls, openai.ToolCall{ID: piece.ID, Type: piece.Type})
		}
		f := &o.message.ToolCalls[*piece.Index].Function
		f.Name += piece.Function.Name
		f.Arguments += piece.Function.Arguments
	}
	return nil
}

func (c community) converse(q question, ask func(openai.ChatCompletionRequest) (told, error)) (answer, error) {
	r := c.request(q)
	said, err := ask(r)
	if err != nil {
		return said.answer, c.failure(err)
	}
	var calls []call
	for _, t := range said.message.ToolCalls {
		calls = append(calls, call{t.ID, t.Function.Name, t.Function.Arguments})
	}
	if q.Results != nil && len(q.Results) == len(calls) {
		r.Messages = append(r.Messages, said.message)
		for i, result := range q.Results {
			r.Messages = append(r.Messages, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleTool, Content: result, ToolCallID: calls[i].ID})
		}
		if said, err = ask(r); err != nil {
			return said.answer, c.failure(err)
		}
	}
	said.Text, said.Reasoning, said.Calls = said.message.Content, said.message.ReasoningContent, calls
	return said.answer, nil
}

func (community) failure(err error) error {
	var refused *openai.APIError
	switch {
	case err == nil || errors.Is(err, errLeft):
		return nil
	case errors.Is(err, context.Canceled):
		return &failure{Class: "context.Canceled", Canceled: true}
	case errors.As(err, &refused):
		f := &failure{Class: "openai.APIError", Status: refused.HTTPStatusCode, Type: refused.Type, Message: refused.Message}
		f.Code, _ = refused.Code.(string)
		if refused.Param != nil {
			f.Param = *refused.Param
		}
		return f
	}
	return err
}

func (c community) embed(ctx context.Context, e embedding) ([][]float64, error) {
	reply, err := c.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{
		Model: openai.EmbeddingModel(e.Model), Input: e.Input, EncodingFormat: openai.EmbeddingEncodingFormat(e.Format),
	})
	if err != nil {
		return nil, c.failure(err)
	}
	var out [][]float64
	for _, d := range reply.Data {
		var vector []float64
		for _, v := range d.Embedding {
			vector = append(vector, float64(v))
		}
		out = append(out, vector)
	}
	return out, nil
}

func (c community) models(ctx context.Context) ([]string, error) {
	list, err := c.ListModels(ctx)
	if err != nil {
		return nil, c.failure(err)
	}
	var out []string
	for _, m := range list.Models {
		out = append(out, m.ID)
	}
	return out, nil
}

func (c community) model(ctx context.Context, id string) (string, error) {
	m, err := c.GetModel(ctx, id)
	if err != nil {
		return "", c.failure(err)
	}
	return m.ID, nil
}
