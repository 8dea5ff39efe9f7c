package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tidwall/sjson"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// task is one request and what must come of it.
type task struct {
	name   string
	body   string
	stream bool
	// wrongKey: the provider must refuse the key, and be understood.
	wrongKey bool
	check    func(*sdk.ChatCompletion) error
}

func tasks() []task {
	const (
		hello = `{"messages":[{"role":"user","content":"Reply with the one word: hello"}],"max_completion_tokens":1024}`
		count = `{"messages":[{"role":"user","content":"Count from one to ten in words, nothing else."}],"max_completion_tokens":1024}`
		city  = `{"messages":[{"role":"user","content":"Name one large city with its population, as JSON."}],"max_completion_tokens":1024,` +
			`"response_format":{"type":"json_schema","json_schema":{"name":"city","strict":true,"schema":{"type":"object",` +
			`"properties":{"city":{"type":"string"},"population":{"type":"integer"}},"required":["city","population"],"additionalProperties":false}}}}`
		weather = `{"messages":[{"role":"user","content":"What is the weather in Paris? Use the tool."}],"max_completion_tokens":1024,` +
			`"tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city now.","parameters":{"type":"object",` +
			`"properties":{"city":{"type":"string"}},"required":["city"]}}}],"tool_choice":"required"}`
	)
	return []task{
		{name: "unary", body: hello, check: hasText},
		{name: "stream", body: count, stream: true, check: hasText},
		{name: "structured", body: city, check: isCity},
		{name: "tool", body: weather, check: callsTool},
		{name: "bad_key", body: hello, wrongKey: true},
	}
}

// do sends the task over the host; a nil error means all that was asked for came.
func (t task) do(ctx context.Context, h *host.Host, model string) error {
	if t.wrongKey {
		model = wrongPrefix + model
	}
	body, err := sjson.Set(t.body, "model", model)
	if err != nil {
		return err
	}
	completion, err := t.ask(ctx, h, []byte(body))
	if t.wrongKey {
		return refused(err)
	}
	if err != nil {
		return err
	}
	return t.check(completion)
}

func (t task) ask(ctx context.Context, h *host.Host, body []byte) (*sdk.ChatCompletion, error) {
	if t.stream {
		s, err := h.ChatStreamJSON(ctx, body)
		if err != nil {
			return nil, err
		}
		return s.Completion()
	}
	reply, err := h.ChatJSON(ctx, body)
	if err != nil {
		return nil, err
	}
	return reply.Completion()
}

// refused turns the outcome of a wrong key around.
func refused(err error) error {
	var e *host.Error
	switch {
	case err == nil:
		return errors.New("the wrong key was accepted")
	case !errors.As(err, &e) || e.Kind != sdk.KindAuthInvalid:
		return fmt.Errorf("the wrong key was not understood as one: %w", err)
	default:
		return nil
	}
}

func first(c *sdk.ChatCompletion) (sdk.Message, error) {
	if c == nil || len(c.Choices) == 0 {
		return sdk.Message{}, errors.New("the reply has no choices")
	}
	return c.Choices[0].Message, nil
}

func hasText(c *sdk.ChatCompletion) error {
	m, err := first(c)
	if err == nil && m.Content.Text() == "" {
		return errors.New("the reply has no text")
	}
	return err
}

func isCity(c *sdk.ChatCompletion) error {
	m, err := first(c)
	if err != nil {
		return err
	}
	var city struct {
		City       *string
		Population *float64
	}
	if err := json.Unmarshal([]byte(m.Content.Text()), &city); err != nil || city.City == nil || city.Population == nil {
		return fmt.Errorf("the reply is not what its schema says: %.200q", m.Content.Text())
	}
	return nil
}

func callsTool(c *sdk.ChatCompletion) error {
	m, err := first(c)
	if err != nil {
		return err
	}
	if len(m.ToolCalls) == 0 {
		return errors.New("no tool was called")
	}
	call := m.ToolCalls[0].Function
	if call.Name != "get_weather" || !json.Valid([]byte(call.Arguments)) {
		return fmt.Errorf("an odd tool call: %s with %.200q", call.Name, call.Arguments)
	}
	return nil
}
