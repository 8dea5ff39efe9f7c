package host

import (
	"context"

	"github.com/aio-llm/aio/sdk"
)

// CallOption changes one request.
type CallOption func(*callOptions)

type callOptions struct {
	id    string
	route string
}

// WithRequestID gives the request an id of the caller's, for Cancel, logs and trails. A second live request
// with the same id is refused.
func WithRequestID(id string) CallOption { return func(o *callOptions) { o.id = id } }

// WithRoute sends the request over a route, or to "provider/model", whatever model its body names.
func WithRoute(name string) CallOption { return func(o *callOptions) { o.route = name } }

// Reply is a whole answer.
type Reply struct {
	// Body is the OpenAI-shaped reply as the upstream wrote it.
	Body []byte
	// Info is what the plugin read out of it.
	Info sdk.ReplyInfo
	// Route says how it came about.
	Route Trail
}

// Completion decodes the body of a chat reply.
func (r *Reply) Completion() (*sdk.ChatCompletion, error) {
	c := new(sdk.ChatCompletion)
	if err := c.UnmarshalJSON(r.Body); err != nil {
		return nil, &Error{Kind: sdk.KindBadReply, Message: "decode the reply: " + err.Error(), Trail: &r.Route, Cause: err}
	}
	return c, nil
}

// Chat answers req in one piece. The error is an *Error, or ErrClosed.
func (h *Host) Chat(ctx context.Context, req *sdk.ChatRequest, opts ...CallOption) (*Reply, error) {
	body, err := encodeChat(req)
	if err != nil {
		return nil, err
	}
	return h.ChatJSON(ctx, body, opts...)
}

// ChatJSON is Chat for a request that is OpenAI JSON already: its bytes travel to the upstream as they are,
// but for what the provider must change. body is kept until the call returns and not modified.
func (h *Host) ChatJSON(ctx context.Context, body []byte, opts ...CallOption) (*Reply, error) {
	req, err := inspectChat(body)
	if err != nil {
		return nil, err
	}
	return h.unary(ctx, req, opts, (*sdk.Client).Chat)
}

// Embed answers an OpenAI embeddings request.
func (h *Host) Embed(ctx context.Context, req *sdk.EmbeddingRequest, opts ...CallOption) (*Reply, error) {
	body, err := req.MarshalJSON()
	if err != nil {
		return nil, badRequest("", "encode the request: %v", err)
	}
	return h.EmbedJSON(ctx, body, opts...)
}

// EmbedJSON is Embed for a request that is OpenAI JSON already.
func (h *Host) EmbedJSON(ctx context.Context, body []byte, opts ...CallOption) (*Reply, error) {
	req, root, err := inspect(body)
	if err != nil {
		return nil, err
	}
	if input := root.Get("input"); !input.Exists() {
		return nil, badRequest("input", `"input" is missing: give a text or a list of texts`)
	}
	req.capability = sdk.CapabilityEmbeddings
	return h.unary(ctx, req, opts, (*sdk.Client).Embed)
}

// CountTokens counts the prompt tokens of a chat request, where the provider can.
func (h *Host) CountTokens(ctx context.Context, req *sdk.ChatRequest, opts ...CallOption) (sdk.TokenCount, error) {
	body, err := encodeChat(req)
	if err != nil {
		return sdk.TokenCount{}, err
	}
	r, err := inspectChat(body)
	if err != nil {
		return sdk.TokenCount{}, err
	}
	r.capability = sdk.CapabilityTokens
	j, err := h.begin(ctx, r, opts)
	if err != nil {
		return sdk.TokenCount{}, err
	}
	a, count, err := run(j, func(a *attempt) (sdk.TokenCount, error) { return answer(a, (*sdk.Client).CountTokens) })
	if err == nil {
		a.succeed(sdk.ReplyInfo{})
	}
	return count, j.end(err)
}

func (h *Host) unary(ctx context.Context, req request, opts []CallOption, call clientCall[*sdk.Reply]) (*Reply, error) {
	j, err := h.begin(ctx, req, opts)
	if err != nil {
		return nil, err
	}
	a, reply, err := run(j, func(a *attempt) (*sdk.Reply, error) { return answer(a, call) })
	if err != nil {
		return nil, j.end(err)
	}
	a.succeed(reply.Info)
	if err := j.end(nil); err != nil {
		return nil, err
	}
	return &Reply{Body: reply.Body, Info: reply.Info, Route: j.trail}, nil
}

// ChatStream answers req as it is produced. Its error covers everything up to the first content: what fails
// later ends the stream with an error. Read the stream to its end or Close it.
func (h *Host) ChatStream(ctx context.Context, req *sdk.ChatRequest, opts ...CallOption) (*Stream, error) {
	body, err := encodeChat(req)
	if err != nil {
		return nil, err
	}
	return h.ChatStreamJSON(ctx, body, opts...)
}

// ChatStreamJSON is ChatStream for a request that is OpenAI JSON already.
func (h *Host) ChatStreamJSON(ctx context.Context, body []byte, opts ...CallOption) (*Stream, error) {
	req, err := inspectChat(body)
	if err != nil {
		return nil, err
	}
	req.stream = true
	j, err := h.begin(ctx, req, opts)
	if err != nil {
		return nil, err
	}
	a, opened, err := run(j, open)
	if err != nil {
		return nil, j.end(err)
	}
	return newStream(j, a, opened), nil
}

func encodeChat(req *sdk.ChatRequest) ([]byte, error) {
	if req == nil {
		return nil, badRequest("", "the request is nil")
	}
	if err := req.Validate(); err != nil {
		return nil, &Error{Kind: sdk.KindBadRequest, Message: err.Error(), Cause: err}
	}
	body, err := req.MarshalJSON()
	if err != nil {
		return nil, badRequest("", "encode the request: %v", err)
	}
	return body, nil
}
