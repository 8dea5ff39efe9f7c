package sdk

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// server answers the contract for one Plugin. The Provider is opened by Configure.
type server struct {
	pb.UnimplementedProviderServiceServer
	pb.UnimplementedModelServiceServer
	pb.UnimplementedEmbeddingServiceServer
	pb.UnimplementedTokenServiceServer
	pb.UnimplementedKeyServiceServer
	pb.UnimplementedExchangeServiceServer

	plugin Plugin
	log    hclog.Logger

	buffers bufferPool

	mu       sync.RWMutex
	provider Provider
}

func newServer(p Plugin, log hclog.Logger) *server { return &server{plugin: p, log: log} }

func (s *server) register(r grpc.ServiceRegistrar) {
	pb.RegisterProviderServiceServer(r, s)
	pb.RegisterModelServiceServer(r, s)
	pb.RegisterEmbeddingServiceServer(r, s)
	pb.RegisterTokenServiceServer(r, s)
	pb.RegisterKeyServiceServer(r, s)
	pb.RegisterExchangeServiceServer(r, s)
}

// Describe implements the contract.
func (s *server) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	return &pb.DescribeResponse{
		Name: s.plugin.Name, Version: s.plugin.Version, Sdk: SDKVersion, Settings: s.plugin.Settings.toPB(), Exchange: true,
	}, nil
}

// Configure implements the contract.
func (s *server) Configure(ctx context.Context, req *pb.ConfigureRequest) (*pb.ConfigureResponse, error) {
	provider, err := s.plugin.Open(ctx, Setup{Settings: Settings(req.GetSettingsJson()), Log: s.log})
	var refused *SettingsError
	if errors.As(err, &refused) {
		out := &pb.ConfigureResponse{}
		for _, p := range refused.Problems {
			out.Problems = append(out.Problems, &pb.SettingProblem{Path: p.Path, Message: tidy(p.Message)})
		}
		return out, nil
	}
	if err != nil {
		return nil, toStatus(err, Secret{})
	}
	if !answersChat(provider) {
		return nil, toStatus(errNoChat, Secret{})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider != nil {
		return nil, toStatus(Errorf(KindInternal, "provider %s is configured already", s.plugin.Name), Secret{})
	}
	s.provider = provider
	out := &pb.ConfigureResponse{}
	for _, c := range capabilitiesOf(provider) {
		out.Capabilities = append(out.Capabilities, toEnum(capabilityNames, c))
	}
	return out, nil
}

// Health implements the contract.
func (s *server) Health(context.Context, *pb.HealthRequest) (*pb.HealthResponse, error) {
	return &pb.HealthResponse{}, nil
}

// Chat implements the contract.
func (s *server) Chat(ctx context.Context, req *pb.ChatRequest) (*pb.ChatResponse, error) {
	call := callFromPB(req.GetCall(), req.GetBody())
	reply, err := unary(ctx, s, call, func(ctx context.Context, p Provider) (*Reply, error) { return chat(ctx, p, call) })
	if err != nil {
		return nil, err
	}
	return &pb.ChatResponse{Body: reply.Body, Info: reply.Info.toPB()}, nil
}

// ChatStream implements the contract.
func (s *server) ChatStream(req *pb.ChatStreamRequest, stream grpc.ServerStreamingServer[pb.ChatStreamResponse]) error {
	b := s.buffers.get()
	defer s.buffers.put(b)
	return s.stream(stream.Context(), callFromPB(req.GetCall(), req.GetBody()), b, stream.Send)
}

// stream makes one streaming call. Its chunks gather in b.
func (s *server) stream(ctx context.Context, call *Call, b *buffers, emit func(*pb.ChatStreamResponse) error) error {
	provider, err := s.opened()
	if err != nil {
		return toStatus(err, call.Key)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := &Sender{emit: emit, pending: b.pending}
	defer func() { b.pending = out.reclaim() }()
	out.startWatch(call.Deadlines, cancel)
	info, err := guard(s.log, call.Key, func() (*ReplyInfo, error) { return chatStream(ctx, provider, call, out) })
	out.stopWatch()
	if err != nil {
		out.drain()
		return toStatus(blame(ctx, err), call.Key)
	}
	return out.end(info)
}

// ListModels implements the contract.
func (s *server) ListModels(ctx context.Context, req *pb.ListModelsRequest) (*pb.ListModelsResponse, error) {
	call := callFromPB(req.GetCall(), nil)
	models, err := unary(ctx, s, call, func(ctx context.Context, p Provider) ([]Model, error) {
		lister, ok := p.(ModelLister)
		if !ok {
			return nil, s.cannot("list models")
		}
		return lister.ListModels(ctx, call)
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListModelsResponse{Models: modelsToPB(models)}, nil
}

// Embed implements the contract.
func (s *server) Embed(ctx context.Context, req *pb.EmbedRequest) (*pb.EmbedResponse, error) {
	call := callFromPB(req.GetCall(), req.GetBody())
	reply, err := unary(ctx, s, call, func(ctx context.Context, p Provider) (*Reply, error) {
		embedder, ok := p.(Embedder)
		if !ok {
			return nil, s.cannot("embed")
		}
		return embedder.Embed(ctx, call)
	})
	if err != nil {
		return nil, err
	}
	return &pb.EmbedResponse{Body: reply.Body, Info: reply.Info.toPB()}, nil
}

// CountTokens implements the contract.
func (s *server) CountTokens(ctx context.Context, req *pb.CountTokensRequest) (*pb.CountTokensResponse, error) {
	call := callFromPB(req.GetCall(), req.GetBody())
	count, err := unary(ctx, s, call, func(ctx context.Context, p Provider) (TokenCount, error) {
		counter, ok := p.(TokenCounter)
		if !ok {
			return TokenCount{}, s.cannot("count tokens")
		}
		return counter.CountTokens(ctx, call)
	})
	if err != nil {
		return nil, err
	}
	return &pb.CountTokensResponse{Tokens: count.Tokens, Estimated: count.Estimated}, nil
}

// ValidateKey implements the contract.
func (s *server) ValidateKey(ctx context.Context, req *pb.ValidateKeyRequest) (*pb.ValidateKeyResponse, error) {
	call := callFromPB(req.GetCall(), nil)
	note, err := unary(ctx, s, call, func(ctx context.Context, p Provider) (string, error) {
		validator, ok := p.(KeyValidator)
		if !ok {
			return "", s.cannot("validate keys")
		}
		return validator.ValidateKey(ctx, call)
	})
	if err != nil {
		return nil, err
	}
	return &pb.ValidateKeyResponse{Note: tidy(call.Key.Redact(note))}, nil
}

// unary runs one call under its first-token deadline and turns every way of failing into a status.
func unary[T any](ctx context.Context, s *server, call *Call, do func(context.Context, Provider) (T, error)) (T, error) {
	var none T
	provider, err := s.opened()
	if err != nil {
		return none, toStatus(err, call.Key)
	}
	if limit := call.Deadlines.FirstToken; limit > 0 {
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		late := time.AfterFunc(limit, func() { cancel(timedOut("no reply", limit)) })
		defer func() {
			late.Stop()
			cancel(nil)
		}()
	}
	out, err := guard(s.log, call.Key, func() (T, error) { return do(ctx, provider) })
	if err != nil {
		return none, toStatus(blame(ctx, err), call.Key)
	}
	return out, nil
}

func timedOut(what string, limit time.Duration) *Error {
	return &Error{Kind: KindTimeout, Message: what + " within " + limit.String()}
}

// blame prefers the deadline that ended the call to the context error it caused.
func blame(ctx context.Context, err error) error {
	e := AsError(err)
	var deadline *Error
	if ctx.Err() == nil || !errors.As(context.Cause(ctx), &deadline) {
		return e
	}
	switch e.Kind {
	case KindCanceled, KindTimeout, KindNetwork, KindBrokenStream, KindUnknown:
		told := *deadline
		told.Certainty = max(told.Certainty, e.Certainty)
		return &told
	default:
		return e
	}
}

func (s *server) opened() (Provider, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.provider == nil {
		return nil, Errorf(KindInternal, "provider %s was called before it was configured", s.plugin.Name)
	}
	return s.provider, nil
}

func (s *server) cannot(what string) error {
	return &Error{Kind: KindUnsupported, Certainty: NotSent, Message: "provider " + s.plugin.Name + " cannot " + what}
}

func (s *server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.provider.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
