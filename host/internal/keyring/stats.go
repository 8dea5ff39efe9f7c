package keyring

import (
	"slices"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// KeyStats is what is known of one key. It holds no secret.
type KeyStats struct {
	Label       string
	Account     string // empty: its own
	Fingerprint string
	Priority    int
	State       State
	// Until is when the state ends; zero if time alone does not end it.
	Until time.Time
	// Why is the error behind the state, Reason says it in words; either may be empty.
	Why    sdk.Kind
	Reason string
	// UsedToday counts the calls of the provider's day, those in flight included, over all processes as far
	// as known; DayEnds is when it starts anew.
	UsedToday  int64
	DailyLimit int64 // 0: none
	DayEnds    time.Time
	// AccountUsedToday and AccountDailyLimit are the same for its account; both 0 if that has no limit.
	AccountUsedToday, AccountDailyLimit int64
	// Total, Errors and Tokens count since the ring was made.
	Total                 int64
	Errors                int64
	Tokens                int64
	ConsecutiveAuthErrors int
	LastErrorKind         sdk.Kind
	LastUsed              time.Time
	// Models are the models for which alone the key's account rests.
	Models []ModelRest
}

// ModelRest is a rest of one model.
type ModelRest struct {
	Model string
	Until time.Time
	Why   sdk.Kind
}

// Stats returns all keys as configured; none for an upstream that wants no key.
func (r *Ring) Stats() []KeyStats {
	r.mu.Lock()
	defer r.unlock()
	now := r.now()
	r.turn(now)
	stats := make([]KeyStats, 0, len(r.byLabel))
	if len(r.byLabel) == 0 {
		return stats
	}
	for _, k := range r.keys {
		s := r.standing(k, "", now)
		st := KeyStats{
			Label: k.Label, Account: k.account.name, Fingerprint: k.fingerprint, Priority: k.Priority,
			State: s.State, Until: s.Until, Why: s.Why, Reason: s.Detail,
			UsedToday: k.counter.used(), DailyLimit: k.DailyLimit, DayEnds: k.counter.cal.end,
			Total: k.total, Errors: k.errors, Tokens: k.tokens,
			ConsecutiveAuthErrors: k.authErrors, LastErrorKind: k.lastKind, LastUsed: k.lastUsed,
			Models: modelRests(k.account.models, now),
		}
		if c := k.account.counter; c != nil {
			st.AccountUsedToday, st.AccountDailyLimit = c.used(), c.limit
		}
		stats = append(stats, st)
	}
	return stats
}

// Rests returns the models that rest with all keys, and the provider itself under the empty name.
func (r *Ring) Rests() []ModelRest {
	r.mu.Lock()
	defer r.unlock()
	now := r.now()
	rests := modelRests(r.models, now)
	if r.provRest.active(now) {
		last := r.provRest.last()
		rests = append(rests, ModelRest{Until: last.Until, Why: last.Why})
	}
	return rests
}

func modelRests(of map[string]*rest, now time.Time) (rests []ModelRest) {
	for model, m := range of {
		if m.active(now) {
			rests = append(rests, ModelRest{Model: model, Until: m.until(), Why: m.last().Why})
		}
	}
	slices.SortFunc(rests, func(a, b ModelRest) int { return strings.Compare(a.Model, b.Model) })
	return rests
}
