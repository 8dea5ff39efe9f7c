package clients

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/respjson"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/tidwall/gjson"
)

// TestOpenAIGo: github.com/openai/openai-go, the official library.
func TestOpenAIGo(t *testing.T) {
	t.Parallel()
	run(t, library{
		retries: 2, inStream: "ssestream.StreamError",
		class: func(int) string { return "openai.Error" },
		connect: func(t *testing.T, base, token string) client {
			return official{openai.NewClient(option.WithBaseURL(base), option.WithAPIKey(token), option.WithHTTPClient(httpClient(t)))}
		},
	})
}

type official struct{ openai.Client }

func (o official) params(q question) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: q.Model, ReasoningEffort: openai.ReasoningEffort(q.Effort)}
	p.Messages = append(p.Messages, openai.UserMessage(q.Text))
	if q.Image != "" {
		p.Messages[0] = openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{
			openai.TextContentPart(q.Text), openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: q.Image}),
		})
	}
	for _, name := range q.Tools {
		var schema openai.FunctionParameters
		_ = json.Unmarshal([]byte(parameters), &schema)
		p.Tools = append(p.Tools, openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{Name: name, Parameters: schema}))
	}
	if q.Schema != nil {
		p.ResponseFormat.OfJSONSchema = &openai.ResponseFormatJSONSchemaParam{
			JSONSchema: openai.ResponseFormatJSONSchemaJSONSchemaParam{Name: "answer", Schema: q.Schema, Strict: openai.Bool(true)},
		}
	}
	if q.Temperature != 0 {
		p.Temperature = openai.Float(q.Temperature)
	}
	if q.Usage {
		p.StreamOptions.IncludeUsage = openai.Bool(true)
	}
	return p
}

func (o official) chat(ctx context.Context, q question) (answer, error) {
	return o.converse(q, func(p openai.ChatCompletionNewParams) (*openai.ChatCompletion, answer, error) {
		var head *http.Response
		c, err := o.Chat.Completions.New(ctx, p, option.WithResponseInto(&head))
		if err != nil {
			return nil, answer{}, err
		}
		a := answer{Reasoning: text(c.Choices[0].Message.JSON.ExtraFields)}
		a.RequestID, a.Provider = head.Header.Get("X-Request-Id"), head.Header.Get("X-Aio-Provider")
		return c, a, nil
	})
}

func (o official) stream(ctx context.Context, q question, heard func() bool) (answer, error) {
	return o.converse(q, func(p openai.ChatCompletionNewParams) (*openai.ChatCompletion, answer, error) {
		var head *http.Response
		s := o.Chat.Completions.NewStreaming(ctx, p, option.WithResponseInto(&head))
		defer s.Close()
		var acc openai.ChatCompletionAccumulator
		var a answer
		for s.Next() {
			chunk := s.Current()
			if !acc.AddChunk(chunk) {
				return nil, a, errors.New("the accumulator refused " + chunk.RawJSON())
			}
			for _, choice := range chunk.Choices {
				a.Reasoning += text(choice.Delta.JSON.ExtraFields)
				if choice.Delta.Content == "" {
					continue
				}
				if a.Pieces++; !heard() {
					return nil, a, errLeft
				}
			}
		}
		if s.Err() != nil {
			return nil, a, s.Err()
		}
		a.RequestID, a.Provider = head.Header.Get("X-Request-Id"), head.Header.Get("X-Aio-Provider")
		return &acc.ChatCompletion, a, nil
	})
}

// text is the reasoning, which the library has no field for.
func text(extra map[string]respjson.Field) string {
	return gjson.Parse(extra["reasoning"].Raw()).String() + gjson.Parse(extra["reasoning_content"].Raw()).String()
}

// errLeft is for streams that a scenario left.
var errLeft = errors.New("left")

func (o official) converse(q question, ask func(openai.ChatCompletionNewParams) (*openai.ChatCompletion, answer, error)) (answer, error) {
	p := o.params(q)
	c, a, err := ask(p)
	if err != nil {
		return a, o.failure(err)
	}
	said := c.Choices[0]
	for _, t := range said.Message.ToolCalls {
		a.Calls = append(a.Calls, call{t.ID, t.Function.Name, t.Function.Arguments})
	}
	if q.Results != nil && len(q.Results) == len(a.Calls) {
		p.Messages = append(p.Messages, said.Message.ToParam())
		for i, result := range q.Results {
			p.Messages = append(p.Messages, openai.ToolMessage(result, a.Calls[i].ID))
		}
		calls := a.Calls
		if c, a, err = ask(p); err != nil {
			return a, o.failure(err)
		}
		a.Calls, said = calls, c.Choices[0]
	}
	a.Text, a.Finish = said.Message.Content, said.FinishReason
	a.Prompt, a.Completion, a.Thought = c.Usage.PromptTokens, c.Usage.CompletionTokens, c.Usage.CompletionTokensDetails.ReasoningTokens
	return a, nil
}

func (official) failure(err error) error {
	var refused *openai.Error
	var broken *ssestream.StreamError
	switch {
	case err == nil || errors.Is(err, errLeft):
		return nil
	case errors.Is(err, context.Canceled):
		return &failure{Class: "context.Canceled", Canceled: true}
	case errors.As(err, &refused):
		return &failure{
			Class: "openai.Error", Status: refused.StatusCode, Code: refused.Code, Type: refused.Type, Param: refused.Param, Message: refused.Message,
		}
	case errors.As(err, &broken):
		e := gjson.GetBytes(broken.Event.Data, "error")
		return &failure{Class: "ssestream.StreamError", Code: e.Get("code").Str, Type: e.Get("type").Str, Param: e.Get("param").Str, Message: e.Get("message").Str}
	}
	return err
}

func (o official) embed(ctx context.Context, e embedding) ([][]float64, error) {
	reply, err := o.Embeddings.New(ctx, openai.EmbeddingNewParams{
		Model: e.Model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: e.Input},
		EncodingFormat: openai.EmbeddingNewParamsEncodingFormat(e.Format),
	})
	if err != nil {
		return nil, o.failure(err)
	}
	var out [][]float64
	for _, d := range reply.Data {
		out = append(out, d.Embedding)
	}
	return out, nil
}

func (o official) models(ctx context.Context) ([]string, error) {
	var out []string
	pager := o.Models.ListAutoPaging(ctx)
	for pager.Next() {
		out = append(out, pager.Current().ID)
	}
	return out, o.failure(pager.Err())
}

func (o official) model(ctx context.Context, id string) (string, error) {
	m, err := o.Models.Get(ctx, id)
	if err != nil {
		return "", o.failure(err)
	}
	return m.ID, nil
}
