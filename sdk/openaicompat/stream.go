package openaicompat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// ChatStream implements sdk.Streamer. Each event goes out as it came, one JSON document; what is buffered is
// flushed exactly before a read that may wait.
func (p *Provider) ChatStream(ctx context.Context, call *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
	req, err := p.rewrite.chat(call, true)
	if err != nil {
		return nil, err
	}
	x, err := p.post(ctx, call, p.chatURL, req.body, acceptStream)
	if err != nil {
		return nil, err
	}
	defer x.close()
	if err := x.isStream(); err != nil {
		return nil, err
	}
	buf := p.buffer()
	defer p.release(buf)
	s := &stream{x: x, out: out, info: x.info(req), addedUsage: req.addedUsage}
	s.events = eventReader{src: x.resp.Body, limit: sdk.MaxBody, idle: out.Flush, comment: out.Heard, buf: buf.bytes}
	err = s.run()
	buf.bytes = s.events.buf
	if err != nil {
		return nil, err
	}
	return &s.info, nil
}

// buffer is what a stream is read into; the Provider keeps them for the next stream.
type buffer struct{ bytes []byte }

func (p *Provider) buffer() *buffer {
	if b, ok := p.buffers.Get().(*buffer); ok {
		return b
	}
	return &buffer{bytes: make([]byte, eventBuffer)}
}

func (p *Provider) release(b *buffer) {
	if len(b.bytes) == eventBuffer { // one huge event must not stay for ever
		p.buffers.Put(b)
	}
}

// isStream refuses a 200 that answers a stream request with something else.
func (x *exchange) isStream() error {
	switch kind := mediaType(x.resp.Header); {
	case strings.Contains(kind, "json"):
		if _, _, err := x.reply(); err != nil {
			return err
		}
		return x.bad("the reply is JSON where an event stream was asked for")
	case strings.Contains(kind, "html"), x.resp.Header.Get("Content-Encoding") != "":
		return x.bad(describe(x.resp.Header, []byte("?")))
	default:
		return nil
	}
}

// stream is one streamed reply on its way through.
type stream struct {
	x          *exchange
	out        *sdk.Sender
	events     eventReader
	info       sdk.ReplyInfo
	addedUsage bool
	begun      bool // an event has been read
	content    bool // content has begun
	usual      pattern
}

func (s *stream) run() error {
	for {
		ev, err := s.events.next()
		switch {
		case errors.Is(err, io.EOF):
			return s.ended()
		case err != nil:
			return s.broken(err)
		case len(ev.data) == 0:
			continue
		case ev.data[0] == '[' && string(bytes.TrimSpace(ev.data)) == "[DONE]":
			return s.done()
		}
		if err := s.take(ev); err != nil {
			return err
		}
	}
}

// take passes one event on.
func (s *stream) take(ev event) error {
	if !ev.error && s.usual.fits(ev.data) {
		return s.out.Queue(ev.data)
	}
	if ev.data[0] != '{' || !sdk.ValidJSON(ev.data) {
		return s.malformed(ev)
	}
	isPlain := plain(ev.data)
	if !s.begun || ev.error || !isPlain {
		said := read(ev.data)
		if ev.error || said.failed || said.choices < 0 && looksFailed(ev.data) {
			return s.failed(ev.data, said)
		}
		s.begun = true
		said.note(&s.info)
		if s.addedUsage && said.usage != nil && said.choices <= 0 { // an empty list, null, or none
			return nil
		}
	}
	s.content = s.content || sdk.HasContent(ev.data)
	if isPlain && s.content {
		s.usual.learn(ev.data)
	}
	return s.out.Queue(ev.data)
}

// failed is the error an event is.
func (s *stream) failed(data []byte, said facts) error {
	said.note(&s.info)
	e := s.x.inBand(errorIn(data))
	if e.UpstreamRequestID == "" {
		e.UpstreamRequestID = s.info.UpstreamRequestID
	}
	e.Usage = s.info.Usage
	return e
}

// malformed is the error of an event that is not JSON. At the very end of the stream it is one that was cut.
func (s *stream) malformed(ev event) error {
	switch {
	case ev.error:
		return s.x.inBand(ev.data)
	case s.content || ev.cut:
		return s.lost(sdk.KindBrokenStream, "an event of the stream is not JSON", nil)
	default:
		return s.lost(sdk.KindBadReply, "an event of the stream is not JSON", nil)
	}
}

// done is the end at [DONE], which says that all was said: also of upstreams that give no finish reason.
func (s *stream) done() error {
	switch {
	case s.info.FinishReason != "":
	case !s.content:
		return s.lost(sdk.KindBadReply, "the stream ended without content or a finish reason", nil)
	case s.x.p.dialect.Finishes:
		return s.lost(sdk.KindBrokenStream, "the stream ended without a finish reason", nil)
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	s.drain()
	return nil
}

// ended is the end without [DONE].
func (s *stream) ended() error {
	switch {
	case s.info.FinishReason != "":
		return nil
	case s.events.events > 0:
		return s.lost(sdk.KindBrokenStream, "the stream ended without a finish reason", nil)
	case sdk.ValidJSON(s.events.stray):
		return s.x.inBand(s.events.stray)
	default:
		return s.x.bad("the reply is not an event stream: " + describe(s.x.resp.Header, s.events.stray))
	}
}

// broken is the error of a stream that could not be read on, or not be passed on.
func (s *stream) broken(err error) error {
	if ended := s.x.ended(sdk.ResponseStarted); ended != nil {
		return ended // reading fails with the cause of the end, which does not know how far the call got
	}
	var failed *sdk.Error
	switch {
	case errors.As(err, &failed):
		return failed // the Sender's
	case errors.Is(err, errLongEvent):
		return s.lost(sdk.KindBadReply, err.Error(), err)
	default:
		e := s.x.cut(sdk.KindBrokenStream, err)
		e.Usage = s.info.Usage
		return e
	}
}

func (s *stream) lost(kind sdk.Kind, message string, cause error) error {
	if ended := s.x.ended(sdk.ResponseStarted); ended != nil {
		return ended
	}
	return &sdk.Error{
		Kind: kind, Scope: s.x.usualScope(kind), Status: s.x.resp.StatusCode, Certainty: sdk.ResponseStarted,
		Message: message, UpstreamRequestID: s.info.UpstreamRequestID, Usage: s.info.Usage, Cause: cause,
	}
}

const (
	drainWait  = 100 * time.Millisecond
	drainBytes = 64 << 10
)

// drain reads the response to its end, so that its connection serves the next call. The end nearly always
// comes with [DONE]; an upstream that keeps the stream open is not waited for.
func (s *stream) drain() {
	timer := time.AfterFunc(drainWait, func() { s.x.cancel(io.EOF) })
	defer timer.Stop()
	_, _ = io.CopyN(io.Discard, s.x.resp.Body, drainBytes) // whatever it was, the reply is complete
}
