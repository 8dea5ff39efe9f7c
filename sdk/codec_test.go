package sdk

import (
	"bytes"
	"testing"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

func hotMessages() []proto.Message {
	call := &pb.CallInfo{RequestId: "r", AttemptId: "r-1", Model: "m/ü", Key: "k", Deadlines: &pb.Deadlines{ConnectMs: 1, FirstTokenMs: -1, StallMs: 1 << 40}}
	usage := &pb.Usage{PromptTokens: 1, CompletionTokens: 2, TotalTokens: 3, CachedTokens: 4, ReasoningTokens: -5, CostUsd: proto.Float64(0)}
	info := &pb.ReplyInfo{ServedModel: "s", UpstreamRequestId: "u", FinishReason: "stop", Usage: usage}
	full := proto.CloneOf(info)
	full.Dropped = []*pb.Dropped{{Path: "a", Reason: "b"}, {Path: "c"}}
	full.RateLimits = &pb.RateLimits{Limits: []*pb.RateLimit{{Unit: pb.RateLimit_UNIT_TOKENS, Limit: 5}}}
	return []proto.Message{
		&pb.ChatRequest{}, &pb.ChatRequest{Call: &pb.CallInfo{}}, &pb.ChatRequest{Call: call, Body: []byte(`{"a":1}`)},
		&pb.ChatRequest{Call: &pb.CallInfo{Deadlines: &pb.Deadlines{}}, Body: make([]byte, 1<<20)},
		&pb.ChatStreamRequest{Call: call, Body: []byte(`{}`)},
		&pb.ChatResponse{}, &pb.ChatResponse{Body: []byte(`{}`), Info: info}, &pb.ChatResponse{Info: full}, &pb.ChatResponse{Info: &pb.ReplyInfo{Usage: &pb.Usage{}}},
		&pb.ChatStreamResponse{}, &pb.ChatStreamResponse{Alive: true}, &pb.ChatStreamResponse{Chunks: []byte("{}\n"), HasContent: true, End: info},
		&pb.ChatStreamResponse{End: full}, &pb.ChatStreamResponse{End: &pb.ReplyInfo{}},
	}
}

// What one codec writes the other reads: peers of any make understand each other.
func TestCodecIsProtobuf(t *testing.T) {
	t.Parallel()
	ours, theirs := newCodec(), encoding.GetCodecV2("proto")
	for i, m := range hotMessages() {
		for name, pair := range map[string][2]encoding.CodecV2{"ours to theirs": {ours, theirs}, "theirs to ours": {theirs, ours}, "ours to ours": {ours, ours}} {
			wire, err := pair[0].Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			got := m.ProtoReflect().New().Interface()
			if err := pair[1].Unmarshal(wire, got); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(m, got) {
				t.Errorf("message %d, %s:\n got %v\nwant %v", i, name, got, m)
			}
		}
	}
}

// The hand-written messages have no field that the codec does not know.
func TestCodecKnowsEveryField(t *testing.T) {
	t.Parallel()
	for m, fields := range map[proto.Message]int{
		&pb.ChatRequest{}: 2, &pb.ChatStreamRequest{}: 2, &pb.ChatResponse{}: 2, &pb.ChatStreamResponse{}: 4,
		&pb.CallInfo{}: 5, &pb.Deadlines{}: 3, &pb.ReplyInfo{}: 6, &pb.Usage{}: 6,
	} {
		d := m.ProtoReflect().Descriptor()
		if got := d.Fields().Len(); got != fields {
			t.Errorf("%s has %d fields, the codec knows %d", d.Name(), got, fields)
		}
		for i := range d.Fields().Len() {
			if f := d.Fields().Get(i); f.Number() > 15 || f.Kind() == protoreflect.GroupKind {
				t.Errorf("%s.%s: the codec writes one-byte tags", d.Name(), f.Name())
			}
		}
	}
}

// Whatever a peer sends, the codec reads what protobuf reads of it, or refuses it; it never panics.
func FuzzCodec(f *testing.F) {
	for _, m := range hotMessages() {
		if raw, err := proto.Marshal(m); err == nil && len(raw) < 1<<10 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := newCodec()
		for _, m := range []proto.Message{&pb.ChatRequest{}, &pb.ChatStreamRequest{}, &pb.ChatResponse{}, &pb.ChatStreamResponse{}} {
			err := c.Unmarshal(mem.BufferSlice{mem.SliceBuffer(raw)}, m)
			if err != nil {
				if proto.Unmarshal(raw, m.ProtoReflect().New().Interface()) == nil {
					t.Errorf("%T: refused what protobuf takes: %v", m, err)
				}
				continue
			}
			if _, err := c.Marshal(m); err != nil {
				t.Errorf("%T: cannot write what it read: %v", m, err)
			}
		}
	})
}

// One inbox takes a stream's messages one after the other: nothing of one shows in the next, and a large one
// does not stay.
func TestInbox(t *testing.T) {
	t.Parallel()
	c := newCodec()
	var in inbox
	for i, m := range []*pb.ChatStreamResponse{
		{Chunks: []byte("{\"a\":1}\n"), HasContent: true},
		{Alive: true},
		{Chunks: bytes.Repeat([]byte{'x'}, 1<<20)},
		{Chunks: []byte("{}\n"), HasContent: true, End: &pb.ReplyInfo{FinishReason: "stop", Usage: &pb.Usage{PromptTokens: 1}}},
		{},
	} {
		wire, err := c.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Unmarshal(wire, &in); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(m, &in.msg) {
			t.Errorf("message %d: got %v, want %v", i, &in.msg, m)
		}
	}
	if cap(in.wire) > heldBytes {
		t.Errorf("%d bytes are kept", cap(in.wire))
	}
	if err := c.Unmarshal(mem.BufferSlice{mem.SliceBuffer{0x0a, 0x7f}}, &in); err == nil {
		t.Error("half a message was taken")
	}
}
