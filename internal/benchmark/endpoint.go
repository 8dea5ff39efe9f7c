package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
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

// connection is a kept connection with its read buffer.
type connection struct {
	net.Conn
	buf []byte
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
	return &connection{Conn: c, buf: make([]byte, 32<<10)}, nil
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

// head reads up to the end of the headers and returns them and how much was read.
func (c *connection) head() (head []byte, read int, err error) {
	for {
		n, err := c.Read(c.buf[read:])
		if err != nil {
			return nil, 0, err
		}
		read += n
		if end := bytes.Index(c.buf[:read], []byte("\r\n\r\n")); end >= 0 {
			head = c.buf[:end+4]
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 200")) {
				return nil, 0, fmt.Errorf("%w: %.400q", errRefused, c.buf[:read])
			}
			return head, read, nil
		}
		if read == len(c.buf) {
			return nil, 0, fmt.Errorf("%w: headers without an end", errRefused)
		}
	}
}

var lastChunk = []byte("0\r\n\r\n")

// whole reads a reply with a length, or in chunks.
func (c *connection) whole() error {
	head, read, err := c.head()
	if err != nil {
		return err
	}
	length, known := lengthOf(head)
	for {
		switch {
		case known && read >= len(head)+length:
			return nil
		case !known && bytes.HasSuffix(c.buf[:read], lastChunk):
			return nil
		case read == len(c.buf):
			return fmt.Errorf("%w: the reply is longer than any asked for", errRefused)
		}
		n, err := c.Read(c.buf[read:])
		if err != nil {
			return err
		}
		read += n
	}
}

func lengthOf(head []byte) (int, bool) {
	_, after, ok := bytes.Cut(head, []byte("\r\nContent-Length: "))
	if !ok {
		return 0, false
	}
	digits, _, _ := bytes.Cut(after, []byte("\r\n"))
	n, err := strconv.Atoi(string(digits))
	return n, err == nil
}

// events reads a stream to its end and counts its events; first is called at the first.
func (c *connection) events(want int, first func()) error {
	head, read, err := c.head()
	if err != nil {
		return err
	}
	var got int
	var told, done bool
	mark := []byte(`data: {"id"`)
	from := len(head)
	for {
		fresh := c.buf[from:read]
		n := bytes.Count(fresh, mark)
		if n > 0 && !told {
			told = true
			first()
		}
		got += n
		done = done || bytes.Contains(fresh, []byte("data: [DONE]"))
		if done && bytes.HasSuffix(fresh, lastChunk) {
			break
		}
		// What may be the beginning of something is looked at again.
		keep := min(len(fresh), len("data: [DONE]")+len(lastChunk)+1)
		tail := fresh[len(fresh)-keep:]
		for n := bytes.Count(tail, mark); n > 0; n-- {
			got-- // it would be counted twice
		}
		from = 0
		read = copy(c.buf, tail)
		more, err := c.Read(c.buf[read:])
		if err != nil {
			return fmt.Errorf("after %d of %d chunks: %w", got, want, err)
		}
		read += more
	}
	if got != want {
		return fmt.Errorf("%w: %d chunks arrived of %d", errRefused, got, want)
	}
	return nil
}
