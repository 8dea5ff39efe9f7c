package openaicompat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/aio-llm/aio/sdk"
)

// Exchange is one request of a call and its response, for endpoints and whole APIs that are not
// OpenAI-shaped: the same transport, headers and deadlines, the same reading of errors by the Dialect's
// rules. All its errors are *sdk.Error. Close it.
type Exchange struct{ x *exchange }

// Exchange sends req with the call's key and the configured headers, and returns when the response headers
// are there. A status other than 200 is an error of its kind. The request is sent once, and a second time
// only where the protocol says that the upstream has not touched it.
func (p *Provider) Exchange(ctx context.Context, call *sdk.Call, req *http.Request) (*Exchange, error) {
	accept := req.Header.Get("Accept")
	if accept == "" {
		accept = acceptJSON
	}
	sent := req.Clone(ctx)
	for name, values := range p.headers(call, accept) {
		sent.Header[name] = values
	}
	if sent.GetBody != nil {
		sent.GetBody = onceMore(sent.GetBody)
	}
	x, err := p.exchange(ctx, call, sent)
	if err != nil {
		return nil, err
	}
	return &Exchange{x: x}, nil
}

// Close ends the exchange; what is still unread closes the connection.
func (e *Exchange) Close() { e.x.close() }

// Header is that of the response. Do not change it.
func (e *Exchange) Header() http.Header { return e.x.resp.Header }

// Reply reads the whole response: JSON of at most 32 MiB that is no error.
func (e *Exchange) Reply() ([]byte, error) {
	body, _, err := e.x.reply()
	return body, err
}

// Bad is the error of a response that is not the upstream's protocol.
func (e *Exchange) Bad(message string) *sdk.Error { return e.x.bad(message) }

// Broken is the error of a stream that stopped before its end.
func (e *Exchange) Broken(message string) *sdk.Error {
	return sdk.AsError((&stream{x: e.x}).lost(sdk.KindBrokenStream, message, nil))
}

// Events returns the events of a response that is a stream. While it waits for the upstream, out is flushed;
// the upstream's comments are signs of life to it.
func (e *Exchange) Events(out *sdk.Sender) (*Events, error) {
	if err := e.x.isStream(); err != nil {
		return nil, err
	}
	ev := &Events{stream: stream{x: e.x, out: out}}
	ev.stream.events = eventReader{src: e.x.resp.Body, limit: sdk.MaxBody, idle: out.Flush, comment: out.Heard, buf: make([]byte, eventBuffer)}
	return ev, nil
}

// Events reads a stream of server-sent events, as upstreams really send them.
type Events struct{ stream stream }

// Next returns the data of the next event: valid JSON that is no error, good until the next call. After the
// last it is io.EOF, which says that the response ended properly and not that the reply was complete.
func (e *Events) Next() ([]byte, error) {
	s := &e.stream
	for {
		ev, err := s.events.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil, s.over()
		case err != nil:
			return nil, s.broken(err)
		case len(ev.data) == 0, string(bytes.TrimSpace(ev.data)) == "[DONE]":
			continue
		case !sdk.ValidJSON(ev.data):
			return nil, s.malformed(ev)
		}
		if said := read(ev.data); ev.error || said.failed {
			return nil, s.failed(ev.data, said)
		}
		s.content = true // what comes broken now breaks a reply that has begun
		return ev.data, nil
	}
}

// over is the end of a stream whose events say for themselves whether they are all.
func (s *stream) over() error {
	if s.events.events > 0 {
		return io.EOF
	}
	return s.ended()
}

// onceMore lets net/http read a body a second time, not a third. It does so only where the protocol says
// that the server has not touched the request (nothing written on a connection found closed, GOAWAY,
// REFUSED_STREAM): once is repair, more is a retry.
func onceMore(again func() (io.ReadCloser, error)) func() (io.ReadCloser, error) {
	resent := false
	return func() (io.ReadCloser, error) {
		if resent {
			return nil, errResent
		}
		resent = true
		return again()
	}
}
