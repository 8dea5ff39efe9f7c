package sdk

import (
	"math"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/aio-llm/aio/sdk/internal/exchange"
	"github.com/aio-llm/aio/sdk/internal/pb"
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
	return appendInfo(appendBytes(out, 1, m.GetBody()), 2, m.GetInfo())
}

func appendBatch(out []byte, m *pb.ChatStreamResponse) []byte {
	out = appendBytes(out, 1, m.GetChunks())
	if m.GetHasContent() {
		out = appendInt(out, 2, 1)
	}
	if m.GetAlive() {
		out = appendInt(out, 3, 1)
	}
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
		size := stringSize(c.GetRequestId()) + stringSize(c.GetAttemptId()) + stringSize(c.GetModel()) + stringSize(c.GetKey())
		if d != nil {
			size += 1 + protowire.SizeBytes(len(deadlines))
		}
		out = appendHead(out, 1, size)
		out = appendString(out, 1, c.GetRequestId())
		out = appendString(out, 2, c.GetAttemptId())
		out = appendString(out, 3, c.GetModel())
		out = appendString(out, 4, c.GetKey())
		if d != nil {
			out = append(appendHead(out, 5, len(deadlines)), deadlines...)
		}
	}
	return appendBytes(out, 2, body)
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
		return append(appendHead(out, field, len(raw)), raw...)
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
	size := stringSize(i.GetServedModel()) + stringSize(i.GetUpstreamRequestId()) + stringSize(i.GetFinishReason())
	if i.GetUsage() != nil {
		size += 1 + protowire.SizeBytes(len(usage))
	}
	out = appendHead(out, field, size)
	out = appendString(out, 1, i.GetServedModel())
	out = appendString(out, 2, i.GetUpstreamRequestId())
	out = appendString(out, 3, i.GetFinishReason())
	if i.GetUsage() != nil {
		out = append(appendHead(out, 4, len(usage)), usage...)
	}
	return out
}

// Field numbers here are below 16, so a tag is one byte.

func appendHead(out []byte, field byte, size int) []byte {
	return protowire.AppendVarint(append(out, field<<3|byte(protowire.BytesType)), uint64(size))
}

func stringSize(s string) int {
	if s == "" {
		return 0
	}
	return 1 + protowire.SizeBytes(len(s))
}

func appendString(out []byte, field byte, s string) []byte {
	if s == "" {
		return out
	}
	return append(appendHead(out, field, len(s)), s...)
}

func appendBytes(out []byte, field byte, b []byte) []byte {
	if len(b) == 0 {
		return out
	}
	return append(appendHead(out, field, len(b)), b...)
}

func appendInt(out []byte, field byte, v int64) []byte {
	if v == 0 {
		return out
	}
	return protowire.AppendVarint(append(out, field<<3|byte(protowire.VarintType)), uint64(v))
}
