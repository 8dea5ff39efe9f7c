package main

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"
)

// store holds at most max bytes, each entry for ttl; what was used longest ago goes first.
type store struct {
	max int
	ttl time.Duration

	mu      sync.Mutex
	size    int
	entries map[[sha256.Size]byte]*list.Element
	recent  *list.List // of *entry; the front was used last
}

type entry struct {
	key     [sha256.Size]byte
	body    []byte
	expires time.Time
}

func newStore(maxBytes int, ttl time.Duration) *store {
	return &store{max: maxBytes, ttl: ttl, entries: map[[sha256.Size]byte]*list.Element{}, recent: list.New()}
}

func (s *store) get(key [sha256.Size]byte) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.entries[key]
	if !ok {
		return nil, false
	}
	e, _ := at.Value.(*entry)
	if !time.Now().Before(e.expires) {
		s.remove(at)
		return nil, false
	}
	s.recent.MoveToFront(at)
	return e.body, true
}

func (s *store) put(key [sha256.Size]byte, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(body) > s.max {
		return
	}
	if old, ok := s.entries[key]; ok {
		s.remove(old)
	}
	s.entries[key] = s.recent.PushFront(&entry{key: key, body: body, expires: time.Now().Add(s.ttl)})
	for s.size += len(body); s.size > s.max; {
		s.remove(s.recent.Back())
	}
}

func (s *store) remove(at *list.Element) {
	e, _ := s.recent.Remove(at).(*entry)
	delete(s.entries, e.key)
	s.size -= len(e.body)
}
