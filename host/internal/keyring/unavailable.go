package keyring

import (
	"fmt"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// State is how a key is doing.
type State string

// The states.
const (
	Ready     State = "ready"
	Cooling   State = "cooling"   // rests for a short while
	Parked    State = "parked"    // rests until a quota's reset, or for lack of credit
	Exhausted State = "exhausted" // its own or its account's daily limit is used up
	Disabled  State = "disabled"  // out of use until it is enabled
	Missing   State = "missing"   // has no value
	Tried     State = "tried"     // ready, but this request has used it already
)

// Cause says what kind of trouble leaves a provider without a key.
type Cause string

// The causes.
const (
	CauseRate  Cause = "rate"  // limits that refill: waiting until Soonest helps, calling does not
	CauseOther Cause = "other" // keys that are disabled, missing, without credit, failing or tried
	CauseStore Cause = "store" // limits cannot be checked because the store does not answer
)

// Reason says why one key was not used.
type Reason struct {
	Label string
	State State
	// Until is when that ends; zero if time alone does not end it.
	Until time.Time
	// Why is the error behind it; empty for disabled and missing keys.
	Why sdk.Kind
	// Detail says more in words; it may be empty.
	Detail string
}

// maxReasons bounds an UnavailableError; nobody reads ten thousand.
const maxReasons = 100

// UnavailableError means no key of a provider can be used now. Several callers may get the same one: do not
// change it.
type UnavailableError struct {
	Provider string
	Model    string
	Cause    Cause
	// Reasons has one entry a key, in the configured order, 100 at most; Keys is how many there are.
	Reasons []Reason
	Keys    int
	// Soonest is when the first key that rests is back; zero if none rests.
	Soonest time.Time
}

// Error implements error.
func (e *UnavailableError) Error() string {
	var groups []string
	count := make(map[string]int)
	for _, r := range e.Reasons {
		g := string(r.State)
		switch {
		case r.Detail != "":
			g += " (" + r.Detail + ")"
		case r.Why != "":
			g += " (" + string(r.Why) + ")"
		}
		if count[g]++; count[g] == 1 {
			groups = append(groups, g)
		}
	}
	const shown = 6
	var b strings.Builder
	fmt.Fprintf(&b, "no key of provider %q can be used now: ", e.Provider)
	for i, g := range groups {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == shown {
			b.WriteString("and others")
			break
		}
		fmt.Fprintf(&b, "%d %s", count[g], g)
	}
	if !e.Soonest.IsZero() {
		fmt.Fprintf(&b, "; the first is back at %s", e.Soonest.UTC().Format(time.RFC3339))
	}
	return b.String()
}
