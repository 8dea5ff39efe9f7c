package keyring_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

func TestOutlook(t *testing.T) {
	t.Parallel()
	k := keys("low", "resting", "high", "off", "elsewhere")
	k[2].Priority, k[3].Disabled = 1, true
	r := newRig(t, keyring.Config{Keys: k})
	skip := map[string]bool{"high": true, "low": true}
	r.acquire("resting", keyring.Want{Model: "m", Skip: skip}).Settle(cool(keyring.Cooldown{For: 10 * time.Second, Why: sdk.KindRateMinute}))
	r.acquire("elsewhere", keyring.Want{Model: "other", Skip: skip}).
		Settle(cool(keyring.Cooldown{Scope: sdk.ScopeAccountModel, For: time.Second, Why: sdk.KindRateMinute}))
	before := r.Stats()
	want := keyring.Outlook{
		Ready: []string{"high", "low", "elsewhere"},
		Held: []keyring.Reason{
			{Label: "resting", State: keyring.Cooling, Until: noon.Add(11 * time.Second), Why: sdk.KindRateMinute},
			{Label: "off", State: keyring.Disabled, Detail: "switched off in the configuration"},
		},
		Soonest: noon.Add(11 * time.Second),
	}
	if diff := cmp.Diff(want, r.Outlook("m")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, r.Stats()); diff != "" {
		t.Errorf("looking changed something (-before +after):\n%s", diff)
	}
	r.use("high", success)
}
