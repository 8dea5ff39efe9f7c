package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// opened is a stream past its commit point, with what was held back until then.
type opened struct {
	stream *sdk.ClientStream
	ctx    context.Context //nolint:containedctx // the call's: it ends with the stream, not with a function
	cancel context.CancelCauseFunc
	held   []sdk.Batch
}

// open makes a streaming call and waits for its first content. Until then nothing has been shown to the
// caller, so a failure is one like any other.
func open(a *attempt) (*opened, error) {
	ctx, cancel := context.WithCancelCause(a.job.ctx)
	o := &opened{ctx: ctx, cancel: cancel}
	backstop := time.AfterFunc(a.call.Deadlines.FirstToken+grace, func() { cancel(errFrozen) })
	defer backstop.Stop()
	err := o.toContent(a)
	if err != nil {
		err = a.classify(ctx, err)
		cancel(nil)
		return nil, err
	}
	a.record.FirstToken = time.Since(a.started)
	return o, nil
}

func (o *opened) toContent(a *attempt) (err error) {
	if o.stream, err = a.plugin.Client.ChatStream(o.ctx, a.call); err != nil {
		return err
	}
	for {
		batch, err := o.stream.Recv()
		if err != nil {
			return err
		}
		if batch.Alive {
			continue
		}
		batch.Chunks = bytes.Clone(batch.Chunks) // they would be valid until the next Recv only
		o.held = append(o.held, batch)
		if batch.Content || batch.End != nil {
			return nil
		}
	}
}

// Stream is an answer on its way. It is for one goroutine, Close excepted.
type Stream struct {
	job     *job
	attempt *attempt
	opened  *opened
	stall   time.Duration
	// frozen ends the call when the plugin breaks even its own deadlines while the caller waits. It looks at
	// waiting, when that wait began in nanoseconds since created (0: nobody waits), rather than being set anew for each batch.
	frozen  *time.Timer
	waiting atomic.Int64
	created time.Time

	mu      sync.Mutex // one step, or Close
	partial []byte
	info    sdk.ReplyInfo
	done    bool
	err     error
}

func newStream(j *job, a *attempt, o *opened) *Stream {
	stall := a.call.Deadlines.Stall
	if stall <= 0 {
		stall = j.policy.timeouts.Total
	}
	s := &Stream{job: j, attempt: a, opened: o, stall: stall + grace, created: time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = time.AfterFunc(s.stall, s.watch)
	return s
}

// watch runs on the timer.
func (s *Stream) watch() {
	left := s.stall
	if since := s.waiting.Load(); since != 0 {
		left -= time.Since(s.created) - time.Duration(since)
	}
	if left <= 0 {
		s.opened.cancel(errFrozen)
		return
	}
	if s.opened.ctx.Err() == nil {
		s.frozen.Reset(left)
	}
}

// Batches yields the chunks as they come: one or more chat.completion.chunk objects, each followed by one
// newline, as many as had arrived together. The bytes are valid until the next step. The last step yields
// the error of a stream that broke; without it the stream finished properly. Leaving the loop early cancels
// the request.
func (s *Stream) Batches() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		defer s.Close()
		for {
			chunks, err := s.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if len(chunks) > 0 && !yield(chunks, nil) {
				return
			}
		}
	}
}

// Raw yields each chunk's JSON, in the manner of Batches.
func (s *Stream) Raw() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for chunks, err := range s.Batches() {
			if err != nil {
				yield(nil, err)
				return
			}
			for len(chunks) > 0 {
				line, rest, _ := bytes.Cut(chunks, []byte{'\n'})
				if !yield(line, nil) {
					return
				}
				chunks = rest
			}
		}
	}
}

// Events yields each chunk decoded, in the manner of Batches.
func (s *Stream) Events() iter.Seq2[*sdk.ChatChunk, error] {
	return func(yield func(*sdk.ChatChunk, error) bool) {
		for raw, err := range s.Raw() {
			if err != nil {
				yield(nil, err)
				return
			}
			chunk := new(sdk.ChatChunk)
			if err := chunk.UnmarshalJSON(raw); err != nil {
				yield(nil, s.breakOff(&sdk.Error{Kind: sdk.KindBadReply, Certainty: sdk.ResponseStarted, Message: "decode chunk: " + err.Error(), Cause: err}))
				return
			}
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// Completion reads the stream to its end and returns it as one completion.
func (s *Stream) Completion() (*sdk.ChatCompletion, error) {
	var acc sdk.Accumulator
	for chunk, err := range s.Events() {
		if err != nil {
			return acc.Completion(), err
		}
		acc.Add(chunk)
	}
	return acc.Completion(), nil
}

// Route says how the stream came about. It is complete once the stream has ended; until then its last attempt
// is the one that answers. It is for the goroutine that reads the stream.
func (s *Stream) Route() Trail {
	t := s.job.trail
	if s.done {
		return t
	}
	a := s.attempt
	a.answers(&t)
	t.Attempts = append(slices.Clone(t.Attempts), a.record)
	t.Duration = time.Since(t.Started)
	return t
}

// Info is what the plugin read out of the reply: usage, finish reason, served model. It is known once the
// stream has ended.
func (s *Stream) Info() sdk.ReplyInfo { return s.info }

// Close ends the stream. Before its end that cancels the upstream call; afterwards it does nothing. It may
// be called while another goroutine reads.
func (s *Stream) Close() error {
	s.job.cancel(errCanceled)
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.fail(errCanceled) // the caller knows
	return nil
}

// next returns whole chunks; io.EOF after a proper end.
func (s *Stream) next() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.done {
			if s.err != nil {
				return nil, s.err
			}
			return nil, io.EOF
		}
		batch, err := s.recv()
		if err != nil {
			return nil, s.fail(sdk.AsError(err))
		}
		chunks := s.whole(batch.Chunks)
		if batch.End != nil {
			s.finish(*batch.End)
		}
		if len(chunks) > 0 {
			s.attempt.chunks += int64(bytes.Count(chunks, []byte{'\n'}))
			return chunks, nil
		}
	}
}

func (s *Stream) recv() (sdk.Batch, error) {
	o := s.opened
	if len(o.held) > 0 {
		batch := o.held[0]
		o.held = o.held[1:]
		return batch, nil
	}
	s.waiting.Store(int64(time.Since(s.created)))
	batch, err := o.stream.Recv()
	s.waiting.Store(0)
	if err != nil {
		return batch, s.attempt.classify(o.ctx, err)
	}
	return batch, nil
}

// whole returns the complete lines of a batch and keeps an unfinished one for the next.
func (s *Stream) whole(data []byte) []byte {
	end := bytes.LastIndexByte(data, '\n') + 1
	chunks, rest := data[:end], data[end:]
	if len(s.partial) > 0 && end > 0 {
		chunks = append(s.partial, chunks...)
		s.partial = nil
	}
	s.partial = append(s.partial, rest...)
	return chunks
}

func (s *Stream) finish(info sdk.ReplyInfo) {
	s.done, s.info = true, info
	s.attempt.succeed(info)
	s.frozen.Stop()
	s.opened.cancel(nil)
	_ = s.job.end(nil)
}

func (s *Stream) breakOff(err *sdk.Error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fail(err)
}

// fail ends a stream that broke, or that the caller left, after its first content: nothing is tried again.
func (s *Stream) fail(err *sdk.Error) error {
	if s.done {
		return s.err
	}
	s.done = true
	if ended := s.job.ended(); ended != nil {
		told := *ended
		told.Certainty = sdk.ResponseStarted
		err = &told
	}
	v := decide(situation{err: err, committed: true, policy: s.job.host.retryOf(s.attempt.provider, s.job.policy)})
	s.attempt.fail(err, v, v.next)
	s.frozen.Stop()
	s.opened.cancel(nil)
	s.err = s.job.end(err)
	return s.err
}
