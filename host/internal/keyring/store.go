package keyring

import (
	"context"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Store keeps what must outlive a call: daily counts and health. Several rings, and for a durable store
// several processes, share one. All methods are safe for concurrent use; one that waits stops when ctx ends,
// with ctx's error. Package storetest holds the tests every implementation must pass.
//
// Daily counts are kept by leases. Reserve takes units from what remains of a limit and books them as
// leased before it returns; only then are calls made. Settle closes the lease: units used are counted, the
// rest goes back. A lease belongs to the process that took it and stays open until it is settled; when the
// process is found dead its open leases count as used. So the sum of used and leased units never passes the
// limit, and nothing that was sent goes uncounted.
type Store interface {
	// Load returns the state of a provider: the balance of each counter asked for (absent: nothing used) and
	// the health saved last.
	Load(ctx context.Context, provider string, counters []Counter) (Snapshot, error)
	// Reserve leases up to N units. It grants what remains when that is less, and nothing when nothing does.
	// A second call with the same ID returns the first one's grant.
	Reserve(ctx context.Context, r Reservation) (Grant, error)
	// Settle closes a lease. Closing one that is closed, or was never granted, changes nothing.
	Settle(ctx context.Context, s Settlement) error
	// Save keeps the given parts of a provider's health in place of what was saved for them before.
	Save(ctx context.Context, h Health) error
	// Reset sets counters back to nothing used and forgets their open leases.
	Reset(ctx context.Context, counters []Counter) error
}

// Counter names one daily count.
type Counter struct {
	// Owner is "key:" and a fingerprint, or "account:" and a name.
	Owner string
	// Day is the provider's day as Reset names it, e.g. "2026-03-29". Days of one owner sort as text.
	Day string
}

// Balance is what has been taken from a counter.
type Balance struct {
	// Used units are spent; Leased ones are held by open leases, of all processes together.
	Used, Leased int64
}

// Reservation asks for a lease.
type Reservation struct {
	// ID names the lease; it is unique over all processes.
	ID      string
	Counter Counter
	// Limit is the most units the counter may ever hold, used and leased together; 0 is no limit.
	Limit int64
	// N is the units wanted, at least 1.
	N int64
}

// Grant answers a Reservation.
type Grant struct {
	// N is the units granted, from 0 to the units wanted.
	N int64
	// Balance is the counter after the grant.
	Balance Balance
}

// Settlement closes the lease with that ID.
type Settlement struct {
	ID      string
	Counter Counter
	// Used is how many of its units count; the others go back.
	Used int64
}

// Snapshot is what a store knows about one provider.
type Snapshot struct {
	Balances map[Counter]Balance
	Health   Health
}

// Health is what a provider's past calls say about its keys.
type Health struct {
	Provider string
	Keys     []KeyHealth
	Rests    []Rest
}

// KeyHealth is the part of it that belongs to one key.
type KeyHealth struct {
	Fingerprint string
	// Disabled keys stay so until someone enables them; Why is the reason in words.
	Disabled bool
	Why      string
	// AuthErrors counts authentication errors in a row.
	AuthErrors int
}

// Rest is a cooldown of one scope. Limits (rate, quota, credit) and failures (network, server,
// authentication) run side by side, because only the latter may be probed.
type Rest struct {
	Scope sdk.Scope
	// Owner is the key or account as in Counter; empty for the scopes model and provider.
	Owner string
	// Model is the upstream model for the scopes model and account_model.
	Model          string
	Limit, Failure Span
}

// Span is one stretch of rest.
type Span struct {
	Until time.Time
	Why   sdk.Kind
	// Parked marks a rest until a quota's reset or for lack of credit, rather than a short cooldown.
	Parked bool
	// Doublings is how often in a row the rest was doubled.
	Doublings int
}
