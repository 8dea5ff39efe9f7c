package keyring_test

import (
	"fmt"
	"testing"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/host/internal/keyring/storetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) keyring.Store { return keyring.NewMemory() })
}

// Days that are over must not pile up.
func TestMemoryForgetsOldDays(t *testing.T) {
	t.Parallel()
	m := keyring.NewMemory()
	var days []keyring.Counter
	for d := 1; d <= 28; d++ {
		c := keyring.Counter{Owner: "key:a", Day: fmt.Sprintf("2026-02-%02d", d)}
		days = append(days, c)
		id := fmt.Sprint(d)
		if _, err := m.Reserve(t.Context(), keyring.Reservation{ID: id, Counter: c, N: 1}); err != nil {
			t.Fatal(err)
		}
		if err := m.Settle(t.Context(), keyring.Settlement{ID: id, Counter: c, Used: 1}); err != nil {
			t.Fatal(err)
		}
	}
	state, err := m.Load(t.Context(), "p", days)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(state.Balances); n != 2 {
		t.Errorf("%d days are kept, want today and yesterday", n)
	}
	if state.Balances[days[26]].Used != 1 {
		t.Error("yesterday is lost: a clock that steps back over midnight would open it anew")
	}
}
