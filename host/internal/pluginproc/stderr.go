package pluginproc

import (
	"bytes"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/time/rate"
)

const (
	// keptLines and keptBytes bound what is remembered of a plugin's standard error.
	keptLines = 20
	keptBytes = 64 << 10
	// maxLine bounds a line that is shown. maxRaw is read of it first, so that a secret across the cut is
	// whole when it is redacted.
	maxLine = 8 << 10
	maxRaw  = 2 * maxLine
	// logRate, in bytes a second, is what one plugin may write into the host's log.
	logRate = 1 << 20
)

// stderr takes a plugin's standard error: it remembers the last lines and passes them on to the log, as far
// as the rate allows. Text is redacted and escaped before it leaves. One goroutine writes; lines may be read
// at any time.
type stderr struct {
	log    *pluginLog
	redact func(string) string

	line    []byte // the line being read, up to maxRaw
	skipped int    // bytes of it beyond that
	budget  *rate.Limiter
	dropped lost

	mu   sync.Mutex
	ring [keptLines][]byte
	next int // where the next line goes
	size int // bytes in ring
}

// lost counts what the rate kept out of the log.
type lost struct {
	lines, bytes int
	told         time.Time
}

func newStderr(log hclog.Logger, redact func(string) string) *stderr {
	return &stderr{log: newPluginLog(log, redact), redact: redact, budget: rate.NewLimiter(logRate, logRate)}
}

// Write implements io.Writer. It never fails.
func (s *stderr) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			s.grow(p)
			break
		}
		s.grow(p[:end])
		s.endLine()
		p = p[end+1:]
	}
	return n, nil
}

// close ends the last line and tells what was dropped.
func (s *stderr) close() {
	if len(s.line) > 0 {
		s.endLine()
	}
	s.tellDropped()
}

func (s *stderr) grow(p []byte) {
	room := min(len(p), maxRaw-len(s.line))
	s.line = append(s.line, p[:room]...)
	s.skipped += len(p) - room
}

func (s *stderr) endLine() {
	line, skipped := bytes.TrimSuffix(s.line, []byte{'\r'}), s.skipped
	s.remember(line)
	now := time.Now()
	switch {
	case s.log.off():
	case s.budget.AllowN(now, len(line)+1):
		if s.dropped.lines > 0 && now.Sub(s.dropped.told) >= time.Second {
			s.tellDropped()
		}
		s.log.line(line, skipped)
	default:
		s.dropped.lines++
		s.dropped.bytes += len(line) + skipped
	}
	s.line, s.skipped = s.line[:0], 0
}

func (s *stderr) tellDropped() {
	if s.dropped.lines == 0 {
		return
	}
	s.log.dropped(s.dropped.lines, s.dropped.bytes)
	s.dropped = lost{told: time.Now()}
}

func (s *stderr) remember(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size += len(line) - len(s.ring[s.next])
	s.ring[s.next] = append(s.ring[s.next][:0], line...)
	s.next = (s.next + 1) % keptLines
	for i := s.next; s.size > keptBytes; i = (i + 1) % keptLines { // oldest first
		s.size -= len(s.ring[i])
		s.ring[i] = nil
	}
}

// lines returns the last lines, oldest first, ready to be shown.
func (s *stderr) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for i := range keptLines {
		raw := s.ring[(s.next+i)%keptLines]
		if r, ok := parseRecord(raw, s.redact); ok {
			out = append(out, r.String())
		} else if len(raw) > 0 {
			out = append(out, shown(string(raw), s.redact))
		}
	}
	return out
}

// shown makes a plugin's text fit to be shown.
func shown(raw string, redact func(string) string) string {
	return clip(escape(redact(raw)), maxLine)
}
