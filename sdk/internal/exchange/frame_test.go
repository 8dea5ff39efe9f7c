package exchange

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

func hostFrames() []hostFrame {
	return []hostFrame{
		{}, {call: 1, method: pb.Method_METHOD_CHAT, request: []byte("request"), timeout: time.Minute},
		{call: 1 << 63, granted: 1 << 40}, {call: 300, cancel: true},
	}
}

func pluginFrames() []pluginFrame {
	return []pluginFrame{
		{}, {call: 1, message: []byte("message"), more: true}, {call: 1 << 63, message: make([]byte, 300), end: true}, {call: 2, end: true, status: []byte("status")},
	}
}

// What is written by hand is what protobuf writes, and what protobuf writes is read.
func TestFramesAreProtobuf(t *testing.T) {
	t.Parallel()
	var request pb.ExchangeRequest
	var raw []byte
	for _, f := range hostFrames() {
		request.Frames = append(request.Frames, &pb.HostFrame{
			Call: f.call, Method: f.method, Request: f.request, TimeoutUs: uint64(f.timeout.Microseconds()), Granted: f.granted, Cancel: f.cancel,
		})
		before := len(raw)
		raw = f.append(raw)
		if size := len(raw) - before; size < f.size() || size > f.size()+headBytes {
			t.Errorf("%d bytes, said %d", size, f.size())
		}
	}
	var got pb.ExchangeRequest
	if err := proto.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&request, &got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	raw, _ = proto.Marshal(&request)
	var frames []hostFrame
	if err := each(raw, func(f *hostFrame) error { frames = append(frames, *f); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hostFrames(), frames, cmp.AllowUnexported(hostFrame{})); diff != "" {
		t.Error(diff)
	}
}

func TestPluginFramesAreProtobuf(t *testing.T) {
	t.Parallel()
	var response pb.ExchangeResponse
	var raw []byte
	for _, f := range pluginFrames() {
		response.Frames = append(response.Frames, &pb.PluginFrame{Call: f.call, Message: f.message, More: f.more, End: f.end, Status: f.status})
		raw = f.append(raw)
	}
	var got pb.ExchangeResponse
	if err := proto.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&response, &got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	raw, _ = proto.Marshal(&response)
	var frames []pluginFrame
	if err := each(raw, func(f *pluginFrame) error { frames = append(frames, *f); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pluginFrames(), frames, cmp.AllowUnexported(pluginFrame{})); diff != "" {
		t.Error(diff)
	}
}

// No field is without a place here.
func TestFramesKnowEveryField(t *testing.T) {
	t.Parallel()
	for m, fields := range map[proto.Message]int{&pb.HostFrame{}: 6, &pb.PluginFrame{}: 5, &pb.ExchangeRequest{}: 1, &pb.ExchangeResponse{}: 1} {
		if got := m.ProtoReflect().Descriptor().Fields().Len(); got != fields {
			t.Errorf("%T has %d fields, %d are known", m, got, fields)
		}
	}
}

// A bundle's memory serves the next message, unless it is large.
func TestBundleMemory(t *testing.T) {
	t.Parallel()
	var b Bundle
	for _, size := range []int{10, keptBytes + 1, 0, 3} {
		want := bytes.Repeat([]byte{byte(size)}, size)
		b.Take(mem.BufferSlice{mem.SliceBuffer(want)})
		if !bytes.Equal(want, b.bytes()) {
			t.Errorf("%d bytes: got %d", size, len(b.bytes()))
		}
	}
	if cap(*b.frames) > keptBytes {
		t.Errorf("%d bytes are kept", cap(*b.frames))
	}
	var p pool
	large := p.Get(10 * bundleBytes)
	p.Put(large)
	if got := p.Get(1); cap(*got) != bundleBytes {
		t.Errorf("a bundle has %d bytes", cap(*got))
	}
}

// Frames are read as protobuf reads them, or refused.
func FuzzFrames(f *testing.F) {
	var host, plugin []byte
	for _, h := range hostFrames() {
		host = h.append(host)
	}
	for _, p := range pluginFrames() {
		plugin = p.append(plugin)
	}
	f.Add(host)
	f.Add(plugin)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var frames []pluginFrame
		if err := each(raw, func(f *pluginFrame) error { frames = append(frames, *f); return nil }); err != nil {
			if proto.Unmarshal(raw, new(pb.ExchangeResponse)) == nil {
				t.Errorf("refused what protobuf takes: %v", err)
			}
			return
		}
		var again []byte
		for _, f := range frames {
			again = f.append(again)
		}
		var reread []pluginFrame
		if err := each(again, func(f *pluginFrame) error { reread = append(reread, *f); return nil }); err != nil || len(reread) != len(frames) {
			t.Errorf("%d frames, then %d: %v", len(frames), len(reread), err)
		}
		_ = each(raw, func(*hostFrame) error { return nil })
	})
}

// Whatever a plugin sends, a call holds no more than its window, and ends.
func FuzzCaller(f *testing.F) {
	for _, p := range pluginFrames() {
		f.Add(p.append(nil))
	}
	f.Add((&pluginFrame{call: 1, message: make([]byte, Window), more: true}).append(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		host, plugin, cut := pipes()
		c := NewCaller(host, testLimit)
		call := start(t, context.WithoutCancel(t.Context()), c, "x")
		if err := plugin.send(raw); err != nil {
			t.Fatal(err)
		}
		close(plugin.out)
		_ = c.Run(cut)
		cut()
		if held := len(call.queue.bytes); held > Window {
			t.Errorf("%d bytes are held", held)
		}
		if _, err := all(call); err == nil && len(raw) == 0 {
			t.Error("a call without an end ended well")
		}
	})
}
