package keyring

import (
	"errors"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// DefaultDisableAfter is how many authentication errors in a row disable a key unless Config says otherwise.
const DefaultDisableAfter = 3

// Key is one configured API key.
type Key struct {
	// Label names the key everywhere; its value shows nowhere. Labels are unique within a ring.
	Label string
	// Value is the key itself, unique within a ring.
	Value sdk.Secret
	// Missing says why there is no value, e.g. "GROQ_API_KEY_2 is not set". Such a key is never used.
	Missing string
	// Account names the account the upstream counts this key under; empty is an account of its own.
	Account string
	// Priority: higher is used first.
	Priority int
	// Disabled keeps the key out of use until Enable.
	Disabled bool
	// DailyLimit is the most calls a day; 0 is no limit.
	DailyLimit int64
	// RequestsPerMinute is the most calls in any 60 seconds; 0 is no limit.
	RequestsPerMinute int64
	// Reset is when the day of this key begins; zero takes the account's, and without that midnight UTC.
	Reset Reset
}

// Account holds the limits that all keys of one account share.
type Account struct {
	// RequestsPerMinute and RequestsPerDay bound the calls of all keys together; 0 is no limit.
	RequestsPerMinute int64
	RequestsPerDay    int64
	// Reset is when the account's day begins; zero is midnight UTC.
	Reset Reset
}

// Config is what a Ring is made from.
type Config struct {
	// Provider names the provider block in errors and events.
	Provider string
	// Keys are its keys. None at all means an upstream that wants no key.
	Keys []Key
	// Accounts are the limits of the accounts that Keys name; one that is absent has none.
	Accounts map[string]Account
	// DisableAfter is how many authentication errors in a row disable a key; 0 means DefaultDisableAfter,
	// negative never.
	DisableAfter int
	// Store keeps counts and health; nil means a new Memory of this ring alone.
	Store Store
	// After is a ring on the same Store that this one takes over from, while calls may still run on it; nil is
	// none. What the store does not keep comes from there: statistics, and the calls of the last minute.
	After *Ring
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Rand draws from [0, 1) for jitter; nil means math/rand/v2.
	Rand func() float64
	// OnEvent hears each change of state. It is called outside the ring's lock, possibly from several
	// goroutines, and must not block.
	OnEvent func(Event)
}

// validate returns everything wrong with the configuration, joined.
func (c Config) validate() error {
	var errs []error
	labels := make(map[string]bool, len(c.Keys))
	values := make(map[sdk.Secret]string, len(c.Keys))
	for _, k := range c.Keys {
		if problem := labelProblem(k.Label); problem != "" {
			errs = append(errs, &InvalidKeyError{Provider: c.Provider, Label: k.Label, Problem: problem})
		}
		if labels[k.Label] {
			errs = append(errs, &DuplicateLabelError{Provider: c.Provider, Label: k.Label})
		}
		labels[k.Label] = true
		if strings.ContainsFunc(k.Value.Reveal(), isControl) {
			errs = append(errs, &InvalidKeyError{Provider: c.Provider, Label: k.Label,
				Problem: "its value holds a line break or another control character; a stray newline in the file or variable?"})
		}
		if k.DailyLimit < 0 || k.RequestsPerMinute < 0 {
			errs = append(errs, &InvalidKeyError{Provider: c.Provider, Label: k.Label, Problem: "a limit is negative; leave it out for no limit"})
		}
		if k.Value.IsZero() {
			continue
		}
		if first, ok := values[k.Value]; ok {
			errs = append(errs, &DuplicateValueError{Provider: c.Provider, Labels: [2]string{first, k.Label}})
			continue
		}
		values[k.Value] = k.Label
	}
	return errors.Join(errs...)
}

func labelProblem(label string) string {
	switch {
	case label == "":
		return "the label is empty; every key needs one"
	case strings.ContainsFunc(label, isControl):
		return "the label holds a control character"
	}
	return ""
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }
