package keyring

import "time"

// How many units of a daily limit one lease takes from the store: few enough that a crash or another process
// loses little, many enough that most calls need no store.
const (
	maxBlock       = 16
	blockShare     = 50 // a block is at most a fiftieth of the limit
	unlimitedBlock = 64
)

// counter is today's count of a key or an account, as this ring knows it.
type counter struct {
	owner string
	limit int64
	cal   *calendar
	keys  []*key // those that draw on it
	// loose counters are bound to no store: a keyless upstream has nothing to count.
	loose bool

	base  int64 // units outside this ring's open blocks
	away  int64 // of these, units other processes held when the store last told
	taken int64 // units of its open blocks in flight or used
	open  int64 // units of its open blocks altogether
	owed  int64 // used units of an unlimited counter the store has not been told of
	cur   *block
	epoch int // grows when the counts start anew; blocks of older epochs no longer touch them

	spent     bool      // the store granted nothing
	retry     time.Time // when a spent or unreachable counter is asked again
	down      bool      // it rests because the store failed
	announced bool      // EventExhausted was sent, its end not yet
	refill    chan struct{}
}

// block is one lease of the store.
type block struct {
	id      string // empty: granted without the store
	key     Counter
	counter *counter
	size    int64
	free    int64
	flying  int64
	used    int64
	epoch   int
}

func (c *counter) key() Counter { return Counter{Owner: c.owner, Day: c.cal.day} }

// used is what has been taken today, in flight included.
func (c *counter) used() int64 { return c.base + c.taken }

// dry reports whether a unit must come from the store first.
func (c *counter) dry() bool { return c.cur == nil }

// until returns when a counter that has nothing to give is asked again; the zero time means now.
func (c *counter) until() time.Time {
	if c.cur == nil && (c.spent || c.down) {
		return c.retry
	}
	return time.Time{}
}

// want is the size of the next block.
func (c *counter) want() int64 {
	if c.limit == 0 {
		return unlimitedBlock + c.owed
	}
	return min(maxBlock, max(1, c.limit/blockShare))
}

// add takes in a block the store has leased, or one made up when an unlimited counter's store is down.
func (c *counter) add(id string, g Grant) {
	b := &block{id: id, key: c.key(), counter: c, size: g.N, free: g.N, epoch: c.epoch}
	c.open += b.size
	if id != "" {
		c.learn(g.Balance)
		if owed := min(c.owed, b.free); owed > 0 {
			b.free, b.used = b.free-owed, owed
			c.owed -= owed
			c.taken += owed
		}
	}
	c.spent, c.down, c.cur = false, false, b
}

// learn takes in what the store knows beyond this ring's open blocks. What other processes have leased is as
// good as used when there is a limit to keep; without one it would only blur the count.
func (c *counter) learn(b Balance) {
	c.base, c.away = b.Used, max(0, b.Leased-c.open)
	if c.limit > 0 {
		c.base += c.away
	}
}

// drained reports whether the last unit is taken, so that there is no use in asking the store for more.
func (c *counter) drained() bool {
	return c.cur == nil && c.limit > 0 && c.away == 0 && c.used() >= c.limit
}

// take hands out one unit.
func (c *counter) take() *block {
	b := c.cur
	b.free--
	b.flying++
	c.taken++
	if b.free == 0 {
		c.cur = nil
	}
	return b
}

// done ends a unit's flight and returns the settlement of its block if that was the last one.
func (b *block) done(refund bool) (Settlement, bool) {
	b.flying--
	if !refund {
		b.used++
		return b.close()
	}
	b.free++
	if c := b.counter; b.current() {
		c.taken--
		if c.cur == nil {
			c.cur, c.spent, c.down = b, false, false
		}
	}
	return b.close()
}

func (b *block) current() bool { return b.epoch == b.counter.epoch }

// close settles a block nobody draws from any more.
func (b *block) close() (Settlement, bool) {
	c := b.counter
	if b.flying > 0 || b == c.cur {
		return Settlement{}, false
	}
	if b.current() {
		c.open -= b.size
		c.taken -= b.used
		c.base += b.used
		if b.id == "" && !c.loose {
			c.owed += b.used
		}
	}
	return Settlement{ID: b.id, Counter: b.key, Used: b.used}, b.id != ""
}

// restart begins the counts anew, for a new day or by hand, and returns the settlement of the block that was
// being drawn from, unless calls are still in flight on it.
func (c *counter) restart() (Settlement, bool) {
	b := c.cur
	c.epoch++
	c.base, c.away, c.taken, c.open, c.owed = 0, 0, 0, 0, 0
	c.cur, c.spent, c.down = nil, false, false
	if b == nil {
		return Settlement{}, false
	}
	return b.close()
}
