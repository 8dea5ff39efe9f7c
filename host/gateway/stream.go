package gateway

import (
	"encoding/json"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// stream answers a chat request as it is produced. Until its headers are out, with the first content or after
// a long silence, a failure is an answer like any other; then it can only be the last event.
func (x *exchange) stream(h *host.Host, body []byte) *failure {
	out := x.newSSE()
	defer out.close()
	s, err := call(x, func(id host.CallOption) (*host.Stream, error) { return h.ChatStreamJSON(x.r.Context(), body, id) })
	if err != nil {
		return out.fail(failed(err))
	}
	out.opened(s)
	for lines, err := range s.Batches() {
		if err != nil {
			return out.fail(failed(err))
		}
		if err := out.chunks(lines, x.asked.usage); err != nil {
			return nil // the client is gone; leaving the loop closes the stream
		}
	}
	trail := s.Route()
	if s.Info().FinishReason == "" {
		return out.fail(failed(&host.Error{Kind: sdk.KindBrokenStream, Message: "the stream ended without a finish reason", Trail: &trail}))
	}
	if x.wantsTrail() {
		out.event(trailChunk(x.id, &trail))
	}
	out.event([]byte("[DONE]"))
	if out.early || trail.Cost != nil {
		x.trailTrailer(&trail)
	}
	return nil
}

// opened puts what is known of a stream into the headers, unless they are out.
func (s *sse) opened(stream *host.Stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		trail := stream.Route()
		s.x.trailHead(&trail)
	}
}

// fail ends the stream with f: as the answer, or, once the headers are out, as its last event and without a
// [DONE].
func (s *sse) fail(f *failure) *failure {
	s.mu.Lock()
	begun := s.begun
	if !begun {
		s.closed = true // from here on the answer is the error's
	}
	s.mu.Unlock()
	if !begun {
		return f
	}
	s.x.note("error", f.code)
	if s.x.r.Context().Err() == nil {
		s.event(f.encode(s.early || s.x.wantsTrail()))
	}
	return nil
}

// trailChunk is a chunk without choices that carries the trail.
func trailChunk(id string, t *host.Trail) []byte {
	chunk, err := json.Marshal(struct {
		ID      string      `json:"id"`
		Object  string      `json:"object"`
		Created int64       `json:"created"`
		Model   string      `json:"model"`
		Choices []struct{}  `json:"choices"`
		Trail   *host.Trail `json:"aio"`
	}{id, sdk.ObjectChunk, time.Now().Unix(), t.Model, []struct{}{}, t})
	if err != nil {
		return []byte("{}")
	}
	return chunk
}
