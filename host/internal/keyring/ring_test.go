package keyring

import (
	"fmt"
	"github.com/aio-llm/aio/sdk"
	"sync"
	"sync/atomic"
	"testing"
)

func TestSmoke(t *testing.T) {
	var keys []Key
	for i := range 50 {
		keys = append(keys, Key{Label: fmt.Sprint("k", i), Value: sdk.NewSecret(fmt.Sprint("v", i)), DailyLimit: 100})
	}
	r, err := New(Config{Provider: "p", Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			for range 50 {
				l, err := r.Acquire(t.Context(), Want{})
				if err != nil {
					continue
				}
				n.Add(1)
				l.Settle(Outcome{Success: true})
			}
		})
	}
	wg.Wait()
	if n.Load() != 5000 {
		t.Fatal(n.Load())
	}
	_, err = r.Acquire(t.Context(), Want{})
	t.Log(err)
}
