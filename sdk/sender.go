package sdk

import (
	"bytes"
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

const (
	batchBytes = 15 << 10 // a batch is sent when it holds this much: with its last event it still fits a frame of the exchange
	splitBytes = 1 << 20  // one message carries at most this much of an event
	heldBytes  = 64 << 10 // what may gather before content begins
	aliveEvery = time.Second
)

// Sender takes the chunks of one stream on their way to the host. Send delivers at once. A Provider that
// knows when its upstream has more bytes ready uses Queue for each chunk and Flush before it waits: several
// chunks then share a message, and none is ever held back by a timer.
//
// The Sender also watches the call's FirstToken and Stall deadlines and cancels the call's context when one
// passes. Its methods block while the host is slow: that is the back-pressure. It is for one goroutine.
type Sender struct {
	// emit is done with the message when it returns.
	emit func(*pb.ChatStreamResponse) error

	mu      sync.Mutex // against the watch
	pending []byte
	outbox  pb.ChatStreamResponse
	content bool
	err     error
	watch   watch
}

// Send delivers one chunk.
func (s *Sender) Send(chunk *ChatChunk) error {
	raw, err := chunk.MarshalJSON()
	if err != nil {
		return Errorf(KindInternal, "encode chunk: %w", err)
	}
	return s.SendRaw(raw)
}

// SendRaw delivers one chunk given as JSON.
func (s *Sender) SendRaw(chunk []byte) error {
	if err := s.Queue(chunk); err != nil {
		return err
	}
	return s.Flush()
}

// Queue adds one chunk, given as JSON, to the batch. It keeps no reference to chunk.
func (s *Sender) Queue(chunk []byte) error {
	if len(chunk) > MaxBody {
		return Errorf(KindBadReply, "one stream event of %d bytes is larger than %d", len(chunk), MaxBody)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if !s.content && HasContent(chunk) {
		s.content = true
	}
	start := len(s.pending)
	s.pending = append(append(s.pending, chunk...), '\n')
	// Line breaks between JSON tokens are white space; inside strings they are not allowed raw.
	if line := s.pending[start : len(s.pending)-1]; bytes.IndexByte(line, '\n') >= 0 || bytes.IndexByte(line, '\r') >= 0 {
		for i, c := range line {
			if c == '\n' || c == '\r' {
				line[i] = ' '
			}
		}
	}
	s.watch.unheard = true // the time is taken once, when the batch goes out
	if len(s.pending) >= batchBytes {
		return s.flush()
	}
	return nil
}

// Flush sends what Queue has gathered. Before the first content it keeps small batches back: the host does
// too, since until then it may still take the call elsewhere.
func (s *Sender) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flush()
}

// Heard tells that the upstream gave a sign of life that is no chunk, such as a comment: it resets the stall
// deadline, never the first-token one.
func (s *Sender) Heard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch.heard()
}

func (s *Sender) flush() error {
	if s.err != nil {
		return s.err
	}
	if len(s.pending) == 0 || (!s.content && len(s.pending) < heldBytes) {
		if s.watch.unheard {
			s.watch.heard()
		}
		return nil
	}
	return s.send(nil)
}

// send empties the batch, and ends the stream when end is given.
func (s *Sender) send(end *pb.ReplyInfo) error {
	rest := s.pending
	for {
		part := rest[:min(len(rest), splitBytes)]
		rest = rest[len(part):]
		s.outbox.Chunks, s.outbox.HasContent = part, s.content
		if len(rest) == 0 {
			s.outbox.End = end
		}
		if err := s.emit(&s.outbox); err != nil {
			s.err = err
			return err
		}
		if len(rest) == 0 {
			break
		}
	}
	if cap(s.pending) > heldBytes {
		s.pending = nil // one large event must not pin its memory for the whole stream
	}
	s.pending = s.pending[:0]
	s.watch.sent(s.content)
	return nil
}

func (s *Sender) end(info *ReplyInfo) error {
	if info == nil {
		info = &ReplyInfo{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	return s.send(info.toPB())
}

var errEnded = &Error{Kind: KindInternal, Message: "the stream has ended"}

// reclaim takes the Sender's memory back. A provider that goes on sending after its return is told that it has
// ended: that memory may be another stream's by then.
func (s *Sender) reclaim() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = errEnded
	}
	pending := s.pending
	s.pending = nil
	return pending[:0]
}

// drain sends what is pending before an error does, once content has begun: what the upstream produced is
// the caller's.
func (s *Sender) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil && s.content && len(s.pending) > 0 {
		_ = s.send(nil) // the stream is failing already
	}
}

// watch is the Sender's clock: one timer a stream, for two deadlines and a sign of life.
type watch struct {
	deadlines Deadlines
	cancel    context.CancelCauseFunc
	timer     *time.Timer
	began     time.Time
	lastHeard time.Time // zero until the upstream said anything
	unheard   bool      // it said more since
	lastSent  time.Time
	content   bool
	stopped   bool
}

var (
	errFirstToken = errors.New("no content within the first-token deadline")
	errStall      = errors.New("the upstream stalled")
)

func (s *Sender) startWatch(d Deadlines, cancel context.CancelCauseFunc) {
	now := time.Now()
	s.watch = watch{deadlines: d, cancel: cancel, began: now, lastSent: now}
	s.mu.Lock()
	defer s.mu.Unlock()
	// Armed only when the field is set: tick uses it without the lock when it cannot have the lock.
	s.watch.timer = time.AfterFunc(math.MaxInt64, s.tick)
	s.watch.timer.Reset(s.watch.next(now))
}

func (s *Sender) stopWatch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch.stopped = true
	s.watch.timer.Stop()
}

// tick runs on the timer. A held lock means a chunk is on its way: then there is nothing to report.
func (s *Sender) tick() {
	if !s.mu.TryLock() {
		s.watch.timer.Reset(aliveEvery)
		return
	}
	defer s.mu.Unlock()
	w := &s.watch
	if w.stopped || s.err != nil {
		return
	}
	if w.unheard {
		w.heard()
	}
	now := time.Now()
	if cause := w.expired(now); cause != nil {
		w.cancel(cause)
		return
	}
	if now.Sub(w.lastSent) >= aliveEvery {
		if err := s.emit(&pb.ChatStreamResponse{Alive: true}); err != nil {
			s.err = err
			return
		}
		w.lastSent = time.Now()
	}
	w.timer.Reset(w.next(time.Now()))
}

func (w *watch) heard() { w.lastHeard, w.unheard = time.Now(), false }

func (w *watch) sent(content bool) {
	now := time.Now()
	w.lastSent, w.content, w.unheard = now, w.content || content, false
	// Time spent waiting for a slow host is not the upstream's silence.
	w.lastHeard = now
}

func (w *watch) expired(now time.Time) error {
	d := w.deadlines
	if d.FirstToken > 0 && !w.content && now.Sub(w.began) >= d.FirstToken {
		return &Error{Kind: KindTimeout, Message: errFirstToken.Error() + " of " + d.FirstToken.String(), Cause: errFirstToken}
	}
	if d.Stall > 0 && !w.lastHeard.IsZero() && now.Sub(w.lastHeard) >= d.Stall {
		return &Error{Kind: KindTimeout, Message: errStall.Error() + " for " + d.Stall.String(), Cause: errStall, Certainty: ResponseStarted}
	}
	return nil
}

// next is how long nothing can be due.
func (w *watch) next(now time.Time) time.Duration {
	due := w.lastSent.Add(aliveEvery)
	d := w.deadlines
	if d.FirstToken > 0 && !w.content {
		due = earlier(due, w.began.Add(d.FirstToken))
	}
	if d.Stall > 0 && !w.lastHeard.IsZero() {
		due = earlier(due, w.lastHeard.Add(d.Stall))
	}
	return max(due.Sub(now), time.Millisecond)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
