package gateway

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aio-llm/aio/host"
)

// readBody reads a request's body whole. What it announces of itself is only believed downwards: memory is
// taken as bytes come.
func (x *exchange) readBody() ([]byte, *failure) {
	if e := x.r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, &failure{
			status: http.StatusUnsupportedMediaType, kind: typeInvalid, code: "unsupported_encoding",
			message: "a request body in " + clean(e) + " is not taken; send it as it is",
		}
	}
	if x.read {
		return nil, invalid("", "the request has no body")
	}
	limits := x.settings.limits
	limit := limits.Body
	if x.r.ContentLength < 0 {
		limit = limits.UnsizedBody
	}
	if x.r.ContentLength > limit {
		return nil, x.tooLarge(limit)
	}
	if x.g.gate.full() {
		return nil, overloaded()
	}
	return x.readAll(limit)
}

// readAll reads up to limit bytes into memory that grows as they come.
func (x *exchange) readAll(limit int64) ([]byte, *failure) {
	most := limit + 1 // one more, to see the end without growing
	if x.r.ContentLength >= 0 {
		most = x.r.ContentLength + 1
	}
	size := min(step, most)
	var buf []byte
	paid := 0
	x.await()
	for {
		if int64(cap(buf)) < size {
			if f := x.hold(size); f != nil {
				return nil, f
			}
			buf = append(make([]byte, 0, size), buf...)
		}
		n, err := x.r.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > limit:
			return nil, x.tooLarge(limit)
		case errors.Is(err, io.EOF):
			x.read = true
			return buf, nil
		case err != nil:
			x.broken = true
			return nil, unread(err)
		}
		if earned := len(buf) / pace; earned > paid {
			paid = earned
			x.await()
		}
		if len(buf) == cap(buf) {
			size = min(4*size, most) // in few steps: what was copied is garbage
		}
	}
}

const (
	// step is the most memory taken on the word of a header.
	step int64 = 64 << 10
	// pace is what must come to earn a body more time.
	pace = 1 << 20
)

// await gives the next piece of the body its time.
func (x *exchange) await() {
	_ = x.control.SetReadDeadline(time.Now().Add(x.settings.limits.ReadBody))
}

// hold takes memory for a body of size bytes out of what all bodies share.
func (x *exchange) hold(size int64) *failure {
	more := size - x.held
	x.held = size
	if x.g.held.Add(more) > x.settings.limits.Bodies {
		return overloaded()
	}
	return nil
}

func (x *exchange) tooLarge(limit int64) *failure {
	message := "the request body is larger than " + strconv.FormatInt(limit, 10) + " bytes"
	if x.r.ContentLength < 0 {
		message += ", the most for one that does not announce its length"
	}
	return &failure{status: http.StatusRequestEntityTooLarge, kind: typeInvalid, code: host.CodeBodyTooLarge, message: message}
}

// unread says why a body could not be read: it came too slowly, or it broke off.
func unread(err error) *failure {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &failure{status: http.StatusRequestTimeout, kind: typeInvalid, code: "body_too_slow", message: "the request body did not come in time"}
	}
	return invalid("", "the request body broke off")
}
