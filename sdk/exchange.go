package sdk

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/aio-llm/aio/sdk/internal/exchange"
	"github.com/aio-llm/aio/sdk/internal/pb"
)

// maxExchanged is how large a request may be that shares the exchange with others: a larger one would keep
// them waiting, and gets an RPC, whose flow control is its own.
const maxExchanged = 256 << 10

// line is a client's exchange with its plugin, opened for the first call that can use it. It is opened once: if
// it breaks, calls are RPCs from then on.
type line struct {
	ctx     context.Context //nolint:containedctx // the plugin process's, not a call's
	service pb.ExchangeServiceClient
	offered atomic.Bool // the plugin serves it

	once   sync.Once
	caller *exchange.Caller // nil when it could not be opened
	done   sync.WaitGroup
}

// start begins call in the exchange. It reports false when the call must be an RPC.
func (l *line) start(ctx context.Context, method pb.Method, call *Call) (*exchange.Call, bool) {
	if !l.offered.Load() || len(call.Body) > maxExchanged {
		return nil, false
	}
	l.once.Do(l.open)
	if l.caller == nil {
		return nil, false
	}
	info := call.toPB()
	request := pooled(requestSize(info, call.Body))
	defer mem.DefaultBufferPool().Put(request)
	*request = appendRequest((*request)[:0], info, call.Body)
	return l.caller.Start(ctx, method, *request)
}

// openLimit bounds the opening. Nothing is waited for but a connection that Describe has used before.
const openLimit = 5 * time.Second

func (l *line) open() {
	ctx, cancel := context.WithCancel(l.ctx)
	late := time.AfterFunc(openLimit, cancel)
	stream, err := l.service.Exchange(ctx)
	if err != nil || !late.Stop() {
		cancel()
		return
	}
	l.caller = exchange.NewCaller(stream, MaxMessage)
	l.done.Go(func() {
		_ = l.caller.Run(cancel) // every call in it is told
	})
}

// exchanged reads a unary call's reply.
func exchanged(ctx context.Context, x *exchange.Call) (*Reply, error) {
	defer x.Release()
	raw, err := x.Recv()
	if errors.Is(err, io.EOF) {
		err = status.Error(codes.Internal, "the plugin ended the call without a reply")
	}
	if err != nil {
		return nil, fromStatus(ctx, err)
	}
	var out pb.ChatResponse
	if err := takeReply(raw, &out); err != nil {
		return nil, fromStatus(ctx, status.Error(codes.Internal, "the plugin's reply cannot be read: "+err.Error()))
	}
	return &Reply{Body: out.GetBody(), Info: replyInfoFromPB(out.GetInfo())}, nil
}

// exchangeSource is a stream in the exchange.
type exchangeSource struct {
	call *exchange.Call
	msg  pb.ChatStreamResponse
}

func (s *exchangeSource) next() (*pb.ChatStreamResponse, error) {
	raw, err := s.call.Recv()
	if err != nil {
		return nil, err
	}
	s.msg.Chunks, s.msg.HasContent, s.msg.Alive, s.msg.End = nil, false, false, nil
	if err := readBatch(raw, &s.msg); err != nil {
		return nil, status.Error(codes.Internal, "a message of the plugin cannot be read: "+err.Error())
	}
	return &s.msg, nil
}

func (s *exchangeSource) release() { s.call.Release() }

// Exchange implements the contract.
func (s *server) Exchange(stream grpc.BidiStreamingServer[pb.ExchangeRequest, pb.ExchangeResponse]) error {
	return exchange.Answer(stream.Context(), stream, streamWorkers, s.exchanged)
}

func (s *server) exchanged(ctx context.Context, method pb.Method, request []byte, send func([]byte) error) ([]byte, error) {
	var info *pb.CallInfo
	var body []byte
	if err := readRequest(request, &info, &body); err != nil {
		return nil, status.Error(codes.InvalidArgument, "the request cannot be read: "+err.Error())
	}
	switch method {
	case pb.Method_METHOD_CHAT:
		reply, err := s.Chat(ctx, &pb.ChatRequest{Call: info, Body: body})
		if err != nil {
			return nil, err
		}
		return appendReply(make([]byte, 0, replySize(reply)), reply), nil
	case pb.Method_METHOD_CHAT_STREAM:
		b := s.buffers.get()
		defer s.buffers.put(b)
		return nil, s.stream(ctx, callFromPB(info, body), b, func(m *pb.ChatStreamResponse) error {
			b.message = appendBatch(b.message[:0], m)
			return send(b.message)
		})
	default:
		return nil, status.Error(codes.Unimplemented, "the method is not known here")
	}
}

// buffers are the memory of one stream in a plugin: what gathers, and what is on its way out.
type buffers struct{ pending, message []byte }

// bufferPool keeps them for the next stream: growing them anew was a tenth of a short stream's cost.
type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) get() *buffers {
	if b, ok := p.pool.Get().(*buffers); ok {
		return b
	}
	return new(buffers)
}

func (p *bufferPool) put(b *buffers) {
	if cap(b.pending) <= heldBytes && cap(b.message) <= heldBytes { // one large event must not stay for ever
		p.pool.Put(b)
	}
}
