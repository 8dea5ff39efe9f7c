package main

import (
	"fmt"
	"sync"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// meter counts what happens, as a program would for its own metrics.
type meter struct {
	mu       sync.Mutex
	requests int
	tokens   int64
	failures map[sdk.Kind]int
}

// Observe implements host.Observer. It is called on the path of requests, from many goroutines: it must be
// quick and must not call the host.
func (m *meter) Observe(e host.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch e := e.(type) {
	case host.AttemptEnded:
		if e.Attempt.Kind != "" {
			m.failures[e.Attempt.Kind]++
		}
	case host.RequestEnded:
		m.requests++
		if e.Info.Usage != nil {
			m.tokens += e.Info.Usage.TotalTokens
		}
	}
}

func (m *meter) report() {
	m.mu.Lock()
	defer m.mu.Unlock()
	fmt.Printf("%d requests, %d tokens, failed calls %v\n", m.requests, m.tokens, m.failures)
}
