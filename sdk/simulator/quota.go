package simulator

import (
	"sync"
	"time"
)

// allowance is how a provider counts requests against an account's limits.
type allowance struct {
	scope       string    // what is counted apart within an account
	dayEnd      time.Time // when a day begun now ends
	failedCount bool      // failed calls count too
}

// count is how far a limit is used up.
type count struct {
	limit, used int
	end         time.Time
}

func (n *count) full() bool { return n.limit > 0 && n.used >= n.limit }

// renew begins a new window when the old one is over.
func (n *count) renew(limit int, now, end time.Time) {
	if !now.Before(n.end) {
		*n = count{end: end}
	}
	n.limit = limit
}

// standing is an account's state after a request was counted.
type standing struct{ day, minute count }

// quota counts requests for every account, safe for concurrent use. It never
// grants more than a limit.
type quota struct {
	mu       sync.Mutex
	accounts map[string]*standing
}

// look tells an account's state without counting.
func (q *quota) look(k *Key, dialect string, a allowance) standing {
	q.mu.Lock()
	defer q.mu.Unlock()
	if s := q.accounts[account(k, dialect, a)]; s != nil {
		return *s
	}
	return standing{}
}

func account(k *Key, dialect string, a allowance) string {
	return dialect + "\x00" + k.account() + "\x00" + a.scope
}

// take counts one request and returns the error it runs into, or "".
func (q *quota) take(k *Key, dialect string, a allowance, failed bool, now time.Time) (standing, string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	id := account(k, dialect, a)
	s := q.accounts[id]
	if s == nil {
		s = &standing{}
		q.accounts[id] = s
	}
	s.day.renew(k.DailyLimit, now, a.dayEnd)
	s.minute.renew(k.PerMinute, now, now.Add(time.Minute))
	switch {
	case failed && !a.failedCount:
		return *s, ""
	case s.day.full():
		return *s, ErrorRateDay
	case s.minute.full():
		if a.failedCount {
			s.day.used++
		}
		return *s, ErrorRateMinute
	}
	s.day.used++
	s.minute.used++
	return *s, ""
}
