package keyring

import (
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// FuzzCooldown: whatever an upstream says, a rest lies within its bounds and only ever grows.
func FuzzCooldown(f *testing.F) {
	f.Add(int64(time.Second), int64(0), uint8(0), 0.5, int64(time.Minute), uint8(1))
	f.Add(int64(-1), int64(1e18), uint8(1), 0.999, int64(0), uint8(2))
	f.Add(int64(1e18), int64(-1e18), uint8(2), 0.0, int64(1e17), uint8(0))
	kinds := []sdk.Kind{sdk.KindRateMinute, sdk.KindRateDay, sdk.KindNoCredit, sdk.KindServerError, sdk.KindNetwork, ""}
	f.Fuzz(func(t *testing.T, first, until int64, flags uint8, rnd float64, second int64, doublings uint8) {
		if !(rnd >= 0 && rnd < 1) {
			return
		}
		now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		reset := now.Add(12 * time.Hour)
		var r rest
		var grown [2]time.Time
		for i, d := range []int64{first, second, first / 3} {
			c := Cooldown{For: time.Duration(d), Daily: flags&1 != 0, Doubling: flags&2 != 0, Why: kinds[(int(flags)+i)%len(kinds)]}
			if flags&4 != 0 {
				c.Until = now.Add(time.Duration(until))
			}
			s := c.span(now, reset, int(doublings), rnd)
			least, most := minRest*105/100, maxRest*115/100
			if s.Parked {
				most = maxPark + maxParkJitter
			}
			if d := s.Until.Sub(now); d < least || d > most {
				t.Fatalf("%+v rests %v, want %v to %v", c, d, least, most)
			}
			before := r.until()
			changed := r.extend(s)
			if r.limit.Until.Before(grown[0]) || r.failure.Until.Before(grown[1]) || r.until().Before(before) || r.until().Before(s.Until) {
				t.Fatalf("a rest was shortened: %+v", r)
			}
			if !changed && r.until().After(before) {
				t.Fatal("a rest grew and nobody was told")
			}
			grown = [2]time.Time{r.limit.Until, r.failure.Until}
		}
	})
}

// FuzzQueue: the queue gives keys in order whatever was put, changed and removed, and first passes over
// exactly those it is told to.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add([]byte{0xff, 0x10, 0x80, 0x10, 0x90, 0x00})
	f.Fuzz(func(t *testing.T, ops []byte) {
		const n = 16
		keys := make([]*key, n)
		for i := range keys {
			keys[i] = &key{ord: i, counter: &counter{}}
		}
		q := newQueue(n, preferred)
		in := make(map[*key]bool)
		for _, op := range ops {
			k := keys[op%n]
			switch op >> 6 {
			case 0:
				q.remove(k)
				delete(in, k)
			default:
				k.counter.base = int64(op>>4) % 5
				k.usedSeq = uint64(op)
				q.put(k)
				in[k] = true
			}
			refused := make(map[*key]bool)
			for {
				want := least(keys, func(k *key) bool { return in[k] && !refused[k] })
				if got := q.first(func(k *key) bool { return !refused[k] }); got != want {
					t.Fatalf("after %x: first is %v, want %v", ops, got, want)
				}
				if want == nil {
					break
				}
				refused[want] = true
			}
		}
	})
}

func least(keys []*key, in func(*key) bool) (best *key) {
	for _, k := range keys {
		if in(k) && (best == nil || preferred(k, best)) {
			best = k
		}
	}
	return best
}
