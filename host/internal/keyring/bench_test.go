package keyring_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

func benchRing(b *testing.B, n int) *keyring.Ring {
	b.Helper()
	k := make([]keyring.Key, n)
	for i := range k {
		k[i] = keyring.Key{Label: fmt.Sprint("key-", i), Value: sdk.NewSecret(fmt.Sprint("secret-", i)), Priority: i % 3, DailyLimit: 1 << 40}
	}
	r, err := keyring.New(keyring.Config{Provider: "bench", Keys: k})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkAcquire is one lease and its settlement.
func BenchmarkAcquire(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			r := benchRing(b, n)
			want := keyring.Want{Model: "m"}
			b.ReportAllocs()
			for b.Loop() {
				l, err := r.Acquire(b.Context(), want)
				if err != nil {
					b.Fatal(err)
				}
				l.Settle(success)
			}
		})
	}
}

// BenchmarkAcquireResting has all but one key rest for the model asked for, and eight models resting.
func BenchmarkAcquireResting(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			r := benchRing(b, n)
			for m := range 8 {
				want := keyring.Want{Model: fmt.Sprint("m", m)}
				for range n - 1 {
					l, err := r.Acquire(b.Context(), want)
					if err != nil {
						b.Fatal(err)
					}
					l.Settle(cool(keyring.Cooldown{Scope: sdk.ScopeAccountModel, For: time.Hour, Why: sdk.KindRateDay}))
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				l, err := r.Acquire(b.Context(), keyring.Want{Model: "m3"})
				if err != nil {
					b.Fatal(err)
				}
				l.Settle(success)
			}
		})
	}
}

// BenchmarkAcquireSkip has a request that tried twenty keys already.
func BenchmarkAcquireSkip(b *testing.B) {
	r := benchRing(b, 10000)
	skip := make(map[string]bool)
	for i := range 20 {
		skip[fmt.Sprint("key-", 2+3*i)] = true
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := r.Acquire(b.Context(), keyring.Want{Model: "m", Skip: skip})
		if err != nil {
			b.Fatal(err)
		}
		l.Settle(success)
	}
}

// BenchmarkUnavailable is the refusal when every key rests.
func BenchmarkUnavailable(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			r := benchRing(b, n)
			l, err := r.Acquire(b.Context(), keyring.Want{})
			if err != nil {
				b.Fatal(err)
			}
			l.Settle(cool(keyring.Cooldown{Scope: sdk.ScopeProvider, For: time.Hour, Why: sdk.KindRateMinute}))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Acquire(b.Context(), keyring.Want{}); err == nil {
					b.Fatal("a resting provider gave a key")
				}
			}
		})
	}
}
