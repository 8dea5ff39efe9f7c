package gateway

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Server returns a server for the API with the limits that only a server can keep. Serve it on a listener of
// Listener's.
func (g *Gateway) Server() *http.Server {
	limits := g.settings.Load().limits
	return &http.Server{
		Handler: g.Handler(), ReadHeaderTimeout: limits.ReadHeader, IdleTimeout: limits.Idle, MaxHeaderBytes: limits.Headers,
		ErrorLog: g.log.Named("http").StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
}

// CheckListen refuses an address that would let everyone in: without authentication only a loopback address
// or a unix socket ("unix:/path") is listened on.
func CheckListen(address string, c Config) error {
	if c.Auth != AuthNone || strings.HasPrefix(address, "unix:") {
		return nil
	}
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("gateway: listen address %q: %w", address, err)
	}
	if name != "" && loopbackHost(name) {
		return nil
	}
	return fmt.Errorf(`gateway: auth = "none" and listen = %q would let everyone in who reaches it: configure a token, or listen on 127.0.0.1`, address)
}

// Listener bounds the connections that are open at once. One too many is told so and closed; it never keeps
// others from being accepted.
func (g *Gateway) Listener(l net.Listener) net.Listener { return &bounded{Listener: l, g: g} }

type bounded struct {
	net.Listener
	g *Gateway
}

const refusal = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"

// Accept implements net.Listener.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if b.g.connections.Add(1) <= int64(b.g.settings.Load().limits.Connections) {
			return &counted{Conn: conn, count: sync.OnceFunc(func() { b.g.connections.Add(-1) })}, nil
		}
		b.g.connections.Add(-1)
		f := &failure{kind: typeServer, code: "gateway_overloaded", message: "the gateway has as many connections as it takes"}
		body := f.encode(false)
		_ = conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)) // it fits the socket's buffer
		_, _ = io.WriteString(conn, fmt.Sprintf(refusal, len(body), body))
		_ = conn.Close()
	}
}

type counted struct {
	net.Conn
	count func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.count()
	return c.Conn.Close()
}
