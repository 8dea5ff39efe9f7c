package sdktest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// Transcript is a stream as its caller saw it.
type Transcript struct {
	// Lines are the chunks, one JSON document each.
	Lines [][]byte
	// Info came with the end; nil when the stream did not end well.
	Info *sdk.ReplyInfo
	// Err is why it did not.
	Err error

	bench   *Bench
	stream  *sdk.ClientStream
	acc     sdk.Accumulator
	partial []byte
	content bool // a chunk with content came
	told    bool // the plugin said that content has begun
}

// Stream makes a streamed call and reads it to its end.
func (b *Bench) Stream(ctx context.Context, call *sdk.Call) *Transcript {
	t := b.Start(ctx, call)
	t.Rest()
	return t
}

// Start makes a streamed call and reads nothing yet.
func (b *Bench) Start(ctx context.Context, call *sdk.Call) *Transcript {
	t := &Transcript{bench: b}
	t.stream, t.Err = b.Client.ChatStream(ctx, call)
	if t.Err != nil {
		b.counted(t.Err)
		_ = b.inspectError(t.Err)
	}
	return t
}

// Until reads until the text so far is this one; it reports false when the stream ended before.
func (t *Transcript) Until(text string) bool {
	for t.Text() != text {
		if !t.more() {
			return false
		}
	}
	return true
}

// Rest reads to the end.
func (t *Transcript) Rest() {
	for t.more() {
	}
}

// more reads one batch and judges it by the contract.
func (t *Transcript) more() bool {
	if t.Err != nil || t.Info != nil {
		return false
	}
	batch, err := t.stream.Recv()
	if err != nil {
		t.Err = err
		t.bench.counted(err)
		_ = t.bench.inspectError(err)
		return false
	}
	t.take(batch)
	if batch.End == nil {
		return true
	}
	t.Info = batch.End
	t.bench.counted(nil)
	t.bench.inspectInfo(t.Info)
	if len(t.partial) > 0 {
		t.bench.Problem("the last chunk has no newline: %.80q", t.partial)
	}
	if _, err := t.stream.Recv(); !errors.Is(err, io.EOF) {
		t.bench.Problem("after the end of the stream: %v, want EOF", err)
	}
	return false
}

func (t *Transcript) take(batch sdk.Batch) {
	t.bench.inspect("a chunk", batch.Chunks)
	if t.told && !batch.Content && !batch.Alive {
		t.bench.Problem("content had begun, and a later batch says it has not")
	}
	t.told = t.told || batch.Content
	data := batch.Chunks
	for len(data) > 0 {
		line, rest, whole := bytes.Cut(data, []byte{'\n'})
		t.partial = append(t.partial, line...)
		if !whole {
			break
		}
		t.line(bytes.Clone(t.partial))
		t.partial, data = t.partial[:0], rest
	}
	if t.content && !t.told {
		t.bench.Problem("a batch has content and does not say so")
	}
}

func (t *Transcript) line(line []byte) {
	if !gjson.ValidBytes(line) || !gjson.ParseBytes(line).IsObject() {
		t.bench.Problem("a chunk is no JSON object: %.80q", line)
		return
	}
	t.Lines = append(t.Lines, line)
	t.content = t.content || sdk.HasContent(line)
	var chunk sdk.ChatChunk
	if err := chunk.UnmarshalJSON(line); err != nil {
		t.bench.Problem("a chunk cannot be decoded: %v: %.80q", err, line)
		return
	}
	t.acc.Add(&chunk)
}

// message is what the chunks so far add up to in the first choice.
func (t *Transcript) message() sdk.Message {
	c := t.acc.Completion()
	if len(c.Choices) == 0 {
		return sdk.Message{}
	}
	return c.Choices[0].Message
}

// Text is the text so far.
func (t *Transcript) Text() string {
	m := t.message()
	return m.Content.Text()
}
