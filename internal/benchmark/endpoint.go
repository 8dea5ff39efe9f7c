package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"sync"
	"time"
)

// endpoint is an HTTP server under load, called by as little client as will do: requests made beforehand,
// written straight to kept connections, replies looked at for no more than their length and their chunks.
// The machine is shared with what is measured.
type endpoint struct {
	address string
	token   string

	mu   sync.Mutex
	idle []*connection
}

// connection is a kept connection with what is read ahead.
type connection struct {
	net.Conn
	in  *bufio.Reader
	buf []byte
}

func connect(c net.Conn) *connection {
	return &connection{Conn: c, in: bufio.NewReaderSize(c, 32<<10), buf: make([]byte, 32<<10)}
}

func (e *endpoint) request(body []byte) []byte {
	return fmt.Appendf(nil, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		e.address, e.token, len(body), body)
}

func (e *endpoint) get(ctx context.Context) (*connection, error) {
	e.mu.Lock()
	if n := len(e.idle); n > 0 {
		c := e.idle[n-1]
		e.idle = e.idle[:n-1]
		e.mu.Unlock()
		return c, nil
	}
	e.mu.Unlock()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", e.address)
	if err != nil {
		return nil, err
	}
	return connect(c), nil
}

func (e *endpoint) put(c *connection) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.idle = append(e.idle, c)
}

func (e *endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.idle {
		_ = c.Close() // nothing is left to be said on it
	}
	e.idle = nil
}

// call makes one request and hands the reply to read, which returns when it is whole.
func (e *endpoint) call(ctx context.Context, request []byte, read func(*connection) error) error {
	c, err := e.get(ctx)
	if err != nil {
		return err
	}
	if err = c.SetDeadline(time.Now().Add(30 * time.Second)); err == nil {
		if _, err = c.Write(request); err == nil {
			err = read(c)
		}
	}
	if err != nil {
		_ = c.Close() // it broke
		return err
	}
	e.put(c)
	return nil
}

// unary asks for a reply in one piece.
func (e *endpoint) unary(body []byte) operation {
	request := e.request(body)
	return func(ctx context.Context) (int, time.Duration, error) {
		began := time.Now()
		err := e.call(ctx, request, (*connection).whole)
		return 1, time.Since(began), err
	}
}

// stream asks for a stream of so many chunks; the wait is that for its first one.
func (e *endpoint) stream(body []byte, chunks int) operation {
	request := e.request(body)
	return func(ctx context.Context) (int, time.Duration, error) {
		began := time.Now()
		var first time.Duration
		err := e.call(ctx, request, func(c *connection) error {
			return c.events(chunks, func() { first = time.Since(began) })
		})
		return chunks, first, err
	}
}

var errRefused = errors.New("the endpoint refused")

// head reads the headers and returns the body's length, which is -1 for one in chunks.
func (c *connection) head() (int, error) {
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200")) {
		more, _ := c.in.Peek(c.in.Buffered())
		return 0, fmt.Errorf("%w: %s%.400s", errRefused, status, more)
	}
	length := -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
}

// whole reads a reply with a length, or in chunks.
func (c *connection) whole() error {
	length, err := c.head()
	if err != nil {
		return err
	}
	if length >= 0 {
		_, err = c.in.Discard(length)
		return err
	}
	return c.pieces(func([]byte) {})
}

// pieces reads a body in chunks to its end.
func (c *connection) pieces(take func([]byte)) error {
	body := httputil.NewChunkedReader(c.in)
	for {
		n, err := body.Read(c.buf)
		take(c.buf[:n])
		if errors.Is(err, io.EOF) {
			_, err = c.in.Discard(len("\r\n"))
			return err
		}
		if err != nil {
			return err
		}
	}
}

// events reads a stream to its end and counts its events; first is called at the first.
func (c *connection) events(want int, first func()) error {
	if _, err := c.head(); err != nil {
		return err
	}
	var got int
	var done bool
	var carry []byte // what may be the beginning of something
	mark, end := []byte(`data: {"id"`), []byte("data: [DONE]")
	err := c.pieces(func(fresh []byte) {
		carry = append(carry, fresh...)
		if n := bytes.Count(carry, mark); n > 0 {
			if got == 0 {
				first()
			}
			got += n
			carry = carry[bytes.LastIndex(carry, mark)+len(mark):]
		}
		done = done || bytes.Contains(carry, end)
		carry = append(carry[:0], carry[max(0, len(carry)-len(end)):]...)
	})
	switch {
	case err != nil:
		return fmt.Errorf("after %d of %d chunks: %w", got, want, err)
	case got != want || !done:
		return fmt.Errorf("%w: %d chunks arrived of %d, the end: %v", errRefused, got, want, done)
	}
	return nil
}
