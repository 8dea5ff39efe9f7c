package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
)

// client is a client library as the scenarios use it.
type client interface {
	// chat asks in one piece.
	chat(context.Context, question) (answer, error)
	// stream asks for a stream and puts it together by the library's own means. After each piece of content heard
	// says whether to go on; else the stream is left.
	stream(ctx context.Context, q question, heard func() bool) (answer, error)
	embed(context.Context, embedding) ([][]float64, error)
	models(context.Context) ([]string, error)
	// model asks for one model by its id and returns the id in the answer.
	model(ctx context.Context, id string) (string, error)
}

// library is a client library under test.
type library struct {
	connect func(t *testing.T, base, token string) client
	// retries is how often it tries again by default what may pass.
	retries int
	// class is its error's for a status, inStream that for an error in the middle of a stream.
	class    func(status int) string
	inStream string
	// thoughts is the only member for reasoning that it gives its users; empty is any.
	thoughts string
	// mixesComments says that it reads an error event together with the comments before it, and so not at all.
	mixesComments bool
}

// question is a chat request.
type question struct {
	Model string `json:"model"`
	Text  string `json:"text"`
	// Image is a data URL beside the text.
	Image string `json:"image,omitempty"`
	// Tools are the names of the functions offered. If the model calls them, it is asked again with the call's
	// message as the library gives it and Results.
	Tools   []string `json:"tools,omitempty"`
	Results []string `json:"results,omitempty"`
	// Schema is what the answer must look like.
	Schema      json.RawMessage `json:"schema,omitempty"`
	Effort      string          `json:"effort,omitempty"`
	Temperature float64         `json:"temperature,omitempty"`
	// Usage asks for counts at the end of a stream.
	Usage bool `json:"usage,omitempty"`
	// Leave leaves a stream at its first piece of content; scenarios say it with heard.
	Leave bool `json:"leave,omitempty"`
}

// answer is what a library makes of a reply.
type answer struct {
	Text      string `json:"text"`
	Reasoning string `json:"reasoning"`
	Calls     []call `json:"calls"`
	Finish    string `json:"finish"`
	// Prompt, Completion and Thought are numbers of tokens.
	Prompt     int64 `json:"prompt"`
	Completion int64 `json:"completion"`
	Thought    int64 `json:"thought"`
	// Pieces is how many chunks had text.
	Pieces int `json:"pieces"`
	// RequestID and Provider are from the headers.
	RequestID string `json:"request_id"`
	Provider  string `json:"provider"`
}

type call struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// embedding is an embeddings request. An empty Format leaves it to the library.
type embedding struct {
	Model  string   `json:"model"`
	Input  []string `json:"input"`
	Format string   `json:"format,omitempty"`
}

// failure is a library's error.
type failure struct {
	// Class is the error's type in the library; Canceled says that it is the caller's own doing.
	Class    string `json:"class"`
	Canceled bool   `json:"canceled"`
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Type     string `json:"type"`
	Param    string `json:"param"`
	Message  string `json:"message"`
}

func (f *failure) Error() string {
	return fmt.Sprintf("%s %d %s %s %q: %s", f.Class, f.Status, f.Type, f.Code, f.Param, f.Message)
}

const parameters = `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}`
