package gateway

import (
	"bytes"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// sse writes a stream of server-sent events, and comments while there are none. Its methods are for one
// goroutine; only the comments come from another.
type sse struct {
	x *exchange

	mu sync.Mutex
	// begun says that the headers are out, early that they went with a comment, before it was known who answers.
	begun, early bool
	closed       bool
	// wrote is when something was last written; deadline is the connection's for writing.
	wrote    time.Time
	deadline time.Time
	silence  *time.Timer
	frame    *[]byte
	err      error
}

// frameKept is the largest buffer that serves another stream.
const frameKept = 64 << 10

func (x *exchange) newSSE() *sse {
	frame, ok := x.g.frames.Get().(*[]byte)
	if !ok {
		frame = new([]byte)
	}
	s := &sse{x: x, wrote: x.started, frame: frame}
	s.silence = time.AfterFunc(math.MaxInt64, s.comment)
	s.silence.Reset(x.settings.limits.KeepAlive) // comment reads silence
	return s
}

// close ends the writing; nothing touches the response after it.
func (s *sse) close() {
	s.silence.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if cap(*s.frame) <= frameKept {
		s.x.g.frames.Put(s.frame)
	}
}

// comment runs on the timer and shows a waiting client that it is waited for.
func (s *sse) comment() {
	every := s.x.settings.limits.KeepAlive
	if !s.mu.TryLock() { // something is being written just now
		s.silence.Reset(every)
		return
	}
	defer s.mu.Unlock()
	if s.closed || s.err != nil {
		return
	}
	left := every - time.Since(s.wrote)
	if left <= 0 {
		if !s.begun { // once it is, early does not change any more, and is read without the lock
			s.early = true
		}
		s.begin()
		s.write([]byte(": waiting\n\n"))
		s.flush()
		left = every
	}
	s.silence.Reset(left)
}

// begin sends the headers, once.
func (s *sse) begin() {
	if s.begun {
		return
	}
	s.begun = true
	head := [...]string{"text/event-stream; charset=utf-8", "no-cache", "no"}
	s.x.head["Content-Type"], s.x.head["Cache-Control"] = head[:1:1], head[1:2:2]
	s.x.head["X-Accel-Buffering"] = head[2:3:3] // nginx would hold events back
	s.x.status = http.StatusOK
	s.x.w.WriteHeader(http.StatusOK)
}

// chunks sends lines of JSON as one event each, all in one flush. Without usage it leaves out the chunk that
// only reports it: clients that did not ask for one look for a choice in it.
func (s *sse) chunks(lines []byte, usage bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begin()
	suspect := !usage && mentionsUsage(lines)
	frame := (*s.frame)[:0]
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n')
		if end < 0 {
			end = len(lines)
		}
		line := lines[:end]
		lines = lines[min(end+1, len(lines)):]
		if len(line) == 0 || suspect && mentionsUsage(line) && usageOnly(line) {
			continue
		}
		frame = append(frame, "data: "...)
		if len(line) > piece { // a huge one is written from where it is
			s.write(frame)
			s.write(line)
			frame = frame[:0]
		} else {
			frame = append(frame, line...)
		}
		frame = append(frame, "\n\n"...)
		if len(frame) >= piece {
			s.write(frame)
			frame = frame[:0]
		}
	}
	*s.frame = frame
	s.write(frame)
	s.flush()
	return s.err
}

// event sends one event of ours; it goes out when the response ends, at the latest.
func (s *sse) event(data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begin()
	frame := append(append(append((*s.frame)[:0], "data: "...), data...), "\n\n"...)
	*s.frame = frame
	s.write(frame)
}

// write sends data piece by piece, each with a time of its own: a slow reader passes, one that reads nothing
// does not.
func (s *sse) write(data []byte) {
	for len(data) > 0 && s.err == nil {
		n := min(len(data), piece)
		s.extend()
		_, s.err = s.x.w.Write(data[:n])
		data = data[n:]
	}
}

// extend moves the deadline, but not for every little chunk.
func (s *sse) extend() {
	s.wrote = time.Now()
	limit := s.x.settings.limits.Write
	if s.deadline.Sub(s.wrote) < limit*3/4 {
		s.deadline = s.wrote.Add(limit)
		_ = s.x.control.SetWriteDeadline(s.deadline)
	}
}

func (s *sse) flush() {
	if s.err == nil {
		s.err = s.x.control.Flush()
	}
}

// mentionsUsage reports whether there may be a usage object; most chunks have none, or null.
func mentionsUsage(chunks []byte) bool {
	for {
		at := bytes.Index(chunks, []byte(`"usage"`))
		if at < 0 {
			return false
		}
		chunks = chunks[at+len(`"usage"`):]
		if value := bytes.TrimLeft(chunks, " \t:"); len(value) > 0 && value[0] == '{' {
			return true
		}
	}
}

// usageOnly reports whether a chunk has usage and no choice.
func usageOnly(chunk []byte) bool {
	found := gjson.GetManyBytes(chunk, "usage", "choices.0")
	return found[0].IsObject() && !found[1].Exists()
}
