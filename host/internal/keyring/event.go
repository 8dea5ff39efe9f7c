package keyring

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// EventType says what changed.
type EventType string

// The events.
const (
	EventCooled      EventType = "cooled"       // a scope rests until Until, or longer than before
	EventRecovered   EventType = "recovered"    // a rest or an exhausted limit is over
	EventExhausted   EventType = "exhausted"    // a daily limit is used up until Until
	EventDisabled    EventType = "disabled"     // a key is out of use until it is enabled
	EventEnabled     EventType = "enabled"      // a key is back in use
	EventStoreFailed EventType = "store_failed" // the store could not be read or written
)

// Event is one change of state. It holds no secret.
type Event struct {
	Type     EventType
	At       time.Time
	Provider string
	// Label and Fingerprint are the key concerned, or the one whose call brought the change about.
	Label       string
	Fingerprint string
	// Account is the key's account; empty if it is its own.
	Account string
	// Scope is what rests or recovered, Model the model within it.
	Scope sdk.Scope
	Model string
	Until time.Time
	Why   sdk.Kind
	// Detail says more in words; it may be empty.
	Detail string
}
