package exchange

import (
	"fmt"
	"time"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/aio-llm/aio/sdk/internal/pb"
	"github.com/aio-llm/aio/sdk/internal/wire"
)

const (
	// Window is how many message bytes of one call may be under way without having been granted.
	Window = 32 << 10
	// PieceBytes is how many message bytes one frame carries at most.
	PieceBytes = 16 << 10
)

// hostFrame is a pb.HostFrame.
type hostFrame struct {
	call    uint64
	method  pb.Method
	request []byte
	timeout time.Duration
	granted uint64
	cancel  bool
}

// pluginFrame is a pb.PluginFrame.
type pluginFrame struct {
	call    uint64
	message []byte
	more    bool
	end     bool
	status  []byte
}

// frame is one of the two.
type frame interface {
	// size is how many bytes append appends, and headBytes more at most.
	size() int
	append(out []byte) []byte
}

// headBytes is the most that a bundle has before a frame.
const headBytes = 11

func (f *hostFrame) size() int {
	return wire.SizeInt(f.call) + wire.SizeInt(uint64(f.method)) + wire.SizeBytes(f.request) + wire.SizeInt(f.micros()) + wire.SizeInt(f.granted) + wire.SizeBool(f.cancel)
}

func (f *hostFrame) micros() uint64 { return uint64(max(0, f.timeout.Microseconds())) }

func (f *hostFrame) append(out []byte) []byte {
	out = wire.AppendHead(out, 1, f.size())
	out = wire.AppendInt(out, 1, f.call)
	out = wire.AppendInt(out, 2, uint64(f.method))
	out = wire.AppendBytes(out, 3, f.request)
	out = wire.AppendInt(out, 4, f.micros())
	out = wire.AppendInt(out, 5, f.granted)
	return wire.AppendBool(out, 6, f.cancel)
}

func (f *pluginFrame) size() int {
	return wire.SizeInt(f.call) + wire.SizeBytes(f.message) + wire.SizeBool(f.more) + wire.SizeBool(f.end) + wire.SizeBytes(f.status)
}

func (f *pluginFrame) append(out []byte) []byte {
	out = wire.AppendHead(out, 1, f.size())
	out = wire.AppendInt(out, 1, f.call)
	out = wire.AppendBytes(out, 2, f.message)
	out = wire.AppendBool(out, 3, f.more)
	out = wire.AppendBool(out, 4, f.end)
	return wire.AppendBytes(out, 5, f.status)
}

// maxTimeout is a year: beyond any call, and far from overflowing.
const maxTimeout = 365 * 24 * time.Hour

func (f *hostFrame) field(number protowire.Number, b []byte, n uint64) {
	switch number {
	case 1:
		f.call = n
	case 2:
		f.method = pb.Method(n) //nolint:gosec // an unknown number is refused as a method
	case 3:
		f.request = b
	case 4:
		f.timeout = time.Duration(min(n, uint64(maxTimeout.Microseconds()))) * time.Microsecond //nolint:gosec // bounded
	case 5:
		f.granted = n
	case 6:
		f.cancel = n != 0
	}
}

func (f *pluginFrame) field(number protowire.Number, b []byte, n uint64) {
	switch number {
	case 1:
		f.call = n
	case 2:
		f.message = b
	case 3:
		f.more = n != 0
	case 4:
		f.end = n != 0
	case 5:
		f.status = b
	}
}

func malformed(err error) error { return fmt.Errorf("malformed frame: %w", err) }

// each calls take with each frame in b, a bundle. The frame is take's for the time of the call, and what it
// holds is a view of b.
func each[F any, P interface {
	*F
	field(number protowire.Number, b []byte, n uint64)
}](b []byte, take func(*F) error) error {
	var f, empty F
	for len(b) > 0 {
		number, raw, _, rest, err := wire.Next(b)
		if err != nil {
			return malformed(err)
		}
		b = rest
		if number != 1 {
			continue
		}
		f = empty
		for len(raw) > 0 {
			number, value, n, rest, err := wire.Next(raw)
			if err != nil {
				return malformed(err)
			}
			P(&f).field(number, value, n)
			raw = rest
		}
		if err := take(&f); err != nil {
			return err
		}
	}
	return nil
}

// Bundle is one message of the stream: frames, encoded. It is an ExchangeRequest or an ExchangeResponse.
type Bundle struct {
	frames *[]byte
	pool   mem.BufferPool // where the memory goes when it was sent
}

// Wire is the bundle as it is sent.
func (b *Bundle) Wire() mem.BufferSlice { return mem.BufferSlice{mem.NewBuffer(b.frames, b.pool)} }

// keptBytes is how large a Bundle's memory may stay between messages.
const keptBytes = 256 << 10

// Take makes the bundle what was received, in the memory of the one before it.
func (b *Bundle) Take(data mem.BufferSlice) {
	size := data.Len()
	if b.frames == nil {
		b.frames = new([]byte)
	}
	if cap(*b.frames) < size || cap(*b.frames) > keptBytes {
		*b.frames = make([]byte, max(size, 4<<10))
	}
	*b.frames = (*b.frames)[:size]
	data.CopyTo(*b.frames)
}

// bytes are the frames.
func (b *Bundle) bytes() []byte {
	if b.frames == nil {
		return nil
	}
	return *b.frames
}
