package upstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/aio-llm/aio/internal/benchmark/child"
)

// Serve answers on a port of its own, which it writes to out, until in ends.
func Serve(in io.Reader, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, listener.Addr()); err != nil {
		return err
	}
	go child.Until(in, listener)
	all := replies()
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go serve(conn, all) // ends with its connection, at the latest with the process
	}
}

// serve answers the requests of one connection.
func serve(conn net.Conn, all map[string]reply) {
	defer conn.Close() // nothing is left to be said on it
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	buf := make([]byte, 0, 16<<10)
	for {
		request, rest, err := next(conn, buf)
		if err != nil {
			return
		}
		answer, ok := all[modelOf(request)]
		if !ok {
			return
		}
		for i, piece := range answer.pieces {
			if answer.gap > 0 && (i > 0 || answer.waits) {
				timer.Reset(answer.gap)
				<-timer.C
			}
			if _, err := conn.Write(piece); err != nil {
				return
			}
		}
		buf = buf[:copy(buf[:cap(buf)], rest)]
	}
}

var errLong = errors.New("the request is too long for a benchmark")

// next reads on until buf holds a whole request, and returns its body and what came after it.
func next(conn net.Conn, buf []byte) (body, rest []byte, err error) {
	for {
		if head, tail, ok := bytes.Cut(buf, []byte("\r\n\r\n")); ok {
			if size := contentLength(head); len(tail) >= size {
				return tail[:size], tail[size:], nil
			}
		}
		if len(buf) == cap(buf) {
			return nil, nil, errLong
		}
		n, err := conn.Read(buf[len(buf):cap(buf)])
		if err != nil {
			return nil, nil, err
		}
		buf = buf[:len(buf)+n]
	}
}

// contentLength reads the header as net/http writes it.
func contentLength(head []byte) int {
	_, after, _ := bytes.Cut(head, []byte("\r\nContent-Length: "))
	digits, _, _ := bytes.Cut(after, []byte("\r\n"))
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return n
}

func modelOf(body []byte) string {
	_, after, _ := bytes.Cut(body, []byte(`"model":"`))
	model, _, _ := bytes.Cut(after, []byte{'"'})
	return string(model)
}
