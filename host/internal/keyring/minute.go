package keyring

import "time"

const minuteWindow = time.Minute

// minute bounds the calls in any 60 seconds by remembering when the last ones began. It refuses bursts that
// a calendar minute or a full token bucket would let through, and knows exactly when the next call may go.
type minute struct {
	limit int
	at    []time.Time // a ring once it is full; next is the oldest
	next  int
}

func newMinute(limit int64) *minute {
	if limit <= 0 {
		return nil
	}
	return &minute{limit: int(min(limit, 1<<30))}
}

// until returns when a call may go next; the zero time means at any time.
func (m *minute) until() time.Time {
	if m == nil || len(m.at) < m.limit {
		return time.Time{}
	}
	return m.at[m.next].Add(minuteWindow)
}

// take notes a call. It reports whether no further one fits in for now.
func (m *minute) take(now time.Time) bool {
	if m == nil {
		return false
	}
	if len(m.at) < m.limit {
		m.at = append(m.at, now)
	} else {
		m.at[m.next] = now
		m.next = (m.next + 1) % m.limit
	}
	return m.until().After(now)
}
