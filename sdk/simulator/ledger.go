package simulator

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Phase is how far an exchange got; phases are ordered.
type Phase int

// The phases of an exchange.
const (
	Received  Phase = iota // the request arrived
	Headers                // the reply's headers were sent
	FirstByte              // the first byte of its body was sent
	Body                   // more than one piece of its body was sent
	Done                   // all of it was sent; a reply cut short by a fault never gets here
)

func (p Phase) String() string {
	return [...]string{"received", "headers", "first_byte", "body", "done"}[p]
}

// MarshalText writes the phase by name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Phase) UnmarshalText(text []byte) error {
	for q := Received; q <= Done; q++ {
		if q.String() == string(text) {
			*p = q
			return nil
		}
	}
	return fmt.Errorf("simulator: unknown phase %q", text)
}

// Entry is what the ledger knows of one exchange. Header and Body are shared
// between copies and must not be changed.
type Entry struct {
	Seq        int64       `json:"seq"`     // 1 for the first request ever, in order of arrival
	Time       time.Time   `json:"time"`    // arrival; the same instant as Started
	Dialect    string      `json:"dialect"` // "" for a path below none
	Method     string      `json:"method"`
	Path       string      `json:"path"`
	KeyLabel   string      `json:"key"` // "none" without a key, "unknown" for an undeclared one; never the key
	Model      string      `json:"model,omitempty"`
	Stream     bool        `json:"stream,omitempty"`
	Phase      Phase       `json:"phase"`
	Status     int         `json:"status,omitempty"` // 0 until headers were sent
	BytesIn    int64       `json:"bytes_in"`         // request body
	BytesOut   int64       `json:"bytes_out"`        // reply body
	Chunks     int         `json:"chunks,omitempty"` // data events streamed, without comments and [DONE]
	ClientGone bool        `json:"client_gone,omitempty"`
	ConnID     int64       `json:"conn,omitempty"` // which connection, counted from 1; 0 when the listener is another and does not number them
	Header     http.Header `json:"header,omitempty"`
	Body       []byte      `json:"body,omitempty"`  // only with Options.KeepBodies
	Fault      string      `json:"fault,omitempty"` // what the script did, kinds joined by "+"
	Started    time.Time   `json:"started"`
	Ended      time.Time   `json:"ended,omitzero"` // zero while the exchange runs
}

// Ledger is the append-only record of exchanges, safe for concurrent use.
//
// An exchange that is sent whole is recorded as done just before its last bytes
// leave, so whoever has seen the end of a reply sees it done here.
type Ledger struct {
	mu      sync.Mutex
	entries []*Entry
	seq     int64
	dropped int64
	limit   int
	changed chan struct{} // closed at the next change; nil while nobody waits
}

func newLedger(limit int) *Ledger {
	if limit <= 0 {
		limit = 100_000
	}
	return &Ledger{limit: limit}
}

// Filter chooses entries. A nil Filter chooses all.
type Filter func(Entry) bool

func (f Filter) match(e *Entry) bool { return f == nil || f(*e) }

// ByKey chooses the exchanges of the key with that label.
func ByKey(label string) Filter { return func(e Entry) bool { return e.KeyLabel == label } }

// Ended chooses the exchanges that are over, however they ended.
func Ended() Filter { return func(e Entry) bool { return !e.Ended.IsZero() } }

// And chooses what every one of the filters chooses.
func And(filters ...Filter) Filter {
	return func(e Entry) bool {
		return !slices.ContainsFunc(filters, func(f Filter) bool { return !f.match(&e) })
	}
}

// Entries returns a copy of the entries in order of arrival.
func (l *Ledger) Entries() []Entry { return l.Select(nil) }

// Select returns a copy of the entries that f chooses.
func (l *Ledger) Select(f Filter) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pick(f)
}

func (l *Ledger) pick(f Filter) []Entry {
	var out []Entry
	for _, e := range l.entries {
		if f.match(e) {
			out = append(out, *e)
		}
	}
	return out
}

// Len returns how many exchanges are kept.
func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

// Count returns how many of the kept exchanges f chooses.
func (l *Ledger) Count(f Filter) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count(f)
}

func (l *Ledger) count(f Filter) int {
	n := 0
	for _, e := range l.entries {
		if f.match(e) {
			n++
		}
	}
	return n
}

// Dropped returns how many old entries made room for newer ones. A judge that
// counts must see zero here.
func (l *Ledger) Dropped() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

// Wait returns the chosen entries as soon as there are at least n of them. It
// fails when ctx ends first.
func (l *Ledger) Wait(ctx context.Context, n int, f Filter) ([]Entry, error) {
	err := l.await(ctx, func() bool { return l.count(f) >= n })
	found := l.Select(f)
	if err != nil {
		return found, fmt.Errorf("simulator: ledger has %d of %d expected entries: %w", len(found), n, err)
	}
	return found, nil
}

// WaitFor returns nil as soon as ok is true of the entries. ok gets its own
// copy; it is asked again at every change and must not use the ledger itself.
// WaitFor fails when ctx ends first.
func (l *Ledger) WaitFor(ctx context.Context, ok func([]Entry) bool) error {
	return l.await(ctx, func() bool { return ok(l.pick(nil)) })
}

// await asks ok, which runs under the lock, at every change.
func (l *Ledger) await(ctx context.Context, ok func() bool) error {
	for {
		l.mu.Lock()
		if ok() {
			l.mu.Unlock()
			return nil
		}
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Reset forgets all entries, for the next part of a test. Sequence numbers go
// on; exchanges still running are not recorded again.
func (l *Ledger) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.dropped = nil, 0
	l.notify()
}

// open appends an entry and numbers it.
func (l *Ledger) open(e Entry) *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	e.Seq = l.seq
	l.entries = append(l.entries, &e)
	l.trim()
	l.notify()
	return &record{ledger: l, entry: &e}
}

// trim drops the oldest entries in blocks, so that the cost of moving the rest
// is spread over many appends.
func (l *Ledger) trim() {
	if slack := l.limit / 8; len(l.entries) > l.limit+slack {
		surplus := len(l.entries) - l.limit
		l.entries = slices.Clone(l.entries[surplus:])
		l.dropped += int64(surplus)
	}
}

func (l *Ledger) notify() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// record is the one handle through which an exchange writes its entry.
type record struct {
	ledger *Ledger
	entry  *Entry
}

func (r *record) update(change func(*Entry)) {
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	change(r.entry)
	r.ledger.notify()
}
