package upstream

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// The models.
const (
	// Unary answers at once with about 1 KB.
	Unary = "unary"
	// Saturated streams as fast as the reader takes it.
	Saturated = "saturated"
	// Paced streams with 1 ms between chunks.
	Paced = "paced"
	// Brief is Paced, but only a few chunks long.
	Brief = "brief"
	// Slow answers like Unary, 50 ms later.
	Slow = "slow"
	// Steady streams with 20 ms between chunks, as a quick model does.
	Steady = "steady"
)

// Models lists all models.
func Models() []string { return []string{Unary, Saturated, Paced, Brief, Slow, Steady} }

// Chunks is how many chunks a stream of the model has.
func Chunks(model string) int {
	switch model {
	case Saturated, Paced:
		return 100
	case Brief:
		return 5
	case Steady:
		return 25
	default:
		return 0
	}
}

func gap(model string) time.Duration {
	switch model {
	case Saturated:
		return 0
	case Steady:
		return 20 * time.Millisecond
	default:
		return time.Millisecond
	}
}

const usage = `"usage":{"prompt_tokens":150,"completion_tokens":100,"total_tokens":250}`

// reply is a whole response, cut into the pieces that are written at a time.
type reply struct {
	pieces [][]byte
	gap    time.Duration
	waits  bool // before the first piece too
}

func replies() map[string]reply {
	out := map[string]reply{
		Unary: {pieces: [][]byte{unary()}},
		Slow:  {pieces: [][]byte{unary()}, gap: 50 * time.Millisecond, waits: true},
	}
	for _, model := range []string{Saturated, Paced, Brief, Steady} {
		out[model] = reply{pieces: stream(model), gap: gap(model)}
	}
	return out
}

func unary() []byte {
	body := fmt.Sprintf(`{"id":"chatcmpl-benchmark","object":"chat.completion","created":1767225600,"model":%q,`+
		`"choices":[{"index":0,"message":{"role":"assistant","content":%q},"logprobs":null,"finish_reason":"stop"}],%s,"system_fingerprint":"fp_benchmark"}`,
		Unary, strings.Repeat("A sentence that says what was asked for.\n", 17), usage)
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: req_benchmark\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// stream makes the events of a stream, about 170 bytes each; the headers go with the first and the end with
// the last.
func stream(model string) [][]byte {
	n := Chunks(model)
	pieces := make([][]byte, 0, n)
	for i := range n {
		delta, finish, tail := `{"content":" word"}`, "null", ""
		switch i {
		case 0:
			delta = `{"role":"assistant","content":"A"}`
		case n - 1:
			delta, finish, tail = "{}", `"stop"`, ","+usage
		}
		event := fmt.Sprintf("data: "+`{"id":"chatcmpl-benchmark","object":"chat.completion.chunk","created":1767225600,"model":%q,`+
			`"choices":[{"index":0,"delta":%s,"logprobs":null,"finish_reason":%s}]%s}`+"\n\n", model, delta, finish, tail)
		pieces = append(pieces, chunked(event))
	}
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Request-Id: req_benchmark\r\nTransfer-Encoding: chunked\r\n\r\n"
	pieces[0] = append([]byte(head), pieces[0]...)
	pieces[n-1] = bytes.Join([][]byte{pieces[n-1], chunked("data: [DONE]\n\n"), []byte("0\r\n\r\n")}, nil)
	return pieces
}

func chunked(data string) []byte { return fmt.Appendf(nil, "%x\r\n%s\r\n", len(data), data) }
