package sdk

import (
	"math"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/aio-llm/aio/sdk/internal/exchange"
	"github.com/aio-llm/aio/sdk/internal/pb"
	"github.com/aio-llm/aio/sdk/internal/wire"
)

// codec writes and reads what gRPC's own protobuf codec does, byte for byte compatible. The four messages of
// the hot path it handles without reflection and without copying their payload once more (measured: a tenth
// of a unary call's CPU, host and plugin together); all others it leaves to gRPC's.
//
// A field added to one of these messages must be added here: a test counts them.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	switch m := v.(type) {
	case *exchange.Bundle:
		return m.Wire(), nil
	case *pb.ChatRequest:
		b := pooled(requestSize(m.GetCall(), m.GetBody()))
		*b = appendRequest((*b)[:0], m.GetCall(), m.GetBody())
		return wired(b), nil
	case *pb.ChatStreamRequest:
		b := pooled(requestSize(m.GetCall(), m.GetBody()))
		*b = appendRequest((*b)[:0], m.GetCall(), m.GetBody())
		return wired(b), nil
	case *pb.ChatResponse:
		b := pooled(replySize(m))
		*b = appendReply((*b)[:0], m)
		return wired(b), nil
	case *pb.ChatStreamResponse:
		b := pooled(len(m.GetChunks()) + infoSize(m.GetEnd()) + 24)
		*b = appendBatch((*b)[:0], m)
		return wired(b), nil
	default:
		return c.CodecV2.Marshal(v)
	}
}

func pooled(size int) *[]byte { return mem.DefaultBufferPool().Get(size) }
func wired(b *[]byte) mem.BufferSlice {
	return mem.BufferSlice{mem.NewBuffer(b, mem.DefaultBufferPool())}
}

func replySize(m *pb.ChatResponse) int { return len(m.GetBody()) + infoSize(m.GetInfo()) + 16 }

func appendReply(out []byte, m *pb.ChatResponse) []byte {
	return appendInfo(wire.AppendBytes(out, 1, m.GetBody()), 2, m.GetInfo())
}

func appendBatch(out []byte, m *pb.ChatStreamResponse) []byte {
	out = wire.AppendBytes(out, 1, m.GetChunks())
	out = wire.AppendBool(out, 2, m.GetHasContent())
	out = wire.AppendBool(out, 3, m.GetAlive())
	return appendInfo(out, 4, m.GetEnd())
}

func requestSize(c *pb.CallInfo, body []byte) int {
	return len(c.GetRequestId()) + len(c.GetAttemptId()) + len(c.GetModel()) + len(c.GetKey()) + len(body) + 96
}

func appendRequest(out []byte, c *pb.CallInfo, body []byte) []byte {
	if c != nil {
		var scratch [48]byte
		d := c.GetDeadlines()
		deadlines := appendInt(appendInt(appendInt(scratch[:0], 1, d.GetConnectMs()), 2, d.GetFirstTokenMs()), 3, d.GetStallMs())
		size := wire.SizeBytes(c.GetRequestId()) + wire.SizeBytes(c.GetAttemptId()) + wire.SizeBytes(c.GetModel()) + wire.SizeBytes(c.GetKey())
		if d != nil {
			size += 1 + protowire.SizeBytes(len(deadlines))
		}
		out = wire.AppendHead(out, 1, size)
		out = wire.AppendBytes(out, 1, c.GetRequestId())
		out = wire.AppendBytes(out, 2, c.GetAttemptId())
		out = wire.AppendBytes(out, 3, c.GetModel())
		out = wire.AppendBytes(out, 4, c.GetKey())
		if d != nil {
			out = append(wire.AppendHead(out, 5, len(deadlines)), deadlines...)
		}
	}
	return wire.AppendBytes(out, 2, body)
}

func infoSize(i *pb.ReplyInfo) int {
	if i == nil {
		return 0
	}
	if rare(i) {
		return proto.Size(i) + 8
	}
	return len(i.GetServedModel()) + len(i.GetUpstreamRequestId()) + len(i.GetFinishReason()) + 128
}

// rare tells replies with lists, which reflection may write.
func rare(i *pb.ReplyInfo) bool { return len(i.GetDropped()) > 0 || i.GetRateLimits() != nil }

func appendInfo(out []byte, field byte, i *pb.ReplyInfo) []byte {
	if i == nil {
		return out
	}
	if rare(i) {
		raw, err := proto.Marshal(i)
		if err != nil {
			raw = nil // its texts are tidied before: they are valid
		}
		return append(wire.AppendHead(out, field, len(raw)), raw...)
	}
	var scratch [96]byte
	usage := scratch[:0]
	if u := i.GetUsage(); u != nil {
		usage = appendInt(usage, 1, u.GetPromptTokens())
		usage = appendInt(usage, 2, u.GetCompletionTokens())
		usage = appendInt(usage, 3, u.GetTotalTokens())
		usage = appendInt(usage, 4, u.GetCachedTokens())
		usage = appendInt(usage, 5, u.GetReasoningTokens())
		if u.CostUsd != nil {
			usage = protowire.AppendFixed64(protowire.AppendTag(usage, 6, protowire.Fixed64Type), math.Float64bits(u.GetCostUsd()))
		}
	}
	size := wire.SizeBytes(i.GetServedModel()) + wire.SizeBytes(i.GetUpstreamRequestId()) + wire.SizeBytes(i.GetFinishReason())
	if i.GetUsage() != nil {
		size += 1 + protowire.SizeBytes(len(usage))
	}
	out = wire.AppendHead(out, field, size)
	out = wire.AppendBytes(out, 1, i.GetServedModel())
	out = wire.AppendBytes(out, 2, i.GetUpstreamRequestId())
	out = wire.AppendBytes(out, 3, i.GetFinishReason())
	if i.GetUsage() != nil {
		out = append(wire.AppendHead(out, 4, len(usage)), usage...)
	}
	return out
}

// appendInt writes a signed number as protobuf does: a negative one takes ten bytes.
func appendInt(out []byte, field byte, v int64) []byte { return wire.AppendInt(out, field, uint64(v)) }
