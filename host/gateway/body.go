package gateway

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
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
	limits := x.settings.limits
	limit := limits.Body
	if x.r.ContentLength < 0 {
		limit = limits.UnsizedBody
	}
	if x.r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	if x.g.gate.full() {
		return nil, overloaded()
	}
	_ = x.control.SetReadDeadline(time.Now().Add(limits.ReadBody))
	size := x.r.ContentLength
	if size < 0 || size > step {
		size = step
	}
	buf := make([]byte, 0, size+1) // one more, to see the end without growing
	extended := 0
	for {
		n, err := x.r.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > limit:
			return nil, tooLarge(limit)
		case errors.Is(err, io.EOF):
			x.read = true
			return buf, nil
		case err != nil:
			return nil, unread(err)
		case len(buf)/pace > extended:
			extended = len(buf) / pace
			_ = x.control.SetReadDeadline(time.Now().Add(limits.ReadBody))
		}
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, min(2*int64(cap(buf)), limit+1)), buf...)
		}
	}
}

const (
	// step is the most memory taken on the word of a header.
	step = 1 << 20
	// pace is what must come to earn a body more time.
	pace = 1 << 20
)

func tooLarge(limit int64) *failure {
	return &failure{
		status: http.StatusRequestEntityTooLarge, kind: typeInvalid, code: "body_too_large",
		message: "the request body is larger than " + strconv.FormatInt(limit, 10) + " bytes",
	}
}

// unread says why a body could not be read: it came too slowly, or it broke off.
func unread(err error) *failure {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &failure{status: http.StatusRequestTimeout, kind: typeInvalid, code: "body_too_slow", message: "the request body did not come in time"}
	}
	return invalid("", "the request body broke off")
}
