package retry

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBackoff(t *testing.T) {
	t.Parallel()
	usual := Backoff{Delay: 500 * time.Millisecond, Multiplier: 2, Max: 8 * time.Second}
	for _, tt := range []struct {
		name    string
		b       Backoff
		attempt int
		rnd     float64
		want    time.Duration
	}{
		{"first, all of it", usual, 1, 1, 500 * time.Millisecond},
		{"first, none of it", usual, 1, 0, 0},
		{"first, half", usual, 1, 0.5, 250 * time.Millisecond},
		{"second", usual, 2, 1, time.Second},
		{"fifth reaches the bound", usual, 5, 1, 8 * time.Second},
		{"sixth stays there", usual, 6, 1, 8 * time.Second},
		{"far beyond", usual, 1 << 30, 1, 8 * time.Second},
		{"attempt 0 is the first", usual, 0, 1, 500 * time.Millisecond},
		{"negative attempt too", usual, -7, 1, 500 * time.Millisecond},
		{"no delay", Backoff{Multiplier: 2, Max: time.Second}, 3, 1, 0},
		{"multiplier below 1 does not shrink", Backoff{Delay: time.Second, Multiplier: 0.5}, 9, 1, time.Second},
		{"no multiplier", Backoff{Delay: time.Second}, 9, 1, time.Second},
		{"no bound does not overflow", Backoff{Delay: time.Second, Multiplier: 10}, 400, 1, math.MaxInt64},
		{"delay over the bound", Backoff{Delay: time.Minute, Multiplier: 2, Max: time.Second}, 1, 1, time.Second},
		{"a draw out of range is clamped", usual, 1, 7, 500 * time.Millisecond},
		{"below too", usual, 1, -7, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.b.Wait(tt.attempt, tt.rnd); got != tt.want {
				t.Errorf("Wait(%d, %v) = %v, want %v", tt.attempt, tt.rnd, got, tt.want)
			}
		})
	}
}

func FuzzBackoff(f *testing.F) {
	f.Add(int64(5e8), 2.0, int64(8e9), 3, 0.5)
	f.Add(int64(1), 1e300, int64(0), 1<<20, 0.999)
	f.Fuzz(func(t *testing.T, delay int64, multiplier float64, limit int64, attempt int, rnd float64) {
		b := Backoff{Delay: time.Duration(delay), Multiplier: multiplier, Max: time.Duration(limit)}
		got := b.Wait(attempt, rnd)
		if got < 0 || (b.Max > 0 && got > b.Max) || got > b.Bound(attempt) {
			t.Errorf("%+v.Wait(%d, %v) = %v", b, attempt, rnd, got)
		}
		if attempt < math.MaxInt && b.Bound(attempt+1) < b.Bound(attempt) {
			t.Errorf("%+v: bound shrinks from attempt %d on", b, attempt)
		}
	})
}

func TestSleep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := Sleep(t.Context(), time.Second); err != nil || time.Since(start) != time.Second {
			t.Errorf("slept %v, %v", time.Since(start), err)
		}
		if err := Sleep(t.Context(), -1); err != nil {
			t.Error(err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Minute)
			cancel()
		}()
		start = time.Now()
		if err := Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) || time.Since(start) != time.Minute {
			t.Errorf("cancelled after %v, %v", time.Since(start), err)
		}
		if err := Sleep(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("over already: %v", err)
		}

		ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start = time.Now()
		if err := Sleep(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("a wait past the deadline took %v, %v", time.Since(start), err)
		}
	})
}

func TestBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spend := func(b *Budget) (n int) {
			for b.Withdraw() {
				n++
			}
			return n
		}
		b := NewBudget(0, 0, nil)
		if got := spend(b); got != 30 {
			t.Errorf("with no requests %d retries at once, want 3 a second for 10 s", got)
		}
		for range 100 {
			b.OnRequest()
		}
		if got := spend(b); got != 20 {
			t.Errorf("100 requests allow %d retries, want 20", got)
		}
		time.Sleep(10 * time.Second)
		if got := spend(b); got != 30 {
			t.Errorf("10 s later %d retries, want 30: debts are forgotten", got)
		}

		b = NewBudget(0.2, -1, nil)
		for range 50 {
			b.OnRequest()
		}
		time.Sleep(9 * time.Second)
		if got := b.Balance(); got < 9.99 || got > 10.01 {
			t.Errorf("after 9 s the credit is %v, want 10", got)
		}
		time.Sleep(time.Second)
		if b.Withdraw() {
			t.Error("credit older than 10 s was spent")
		}
		for range 4 {
			b.OnRequest()
		}
		if b.Withdraw() {
			t.Error("four requests paid for a retry")
		}
		b.OnRequest()
		if !b.Withdraw() || b.Withdraw() {
			t.Error("five requests must pay for exactly one retry")
		}
		time.Sleep(1000 * time.Hour)
		if got := b.Balance(); got != 0 {
			t.Errorf("after a long silence the balance is %v", got)
		}
	})
}

func TestBudgetClockStepsBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := NewBudget(1, -1, func() time.Time { return now })
	b.OnRequest()
	now = now.Add(-time.Hour)
	b.OnRequest()
	if got := b.Balance(); got != 2 {
		t.Errorf("balance %v after a step back, want 2", got)
	}
}

func TestBudgetConcurrent(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := NewBudget(0.2, -1, func() time.Time { return now })
	var retries atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 100 {
				b.OnRequest()
				if b.Withdraw() {
					retries.Add(1)
				}
			}
		})
	}
	wg.Wait()
	for b.Withdraw() {
		retries.Add(1)
	}
	if got := retries.Load(); got != 1000 {
		t.Errorf("%d retries for 5000 requests, want exactly 1000", got)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		left    time.Duration
		targets int
		want    time.Duration
	}{
		{"the last gets all", 10 * time.Minute, 1, 10 * time.Minute},
		{"fair share", 9 * time.Minute, 3, 3 * time.Minute},
		{"never less than the minimum", 10 * time.Second, 5, MinShare},
		{"nor more than there is", 2 * time.Second, 5, 2 * time.Second},
		{"no targets counts as one", time.Minute, 0, time.Minute},
		{"time is up", 0, 2, 1},
		{"long up", -time.Hour, 2, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Split(now.Add(tt.left), now, tt.targets); got != tt.want {
				t.Errorf("Split(%v left, %d) = %v, want %v", tt.left, tt.targets, got, tt.want)
			}
		})
	}
	if got := Split(time.Time{}, now, 3); got != 0 {
		t.Errorf("without a deadline %v, want 0", got)
	}
}
