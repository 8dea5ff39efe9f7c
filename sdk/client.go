package sdk

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// Client is a plugin process as its host sees it. Its methods fail with *Error (Configure also with
// *SettingsError) and are safe for concurrent use.
type Client struct {
	line     line
	provider pb.ProviderServiceClient
	models   pb.ModelServiceClient
	embed    pb.EmbeddingServiceClient
	tokens   pb.TokenServiceClient
	keys     pb.KeyServiceClient
}

// Describe asks who the plugin is and which settings it takes.
func (c *Client) Describe(ctx context.Context, hostVersion string) (Description, error) {
	out, err := c.provider.Describe(ctx, &pb.DescribeRequest{HostVersion: hostVersion})
	if err != nil {
		return Description{}, fromStatus(ctx, err)
	}
	if out.GetExchange() {
		c.line.offered.Store(true)
	}
	return Description{
		Name: tidy(out.GetName()), Version: tidy(out.GetVersion()), SDK: tidy(out.GetSdk()), Settings: schemaFromPB(out.GetSettings()),
	}, nil
}

// Configure hands over the settings, a JSON object, and returns what the plugin can do with them.
func (c *Client) Configure(ctx context.Context, settings Settings) ([]Capability, error) {
	out, err := c.provider.Configure(ctx, &pb.ConfigureRequest{SettingsJson: settings})
	if err != nil {
		return nil, fromStatus(ctx, err)
	}
	if len(out.GetProblems()) > 0 {
		refused := &SettingsError{}
		for _, p := range out.GetProblems() {
			refused.Problems = append(refused.Problems, SettingProblem{Path: p.GetPath(), Message: tidy(p.GetMessage())})
		}
		return nil, refused
	}
	var can []Capability
	for _, c := range out.GetCapabilities() {
		if name, ok := capabilityNames[c]; ok {
			can = append(can, name)
		}
	}
	return can, nil
}

// Health returns nil while the plugin answers.
func (c *Client) Health(ctx context.Context) error {
	_, err := c.provider.Health(ctx, &pb.HealthRequest{})
	return fromStatus(ctx, err)
}

// Chat makes one call and returns its whole reply.
func (c *Client) Chat(ctx context.Context, call *Call) (*Reply, error) {
	if x, ok := c.line.start(ctx, pb.Method_METHOD_CHAT, call); ok {
		return exchanged(ctx, x)
	}
	out, err := c.provider.Chat(ctx, &pb.ChatRequest{Call: call.toPB(), Body: call.Body})
	if err != nil {
		return nil, fromStatus(ctx, err)
	}
	return &Reply{Body: out.GetBody(), Info: replyInfoFromPB(out.GetInfo())}, nil
}

// ChatStream makes one call and returns its stream. Cancel ctx to end it early; it must be read to its end
// or canceled.
func (c *Client) ChatStream(ctx context.Context, call *Call) (*ClientStream, error) {
	if x, ok := c.line.start(ctx, pb.Method_METHOD_CHAT_STREAM, call); ok {
		return &ClientStream{ctx: ctx, source: &exchangeSource{call: x}}, nil
	}
	stream, err := c.provider.ChatStream(ctx, &pb.ChatStreamRequest{Call: call.toPB(), Body: call.Body})
	if err != nil {
		return nil, fromStatus(ctx, err)
	}
	return &ClientStream{ctx: ctx, source: &rpcSource{stream: stream}}, nil
}

// ListModels lists the upstream's models.
func (c *Client) ListModels(ctx context.Context, call *Call) ([]Model, error) {
	out, err := c.models.ListModels(ctx, &pb.ListModelsRequest{Call: call.toPB()})
	if err != nil {
		return nil, fromStatus(ctx, err)
	}
	return modelsFromPB(out.GetModels()), nil
}

// Embed answers an embeddings request.
func (c *Client) Embed(ctx context.Context, call *Call) (*Reply, error) {
	out, err := c.embed.Embed(ctx, &pb.EmbedRequest{Call: call.toPB(), Body: call.Body})
	if err != nil {
		return nil, fromStatus(ctx, err)
	}
	return &Reply{Body: out.GetBody(), Info: replyInfoFromPB(out.GetInfo())}, nil
}

// CountTokens counts the prompt tokens of a chat request.
func (c *Client) CountTokens(ctx context.Context, call *Call) (TokenCount, error) {
	out, err := c.tokens.CountTokens(ctx, &pb.CountTokensRequest{Call: call.toPB(), Body: call.Body})
	if err != nil {
		return TokenCount{}, fromStatus(ctx, err)
	}
	return TokenCount{Tokens: clamp(out.GetTokens(), maxTokens), Estimated: out.GetEstimated()}, nil
}

// ValidateKey checks the call's key.
func (c *Client) ValidateKey(ctx context.Context, call *Call) (string, error) {
	out, err := c.keys.ValidateKey(ctx, &pb.ValidateKeyRequest{Call: call.toPB()})
	if err != nil {
		return "", fromStatus(ctx, err)
	}
	return tidy(out.GetNote()), nil
}

// Batch is a piece of a stream: several chunks, a sign of life, or the end.
type Batch struct {
	// Chunks are JSON chunks, each followed by a newline; the last may be continued by the next Batch. The
	// bytes are valid until the next Recv.
	Chunks []byte
	// Content says that content has begun, in this batch or an earlier one.
	Content bool
	// Alive says only that the plugin is still waiting for the upstream.
	Alive bool
	// End is set on the last batch of a stream that really finished.
	End *ReplyInfo
}

// ClientStream is a stream on its way in. It is for one goroutine.
type ClientStream struct {
	ctx    context.Context //nolint:containedctx // the call's, to tell the caller's end from the plugin's
	source source
	ended  bool
}

// source is where a stream's messages come from.
type source interface {
	// next returns a message, which is valid until the one after it; io.EOF after the last, or a gRPC status.
	next() (*pb.ChatStreamResponse, error)
	// release gives it up behind the last message of interest.
	release()
}

// Recv returns the next batch; io.EOF after the one with End. A stream that stops without End is an error.
func (s *ClientStream) Recv() (Batch, error) {
	if s.ended {
		return Batch{}, io.EOF
	}
	msg, err := s.source.next()
	if errors.Is(err, io.EOF) {
		return Batch{}, &Error{Kind: KindBrokenStream, Certainty: ResponseStarted, Message: "the plugin ended the stream before its end"}
	}
	if err != nil {
		return Batch{}, fromStatus(s.ctx, err)
	}
	batch := Batch{Chunks: msg.GetChunks(), Content: msg.GetHasContent(), Alive: msg.GetAlive()}
	if msg.GetEnd() != nil {
		info := replyInfoFromPB(msg.GetEnd())
		batch.End, s.ended = &info, true
		s.source.release()
	}
	return batch, nil
}

// rpcSource is a ChatStream RPC.
type rpcSource struct {
	stream grpc.ClientStream
	inbox  inbox
}

func (s *rpcSource) next() (*pb.ChatStreamResponse, error) {
	if err := s.stream.RecvMsg(&s.inbox); err != nil {
		return nil, err
	}
	return &s.inbox.msg, nil
}

// release reads past the end, so that gRPC can close the call behind it. The message goes elsewhere than the
// last, which its reader still has.
func (s *rpcSource) release() { _ = s.stream.RecvMsg(new(inbox)) }
