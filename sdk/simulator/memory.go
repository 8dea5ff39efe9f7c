package simulator

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
)

// MemServer is a simulator on an in-memory listener. It needs no network and
// works inside a testing/synctest bubble.
type MemServer struct {
	host
	pipes *memListener
}

// StartMemory serves on an in-memory listener until Close.
func (s *Simulator) StartMemory() *MemServer {
	pipes := newMemListener()
	m := &MemServer{host{sim: s, root: "http://simulator.invalid", listener: pipes}, pipes}
	m.serve()
	return m
}

// DialContext connects to the simulator, whatever the address; it fits
// http.Transport.
func (m *MemServer) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	return m.pipes.dial(ctx)
}

// Client returns an HTTP client that reaches only the simulator and follows no
// redirect. Its idle connections are the caller's to close.
func (m *MemServer) Client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DialContext: m.DialContext},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// memListener hands over the server's end of net.Pipe pairs.
type memListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemListener() *memListener {
	return &memListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *memListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memListener) Addr() net.Addr { return memAddr{} }

func (l *memListener) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	reset := new(atomic.Bool)
	select {
	case l.conns <- &memConn{Conn: far, reset: reset}:
		return &memConn{Conn: near, reset: reset}, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// memConn is an end of a pipe that can be reset as TCP connections can.
type memConn struct {
	net.Conn
	reset *atomic.Bool // shared by both ends
}

// SetLinger makes the coming Close a reset when sec is 0, as for TCP.
func (c *memConn) SetLinger(sec int) error {
	if sec == 0 {
		c.reset.Store(true)
	}
	return nil
}

func (c *memConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, io.EOF) && c.reset.Load() {
		err = &net.OpError{Op: "read", Net: "memory", Err: syscall.ECONNRESET}
	}
	return n, err
}

func (c *memConn) LocalAddr() net.Addr  { return memAddr{} }
func (c *memConn) RemoteAddr() net.Addr { return memAddr{} }

type memAddr struct{}

func (memAddr) Network() string { return "memory" }
func (memAddr) String() string  { return "simulator.invalid" }
