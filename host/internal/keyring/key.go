package keyring

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// key is a configured key and what is known of it.
type key struct {
	Key
	ord         int
	fingerprint string
	account     *account
	counter     *counter
	minute      *minute
	rest        rest

	disabled string // why it is out of use; empty if it is not
	byHand   bool   // disabled by configuration or Disable, not by errors

	usedSeq    uint64 // the last lease
	authErrors int
	authSeq    uint64 // the newest lease granted when the last authentication error was counted
	total      int64
	errors     int64
	tokens     int64
	lastKind   sdk.Kind
	lastUsed   time.Time
}

// account is what keys share. A key that names none has one to itself.
type account struct {
	name    string // empty: belongs to one key alone
	owner   string
	keys    []*key
	counter *counter // nil: no daily limit
	minute  *minute
	cal     *calendar
	rest    rest
	models  map[string]*rest
}

// out reports whether no passing of time makes the key usable.
func (k *key) out() bool { return k.Missing != "" || k.disabled != "" }

// ready returns when the key's and its account's rests and limits let it serve some model again.
func (k *key) ready() time.Time {
	a := k.account
	t := later(k.rest.until(), a.rest.until())
	t = later(t, k.counter.until())
	if a.counter != nil {
		t = later(t, a.counter.until())
	}
	return later(t, later(k.minute.until(), a.minute.until()))
}

// readyFor is t, or when the account lets the model be used again if that is later.
func (k *key) readyFor(model string, t time.Time) time.Time {
	if r := k.account.models[model]; r != nil {
		return later(t, r.until())
	}
	return t
}

// dry returns the counter that must get units from the store before the key can be used; nil if none.
func (k *key) dry() *counter {
	if k.counter.dry() {
		return k.counter
	}
	if c := k.account.counter; c != nil && c.dry() {
		return c
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Fingerprint identifies a key by its value without giving it away: 16 hex digits of a SHA-256 that is of no
// use elsewhere. The empty secret's is empty.
func Fingerprint(value sdk.Secret) string {
	if value.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte("aio/keyring/fingerprint/v1\x00" + value.Reveal()))
	return hex.EncodeToString(sum[:8])
}
