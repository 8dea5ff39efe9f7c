package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// maxBody bounds what is kept of a body; the rest passes unrecorded.
const maxBody = 8 << 20

// exchange is one request and its reply, as they crossed the wire.
type exchange struct {
	method, path string
	query        string
	header       http.Header
	body         []byte
	reply        reply
}

// reply is what was answered; its status is zero when nothing was.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// recorder stands between a plugin and its upstream. It changes nothing but the encoding: bodies come
// uncompressed.
type recorder struct {
	base      *url.URL
	url       string
	server    *http.Server
	transport *http.Transport
	serving   sync.WaitGroup
	// running are the exchanges that are not over.
	running sync.WaitGroup

	mu   sync.Mutex
	done []exchange
}

func record(ctx context.Context, base string) (*recorder, error) {
	target, err := url.Parse(base)
	if err != nil || target.Host == "" {
		return nil, fmt.Errorf("%q is no address of an API", base)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableCompression: true,
		TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: time.Minute,
	}
	r := &recorder{base: target, url: "http://" + listener.Addr().String(), transport: transport}
	r.server = &http.Server{Handler: http.HandlerFunc(r.serve), ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet()}
	r.serving.Go(func() { _ = r.server.Serve(listener) }) // ends with close
	return r, nil
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func (r *recorder) serve(w http.ResponseWriter, req *http.Request) {
	r.running.Add(1)
	defer r.running.Done()
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody))
	if err != nil {
		return // the plugin left
	}
	x := &exchange{method: req.Method, path: req.URL.Path, query: req.URL.RawQuery, header: req.Header.Clone(), body: body}
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	var kept limited
	proxy := &httputil.ReverseProxy{
		Transport: r.transport, FlushInterval: -1, ErrorLog: quiet(),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(r.base)
			p.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: func(resp *http.Response) error {
			x.reply.status, x.reply.header = resp.StatusCode, resp.Header.Clone()
			resp.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(resp.Body, &kept), resp.Body}
			return nil
		},
		// No reply of its own: a plugin must see a broken connection as one.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {},
	}
	defer func() {
		x.reply.body = kept.Bytes()
		r.mu.Lock()
		r.done = append(r.done, *x)
		r.mu.Unlock()
		if x.reply.status == 0 {
			panic(http.ErrAbortHandler) //nolint:forbidigo // how net/http is told to drop a connection
		}
	}()
	proxy.ServeHTTP(w, req)
}

// take returns the exchanges since it was called last, once they are over.
func (r *recorder) take() []exchange {
	r.running.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.done
	r.done = nil
	return out
}

// close ends what still runs, too.
func (r *recorder) close() error {
	err := r.server.Close()
	r.serving.Wait()
	r.running.Wait()
	r.transport.CloseIdleConnections()
	return err
}

// limited keeps what fits.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.Buffer.Write(p[:min(len(p), max(0, maxBody-l.Len()))])
	return len(p), nil
}
