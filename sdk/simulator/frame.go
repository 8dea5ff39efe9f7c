package simulator

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
)

// frame writes an SSE event or comment in the way the script wants. The result
// is good until the next call.
func (o *outlet) frame(e event) []byte {
	end, field, b := "\n", "data: ", o.buf[:0]
	switch o.wire.framing {
	case "crlf":
		end = "\r\n"
	case "cr":
		end = "\r"
	case "nospace":
		field = "data:"
	}
	if e.kind == eventComment {
		field = ": "
	}
	if e.name != "" {
		b = append(append(append(b, "event: "...), e.name...), end...)
	}
	data := e.data
	if o.wire.framing == "multiline" && bytes.HasPrefix(data, []byte("{")) {
		// A line break between JSON tokens is white space.
		b = append(append(append(b, field...), '{'), end...)
		data = data[1:]
	}
	b = append(append(b, field...), data...)
	o.buf = append(append(b, end...), end...)
	return o.buf
}

// torn is the first half of the next chunk as it looks on the wire, in an HTTP
// chunk that announces all of it.
func (o *outlet) torn(e event) []byte {
	if len(e.data) == 0 || !o.chunked {
		return nil
	}
	whole := o.frame(e)
	return fmt.Appendf(nil, "%x\r\n%s", len(whole), whole[:len(whole)/2])
}

// drop ends the connection under the reply, after some last raw bytes; with
// reset the client gets an RST instead of a clean end.
func (o *outlet) drop(reset bool, last []byte) {
	conn, _, err := o.ctl.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) //nolint:forbidigo // how a handler has net/http reset an HTTP/2 stream
	}
	o.broken = false
	defer conn.Close()
	if len(last) > 0 {
		o.note(len(last), false, false)
		if _, err := conn.Write(last); err != nil {
			o.left()
			return
		}
	}
	if reset {
		abrupt(conn)
	}
}

// abrupt makes the coming Close a reset: TCP drops what is unsent and sends RST.
func abrupt(conn net.Conn) {
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		conn = wrapped.NetConn()
	}
	if c, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = c.SetLinger(0) // fails only on a connection that is gone already
	}
}
