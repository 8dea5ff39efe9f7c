package recut

import (
	"io"
	"net/http"
	"sync"
)

// Upstream answers every request with the stream that was set last. It is an http.RoundTripper, safe for
// concurrent use; the zero value answers with an empty stream.
type Upstream struct {
	mu   sync.Mutex
	data []byte
	cuts []int
}

// Set makes data the next streams, cut before the bytes at the given places, in ascending order. The data is
// shared: do not change it.
func (u *Upstream) Set(data []byte, cuts ...int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.data, u.cuts = data, cuts
}

// RoundTrip implements http.RoundTripper.
func (u *Upstream) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close() // nothing of it is read
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"text/event-stream"}}, ContentLength: -1, Request: req,
		Body: &body{data: u.data, cuts: u.cuts},
	}, nil
}

// body is read up to the next cut at a time.
type body struct {
	data []byte
	at   int
	cuts []int
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	for len(b.cuts) > 0 && b.cuts[0] <= b.at {
		b.cuts = b.cuts[1:]
	}
	if b.at == len(b.data) {
		return 0, io.EOF
	}
	to := len(b.data)
	if len(b.cuts) > 0 {
		to = min(to, b.cuts[0])
	}
	n := copy(p, b.data[b.at:to])
	b.at += n
	return n, nil
}

// Close implements io.Closer.
func (b *body) Close() error { return nil }

// Places returns the places at which a test is to cut n bytes: every one when full, else each step-th,
// beginning with the first.
func Places(n, step int, full bool) []int {
	if full {
		step = 1
	}
	var at []int
	for i := 1; i < n; i += step {
		at = append(at, i)
	}
	return at
}
