package keyring

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// legacy is what a ring knows of a key and no store keeps.
type legacy struct {
	total, errors, tokens int64
	usedSeq               uint64
	lastKind              sdk.Kind
	lastUsed              time.Time
	calls                 []time.Time
}

// inherit takes over from a ring of other keys or limits, as far as the keys are the same.
func (r *Ring) inherit(before *Ring) {
	keys, accounts, seq := before.handOver()
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	r.seq = seq
	for _, k := range r.keys {
		if l, known := keys[k.fingerprint]; known {
			k.total, k.errors, k.tokens = l.total, l.errors, l.tokens
			k.usedSeq, k.lastKind, k.lastUsed = l.usedSeq, l.lastKind, l.lastUsed
			k.minute.replay(l.calls)
		}
	}
	for _, a := range r.accounts {
		a.minute.replay(accounts[a.owner])
	}
	r.arrange(now)
}

// handOver gives the ring's unused units of daily limits back to the store, so that whoever takes over counts
// right, and tells what the store does not keep. The ring can still be used: it asks for units anew.
func (r *Ring) handOver() (keys map[string]legacy, accounts map[string][]time.Time, seq uint64) {
	r.mu.Lock()
	defer r.unlock()
	r.restart(func(*counter) bool { return true })
	_ = r.persistNow() // told of as an event; units not given back count as used until the ring is closed
	keys, accounts = make(map[string]legacy, len(r.keys)), make(map[string][]time.Time, len(r.accounts))
	for _, k := range r.keys {
		if k.fingerprint != "" {
			keys[k.fingerprint] = legacy{k.total, k.errors, k.tokens, k.usedSeq, k.lastKind, k.lastUsed, k.minute.calls()}
		}
	}
	for _, a := range r.accounts {
		accounts[a.owner] = a.minute.calls()
	}
	return keys, accounts, r.seq
}

// calls returns when the calls of the window began, oldest first.
func (m *minute) calls() []time.Time {
	if m == nil {
		return nil
	}
	return append(append([]time.Time{}, m.at[m.next:]...), m.at[:m.next]...)
}

// replay takes in calls that were made elsewhere, oldest first.
func (m *minute) replay(calls []time.Time) {
	for _, at := range calls {
		m.take(at)
	}
}
