package retry

import (
	"sync"
	"time"
)

// Defaults of a Budget: a fifth of the requests may be retried, and three a second however few there are.
// Credits live 10 s, so that a quiet morning does not pay for a storm at noon. Ratio and lifetime are
// Finagle's, as is the idea.
const (
	DefaultRatio     = 0.2
	DefaultPerSecond = 3
	creditLife       = 10 * time.Second
	slots            = 10
	slotLength       = creditLife / slots
)

// Budget bounds the retries on one provider, so that an outage is not made worse. Each request earns a part
// of a retry and each retry spends one; credits and debts older than 10 s are forgotten. Beside that a small
// number of retries a second is always allowed. It is safe for concurrent use.
type Budget struct {
	ratio, perSecond float64
	now              func() time.Time

	mu      sync.Mutex
	balance [slots]float64 // what each slot of the last 10 s earned less what it spent
	slot    int64          // the newest slot, counted since start
	start   time.Time
}

// NewBudget returns a budget that allows a part ratio of the requests to be retried, and perSecond retries
// in any case. 0 means the default, negative nothing. A nil clock means time.Now.
func NewBudget(ratio, perSecond float64, now func() time.Time) *Budget {
	if now == nil {
		now = time.Now
	}
	return &Budget{ratio: orDefault(ratio, DefaultRatio), perSecond: orDefault(perSecond, DefaultPerSecond), now: now, start: now()}
}

func orDefault(v, def float64) float64 {
	if v == 0 {
		return def
	}
	return max(0, v)
}

// OnRequest earns the credit of one request. Call it for first attempts only.
func (b *Budget) OnRequest() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance()
	b.balance[b.slot%slots] += b.ratio
}

// Withdraw spends a retry and reports whether there was one to spend.
func (b *Budget) Withdraw() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance()
	// A hair's breadth lower: five times a fifth must be one.
	if b.sum() < 1-1e-9 {
		return false
	}
	b.balance[b.slot%slots]--
	return true
}

// Balance returns how many retries could be spent now.
func (b *Budget) Balance() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance()
	return max(0, b.sum())
}

// sum is what the last 10 s left, the floor included.
func (b *Budget) sum() float64 {
	sum := b.perSecond * creditLife.Seconds()
	for _, v := range b.balance {
		sum += v
	}
	return sum
}

// advance moves to the slot of now and empties those that are over. A clock that steps back stays where it
// was.
func (b *Budget) advance() {
	slot := int64(b.now().Sub(b.start) / slotLength)
	for steps := min(slot-b.slot, slots); steps > 0; steps-- {
		b.balance[(slot-steps+1)%slots] = 0
	}
	b.slot = max(b.slot, slot)
}
