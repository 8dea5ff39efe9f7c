package googleai

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// wire is what one call sends and receives. genai sees clean, whole, bounded replies through it, and its
// own errors are never shown: what went wrong is known here.
type wire struct {
	p         *Provider
	call      *sdk.Call
	out       *sdk.Sender // nil unless the reply is streamed
	exchanges []*openaicompat.Exchange
	raw       []byte // the reply, or the event, that genai reads
	err       error
}

func (p *Provider) wire(call *sdk.Call, out *sdk.Sender) *wire {
	return &wire{p: p, call: call, out: out}
}

func (w *wire) close() {
	for _, x := range w.exchanges {
		x.Close()
	}
}

// last is the latest exchange; nil before the first.
func (w *wire) last() *openaicompat.Exchange {
	if len(w.exchanges) == 0 {
		return nil
	}
	return w.exchanges[len(w.exchanges)-1]
}

type wireKey struct{}

func carry(ctx context.Context, w *wire) context.Context { return context.WithValue(ctx, wireKey{}, w) }

// relay is the transport that genai is given: each request goes out on the wire of its call.
type relay struct{}

var errNoWire = errors.New("a request outside of any call")

// RoundTrip implements http.RoundTripper.
func (relay) RoundTrip(req *http.Request) (*http.Response, error) {
	w, ok := req.Context().Value(wireKey{}).(*wire)
	if !ok {
		return nil, errNoWire
	}
	resp, err := w.roundTrip(req)
	if err != nil {
		w.err = err
	}
	return resp, err
}

func (w *wire) roundTrip(req *http.Request) (*http.Response, error) {
	streams := w.out != nil
	if streams {
		req = req.Clone(req.Context())
		req.Header.Set("Accept", "text/event-stream")
	}
	x, err := w.p.http.Exchange(req.Context(), w.call, keyless(req))
	if err != nil {
		return nil, err
	}
	w.exchanges = append(w.exchanges, x)
	resp := &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.Header(), Request: req, ContentLength: -1,
	}
	if streams {
		events, err := x.Events(w.out)
		if err != nil {
			return nil, err
		}
		resp.Body = &cleaned{w: w, events: events}
		return resp, nil
	}
	if w.raw, err = x.Reply(); err != nil {
		return nil, err
	}
	if !isObject(w.raw) {
		return nil, x.Bad("the reply is no JSON object")
	}
	resp.Body = io.NopCloser(bytes.NewReader(w.raw))
	return resp, nil
}

// keyless takes out what stands for the key; the exchange puts the real one in, if there is one.
func keyless(req *http.Request) *http.Request {
	req = req.Clone(req.Context())
	req.Header.Del(keyHeader)
	return req
}

// cleaned is a stream as genai can read it: one line of JSON an event, and none of two events in one read,
// so that w.raw is the event that genai is about to hand over. It always ends cleanly; how the stream
// really ended is w.err.
type cleaned struct {
	w      *wire
	events *openaicompat.Events
	rest   []byte
}

// Read implements io.Reader.
func (c *cleaned) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		event, err := c.events.Next()
		if err == nil && !isObject(event) {
			err = c.w.last().Bad("an event of the stream is no JSON object")
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				c.w.err = err
			}
			return 0, io.EOF
		}
		c.w.raw = oneLine(event)
		c.rest = append(append([]byte("data: "), c.w.raw...), "\n\n"...)
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// Close implements io.Closer. The exchange is closed by the call.
func (c *cleaned) Close() error { return nil }

// oneLine is JSON without line breaks: between its tokens they are white space, and inside there are none.
func oneLine(event []byte) []byte {
	if !bytes.ContainsAny(event, "\r\n") {
		return event
	}
	event = bytes.ReplaceAll(event, []byte{'\n'}, []byte{' '})
	return bytes.ReplaceAll(event, []byte{'\r'}, []byte{' '})
}

// guarded runs a call of genai. Its error is what the wire knows; genai's own, which may quote a prompt, is
// not repeated. genai takes the types of a reply for granted, so one with others makes it panic: that is the
// upstream's fault.
func guarded[T any](w *wire, do func() (T, error)) (out T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = w.strange()
		}
	}()
	out, err = do()
	var told *sdk.Error
	switch {
	case err == nil && w.err == nil:
		return out, nil
	case w.err != nil:
		return out, named(w.err)
	case errors.As(err, &told):
		return out, told
	default:
		return out, w.strange()
	}
}

// strange is the error of a reply that genai cannot read.
func (w *wire) strange() error {
	if x := w.last(); x != nil {
		return x.Bad("the reply does not have the form of Gemini's")
	}
	return &sdk.Error{Kind: sdk.KindInternal, Certainty: sdk.NotSent, Message: "googleai: genai refuses the request"}
}

// named gives an upstream's error genai's type as its cause: for errors.As inside this process.
func named(err error) error {
	var e *sdk.Error
	if !errors.As(err, &e) || e.Status < http.StatusBadRequest || e.Kind == sdk.KindBadReply {
		return err
	}
	told := *e
	told.Cause = genai.APIError{Code: e.Status, Message: e.Message, Status: strings.ToUpper(e.Code)}
	return &told
}
