package sdk

import (
	"math"
	"unsafe"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/aio-llm/aio/sdk/internal/exchange"
	"github.com/aio-llm/aio/sdk/internal/pb"
	"github.com/aio-llm/aio/sdk/internal/wire"
)

// Unmarshal implements encoding.CodecV2. The payload and the strings of a request are views into the one
// buffer that the message is gathered into.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	switch m := v.(type) {
	case *pb.ChatRequest:
		return readRequest(data.Materialize(), &m.Call, &m.Body)
	case *pb.ChatStreamRequest:
		return readRequest(data.Materialize(), &m.Call, &m.Body)
	case *exchange.Bundle:
		m.Take(data)
		return nil
	case *pb.ChatResponse:
		return takeReply(data.Materialize(), m)
	case *pb.ChatStreamResponse:
		return readBatch(data.Materialize(), m)
	case *inbox:
		return m.take(data)
	default:
		return c.CodecV2.Unmarshal(data, v)
	}
}

func takeReply(data []byte, m *pb.ChatResponse) error {
	return eachField(data, func(field protowire.Number, b []byte, _ uint64) (err error) {
		switch field {
		case 1:
			m.Body = b
		case 2:
			m.Info, err = readInfo(b)
		}
		return err
	})
}

func readBatch(data []byte, m *pb.ChatStreamResponse) error {
	return eachField(data, func(field protowire.Number, b []byte, n uint64) (err error) {
		switch field {
		case 1:
			m.Chunks = b
		case 2:
			m.HasContent = n != 0
		case 3:
			m.Alive = n != 0
		case 4:
			m.End, err = readInfo(b)
		}
		return err
	})
}

// inbox takes one message of a stream after the other into the same memory: a stream's chunks are small and
// many, and making room for each anew cost the host a tenth of its work.
type inbox struct {
	msg  pb.ChatStreamResponse
	wire []byte // what msg.Chunks is a view of
}

func (i *inbox) take(data mem.BufferSlice) error {
	size := data.Len()
	if cap(i.wire) < size || cap(i.wire) > heldBytes { // one large message must not stay for the whole stream
		i.wire = make([]byte, max(size, 512))
	}
	i.wire = i.wire[:size]
	data.CopyTo(i.wire)
	i.msg.Chunks, i.msg.HasContent, i.msg.Alive, i.msg.End = nil, false, false, nil
	return readBatch(i.wire, &i.msg)
}

// eachField calls take for each field with its bytes or its number; the other is zero. Fields of a newer peer
// are passed over.
func eachField(b []byte, take func(field protowire.Number, b []byte, n uint64) error) error {
	for len(b) > 0 {
		field, value, number, rest, err := wire.Next(b)
		if err != nil {
			return err
		}
		b = rest
		if err := take(field, value, number); err != nil {
			return err
		}
	}
	return nil
}

// view is b as a string, without a copy: b is never changed.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func readRequest(data []byte, call **pb.CallInfo, body *[]byte) error {
	return eachField(data, func(field protowire.Number, b []byte, _ uint64) (err error) {
		switch field {
		case 1:
			*call, err = readCall(b)
		case 2:
			*body = b
		}
		return err
	})
}

func readCall(data []byte) (*pb.CallInfo, error) {
	c := new(pb.CallInfo)
	return c, eachField(data, func(field protowire.Number, b []byte, _ uint64) error {
		switch field {
		case 1:
			c.RequestId = view(b)
		case 2:
			c.AttemptId = view(b)
		case 3:
			c.Model = view(b)
		case 4:
			c.Key = view(b)
		case 5:
			d := new(pb.Deadlines)
			c.Deadlines = d
			return eachField(b, func(field protowire.Number, _ []byte, n uint64) error {
				switch field {
				case 1:
					d.ConnectMs = int64(n)
				case 2:
					d.FirstTokenMs = int64(n)
				case 3:
					d.StallMs = int64(n)
				}
				return nil
			})
		}
		return nil
	})
}

func readInfo(data []byte) (*pb.ReplyInfo, error) {
	i := new(pb.ReplyInfo)
	return i, eachField(data, func(field protowire.Number, b []byte, _ uint64) (err error) {
		switch field {
		case 1:
			i.ServedModel = string(b)
		case 2:
			i.UpstreamRequestId = string(b)
		case 3:
			i.FinishReason = string(b)
		case 4:
			i.Usage, err = readUsage(b)
		case 5, 6: // lists: rare, and reflection's business
			raw := protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), b)
			err = proto.UnmarshalOptions{Merge: true}.Unmarshal(raw, i)
		}
		return err
	})
}

func readUsage(data []byte) (*pb.Usage, error) {
	u := new(pb.Usage)
	return u, eachField(data, func(field protowire.Number, _ []byte, n uint64) error {
		switch field {
		case 1:
			u.PromptTokens = int64(n)
		case 2:
			u.CompletionTokens = int64(n)
		case 3:
			u.TotalTokens = int64(n)
		case 4:
			u.CachedTokens = int64(n)
		case 5:
			u.ReasoningTokens = int64(n)
		case 6:
			u.CostUsd = proto.Float64(math.Float64frombits(n))
		}
		return nil
	})
}
