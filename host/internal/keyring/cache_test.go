package keyring_test

import (
	"testing"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

// A refusal is remembered; whatever makes it wrong must make it forgotten.
func TestRefusalIsForgotten(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*rig, *keyring.Lease)
	}{
		{"the first rest of several ends", func(r *rig, _ *keyring.Lease) { r.pass(6 * time.Second) }},
		{"a key is enabled", func(r *rig, _ *keyring.Lease) {
			if err := r.Enable("off"); err != nil {
				r.t.Error(err)
			}
		}},
		{"a unit comes back", func(_ *rig, l *keyring.Lease) { l.Settle(keyring.Outcome{Refund: true, Canceled: true}) }},
		{"counts are reset", func(r *rig, _ *keyring.Lease) {
			if err := r.ResetDaily(); err != nil {
				r.t.Error(err)
			}
		}},
		{"the day ends", func(r *rig, _ *keyring.Lease) { r.pass(12 * time.Hour) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := keys("failing", "spent", "off")
			k[1].DailyLimit, k[2].Disabled = 1, true
			r := newRig(t, keyring.Config{Keys: k})
			one := r.acquire("failing", keyring.Want{})
			l := r.acquire("spent", keyring.Want{})
			two := r.acquire("failing", keyring.Want{})
			one.Settle(cool(keyring.Cooldown{For: 5 * time.Second, Why: sdk.KindRateMinute}))
			two.Settle(cool(keyring.Cooldown{For: time.Minute, Why: sdk.KindServerError}))
			first := r.refused(keyring.Want{})
			if again := r.refused(keyring.Want{}); again != first {
				t.Error("the same question is answered anew though nothing has changed")
			}
			tt.change(r, l)
			if _, err := r.Acquire(t.Context(), keyring.Want{}); err != nil {
				t.Errorf("still refused: %v", err)
			}
		})
	}
}
