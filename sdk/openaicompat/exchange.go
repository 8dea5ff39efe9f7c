package openaicompat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// exchange is one request and its response: never two.
type exchange struct {
	p         *Provider
	call      *sdk.Call
	ctx       context.Context //nolint:containedctx // the exchange's own, ended by close
	cancel    context.CancelCauseFunc
	connected atomic.Bool
	dial      *time.Timer
	resp      *http.Response
}

const (
	acceptJSON   = "application/json"
	acceptStream = "text/event-stream"
)

// errResent stops net/http from sending a request a third time.
var errResent = errors.New("the upstream turned the request away twice before reading it")

// post sends a body and returns when the response headers are there. A status other than 200 is an error.
func (p *Provider) post(ctx context.Context, call *sdk.Call, to *url.URL, body []byte, accept string) (*exchange, error) {
	header := p.headers(call, accept)
	header["Content-Type"] = []string{"application/json"}
	req := &http.Request{
		Method: http.MethodPost, URL: to, Host: to.Host, Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	req.GetBody = onceMore(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil })
	return p.exchange(ctx, call, req)
}

func (p *Provider) headers(call *sdk.Call, accept string) http.Header {
	header := make(http.Header, len(p.header)+4)
	for name, values := range p.header {
		header[name] = values
	}
	header["Accept"] = []string{accept}
	switch name := p.dialect.KeyHeader; {
	case call.Key.IsZero():
	case name != "":
		header[http.CanonicalHeaderKey(name)] = []string{call.Key.Reveal()}
	default:
		header["Authorization"] = []string{"Bearer " + call.Key.Reveal()}
	}
	return header
}

func (p *Provider) exchange(ctx context.Context, call *sdk.Call, req *http.Request) (*exchange, error) {
	x := &exchange{p: p, call: call}
	x.ctx, x.cancel = context.WithCancelCause(ctx)
	if limit := call.Deadlines.Connect; limit > 0 {
		x.dial = time.AfterFunc(limit, func() {
			if !x.connected.Load() {
				x.cancel(&sdk.Error{
					Kind: sdk.KindNetwork, Scope: sdk.ScopeProvider, Certainty: sdk.NotSent,
					Message: "no connection to " + req.URL.Host + " within " + limit.String(),
				})
			}
		})
	}
	trace := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		x.connected.Store(true)
		if x.dial != nil {
			x.dial.Stop()
		}
	}})
	resp, err := p.client.Transport.RoundTrip(req.WithContext(trace)) //nolint:bodyclose // x.close does
	if err != nil {
		defer x.close()
		return nil, x.failed(err)
	}
	x.resp = resp
	if resp.StatusCode != http.StatusOK {
		defer x.close()
		return nil, x.refused()
	}
	return x, nil
}

// close ends the exchange; what is still unread closes the connection.
func (x *exchange) close() {
	if x.dial != nil {
		x.dial.Stop()
	}
	if x.resp != nil {
		_ = x.resp.Body.Close() // read to its end, or given up
	}
	x.cancel(nil)
}

// failed is the error of an exchange that got no response.
func (x *exchange) failed(err error) *sdk.Error {
	certainty := sdk.MaybeSent
	if !x.connected.Load() {
		certainty = sdk.NotSent
	}
	if ended := x.ended(certainty); ended != nil {
		return ended
	}
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err // the URL is the configuration's, not the reader's
	}
	return &sdk.Error{
		Kind: sdk.KindNetwork, Scope: sdk.ScopeProvider, Certainty: certainty,
		Message: x.tidy("no response from " + x.p.chatURL.Host + ": " + err.Error()), Cause: err,
	}
}

// ended is the error of an exchange whose context has: the caller's end, a deadline, or ours.
func (x *exchange) ended(certainty sdk.Certainty) *sdk.Error {
	cause := context.Cause(x.ctx)
	if cause == nil {
		return nil
	}
	told := *sdk.AsError(cause)
	if told.Kind != sdk.KindNetwork {
		told.Certainty = certainty
	}
	return &told
}

// cut is the error of a response whose body broke off.
func (x *exchange) cut(kind sdk.Kind, err error) *sdk.Error {
	if ended := x.ended(sdk.ResponseStarted); ended != nil {
		return ended
	}
	return &sdk.Error{
		Kind: kind, Scope: x.usualScope(kind), Status: x.resp.StatusCode, Certainty: sdk.ResponseStarted,
		Message: x.tidy("the reply broke off: " + err.Error()), UpstreamRequestID: x.requestID(), Cause: err,
	}
}

// bad is the error of a response that is not the protocol.
func (x *exchange) bad(message string) *sdk.Error {
	return &sdk.Error{
		Kind: sdk.KindBadReply, Scope: sdk.ScopeProvider, Status: x.resp.StatusCode, Certainty: sdk.ResponseStarted,
		Message: x.tidy(message), UpstreamRequestID: x.requestID(),
	}
}

// whole reads the body of a response in one piece.
func (x *exchange) whole() ([]byte, error) {
	if size := x.resp.ContentLength; size > sdk.MaxBody {
		return nil, x.bad(tooLarge)
	}
	body, err := readAtMost(x.resp.Body, x.resp.ContentLength, sdk.MaxBody)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, x.bad(tooLarge)
	case err != nil:
		return nil, x.cut(sdk.KindNetwork, err)
	}
	return body, nil
}

const tooLarge = "the reply is larger than 32 MiB"

var errTooLarge = errors.New("too large")

// readAtMost reads r to its end. What was read is returned with every error; size is a hint, -1 if unknown.
func readAtMost(r io.Reader, size int64, limit int) ([]byte, error) {
	if size < 0 || size > int64(limit) {
		size = 4 << 10
	}
	// One byte more than fits lets the last Read meet the end without growing.
	buf := make([]byte, 0, size+1)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > limit:
			return buf[:limit], errTooLarge
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return buf, err
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}
