package admin

import (
	"slices"
	"sync"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// Recent is a host.Observer that keeps the last requests with their attempts, without what upstreams said of their
// errors. Make it with NewRecent.
type Recent struct {
	mu    sync.Mutex
	ended []Ended // a ring once it is full; next is the oldest
	next  int
	most  int
}

// Ended is a request that ended.
type Ended struct {
	host.Trail
	Operation string `json:"operation"`
	Stream    bool   `json:"stream"`
	// Kind is why it failed; empty when it did not.
	Kind         sdk.Kind   `json:"kind,omitempty"`
	FinishReason string     `json:"finish_reason,omitempty"`
	Usage        *sdk.Usage `json:"usage,omitempty"`
}

// NewRecent returns a Recent of the last so many requests; 0 means 200.
func NewRecent(most int) *Recent {
	if most <= 0 {
		most = 200
	}
	return &Recent{most: most}
}

// Observe implements host.Observer.
func (r *Recent) Observe(e host.Event) {
	ended, ok := e.(host.RequestEnded)
	if !ok {
		return
	}
	trail := ended.Trail
	trail.Attempts = slices.Clone(trail.Attempts)
	for i := range trail.Attempts {
		trail.Attempts[i].Message = "" // may quote the prompt
	}
	kept := Ended{Trail: trail, Operation: ended.Operation, Stream: ended.Stream, Kind: ended.Kind,
		FinishReason: ended.Info.FinishReason, Usage: ended.Info.Usage}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.ended) < r.most {
		r.ended = append(r.ended, kept)
		return
	}
	r.ended[r.next] = kept
	r.next = (r.next + 1) % r.most
}

// List returns the requests, the last one first.
func (r *Recent) List() []Ended {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Ended, 0, len(r.ended))
	for i := len(r.ended) - 1; i >= 0; i-- {
		out = append(out, r.ended[(r.next+i)%len(r.ended)])
	}
	return out
}
