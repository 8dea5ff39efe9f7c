package keyring_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/keyring"
	"github.com/aio-llm/aio/sdk"
)

func TestOrder(t *testing.T) {
	t.Parallel()
	k := keys("low", "high-a", "high-b")
	k[1].Priority, k[2].Priority = 5, 5
	r := newRig(t, keyring.Config{Keys: k})
	r.use("high-a", success) // as configured
	r.use("high-b", success) // fewer used
	r.use("high-a", success) // least recently used
	l := r.acquire("high-b", keyring.Want{})
	r.use("high-a", success) // a call in flight counts as used, then the older one goes first
	l.Settle(keyring.Outcome{Refund: true, Kind: sdk.KindNetwork})
	r.use("high-b", success) // a refunded call does not
	skip := map[string]bool{"high-a": true}
	r.acquire("high-b", keyring.Want{Skip: skip}).Settle(success)
	skip["high-b"] = true
	r.acquire("low", keyring.Want{Skip: skip}).Settle(success)
	skip["low"] = true
	e := r.refused(keyring.Want{Skip: skip})
	if e.Cause != keyring.CauseOther || e.Reasons[0].State != keyring.Tried || !e.Soonest.IsZero() {
		t.Errorf("all tried: %+v", e)
	}
}

func TestOrderAfterRest(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a", "b")})
	r.use("a", cool(keyring.Cooldown{For: 10 * time.Second, Why: sdk.KindRateMinute}))
	for range 5 {
		r.use("b", success)
	}
	r.pass(11 * time.Second)
	for range 4 {
		r.use("a", success) // it has been used less
	}
	r.use("b", success)
}

func TestLease(t *testing.T) {
	t.Parallel()
	k := keys("a")
	k[0].Account = "team"
	r := newRig(t, keyring.Config{Keys: k})
	one, two := r.acquire("a", keyring.Want{}), r.acquire("a", keyring.Want{})
	if one.Key() != k[0].Value || one.Account() != "team" || one.Fingerprint() != keyring.Fingerprint(k[0].Value) || one.Probe() {
		t.Errorf("the lease is not of the key: %q %q", one.Account(), one.Fingerprint())
	}
	if one.AttemptID() == two.AttemptID() || one.AttemptID() == "" {
		t.Errorf("attempt ids %q and %q", one.AttemptID(), two.AttemptID())
	}
	one.Settle(keyring.Outcome{Success: true, Tokens: 7})
	one.Settle(keyring.Outcome{Kind: sdk.KindAuthInvalid, AuthError: true, Refund: true, Tokens: 7})
	two.Settle(keyring.Outcome{Kind: sdk.KindBadRequest})
	want := keyring.KeyStats{
		Label: "a", Account: "team", Fingerprint: one.Fingerprint(), State: keyring.Ready,
		UsedToday: 2, DayEnds: time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC),
		Total: 2, Errors: 1, Tokens: 7, LastErrorKind: sdk.KindBadRequest, LastUsed: noon,
	}
	if diff := cmp.Diff([]keyring.KeyStats{want}, r.Stats()); diff != "" {
		t.Errorf("only the first settlement of a lease counts (-want +got):\n%s", diff)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	a := keyring.Fingerprint(sdk.NewSecret("gsk_a"))
	if len(a) != 16 || strings.Trim(a, "0123456789abcdef") != "" || a == keyring.Fingerprint(sdk.NewSecret("gsk_b")) {
		t.Errorf("fingerprint %q", a)
	}
	if a != "71f45991ce63da42" {
		t.Errorf("the fingerprint of gsk_a is now %s: every stored count would be lost", a)
	}
	if got := keyring.Fingerprint(sdk.Secret{}); got != "" {
		t.Errorf("no key has the fingerprint %q", got)
	}
}

// Counts belong to the value: a label that moves takes nothing along.
func TestCountsFollowTheValue(t *testing.T) {
	t.Parallel()
	store := keyring.NewMemory()
	k := keys("a", "b")
	k[0].DailyLimit, k[1].DailyLimit = 10, 10
	r := newRig(t, keyring.Config{Keys: k, Store: store})
	r.use("a", success)
	r.use("b", success)
	r.use("a", success)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	k[0].Label, k[1].Label = "b", "a"
	r = newRig(t, keyring.Config{Keys: k, Store: store})
	if got := r.stats("b").UsedToday; got != 2 {
		t.Errorf("the key once called a was used %d times, want 2", got)
	}
	r.use("a", success)
}

func TestKeyless(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{})
	for range 200 {
		l := r.acquire("", keyring.Want{})
		if !l.Key().IsZero() || l.Fingerprint() != "" || l.Account() != "" {
			t.Fatal("an upstream without keys was given one")
		}
		l.Settle(keyring.Outcome{Kind: sdk.KindAuthInvalid, AuthError: true})
	}
	if got := r.Stats(); len(got) != 0 {
		t.Errorf("statistics of keys that do not exist: %+v", got)
	}
	r.use("", cool(keyring.Cooldown{Scope: sdk.ScopeKey, For: 10 * time.Second, Why: sdk.KindRateMinute}))
	if e := r.refused(keyring.Want{}); e.Cause != keyring.CauseRate || e.Soonest != noon.Add(11*time.Second) {
		t.Errorf("%+v", e)
	}
	r.refused(keyring.Want{Skip: map[string]bool{"": true}})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	k := keys("a", "a", "b", "c", "", "line\nbreak", "d")
	k[1].Value, k[5].Value = sdk.NewSecret("another"), sdk.NewSecret("one more")
	k[3].Value = k[2].Value
	k[6].Value = sdk.NewSecret("secret-of-d\n")
	_, err := keyring.New(keyring.Config{Provider: "acme", Keys: k})
	var label *keyring.DuplicateLabelError
	var value *keyring.DuplicateValueError
	var invalid *keyring.InvalidKeyError
	if !errors.As(err, &label) || label.Label != "a" {
		t.Errorf("duplicate label: %v", err)
	}
	if !errors.As(err, &value) || value.Labels != [2]string{"b", "c"} {
		t.Errorf("duplicate value: %v", err)
	}
	if !errors.As(err, &invalid) {
		t.Errorf("invalid key: %v", err)
	}
	const want = `provider "acme" has two keys labelled "a"; give each its own label
keys "b" and "c" of provider "acme" are the same key; remove one
key "" of provider "acme": the label is empty; every key needs one
key "line\nbreak" of provider "acme": the label holds a control character
key "d" of provider "acme": its value holds a line break or another control character; a stray newline in the file or variable?`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

// Missing keys have no value and so are not each other's duplicates.
func TestMissing(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: []keyring.Key{
		{Label: "a", Missing: "ACME_API_KEY is not set"}, {Label: "b", Missing: "ACME_API_KEY_2 is not set"}, {Label: "c"},
	}})
	e := r.refused(keyring.Want{Model: "m"})
	want := &keyring.UnavailableError{Provider: "acme", Model: "m", Cause: keyring.CauseOther, Keys: 3, Reasons: []keyring.Reason{
		{Label: "a", State: keyring.Missing, Detail: "ACME_API_KEY is not set"},
		{Label: "b", State: keyring.Missing, Detail: "ACME_API_KEY_2 is not set"},
		{Label: "c", State: keyring.Missing, Detail: "it has no value"},
	}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	const text = `no key of provider "acme" can be used now: 1 missing (ACME_API_KEY is not set), 1 missing (ACME_API_KEY_2 is not set), 1 missing (it has no value)`
	if e.Error() != text {
		t.Errorf("message %q", e)
	}
	var invalid *keyring.InvalidKeyError
	if err := r.Enable("a"); !errors.As(err, &invalid) {
		t.Errorf("a key without a value was enabled: %v", err)
	}
}

func TestAcquireContextOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, keyring.Config{Keys: keys("a")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Acquire(ctx, keyring.Want{}); !errors.Is(err, context.Canceled) {
		t.Errorf("acquire with a cancelled context: %v", err)
	}
	if got := r.stats("a").UsedToday; got != 0 {
		t.Errorf("it used %d", got)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	store := keyring.NewMemory()
	k := keys("a")
	k[0].DailyLimit = 1000
	r := newRig(t, keyring.Config{Keys: k, Store: store})
	late := r.acquire("a", keyring.Want{})
	r.use("a", success)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Acquire(t.Context(), keyring.Want{}); !errors.Is(err, keyring.ErrClosed) {
		t.Errorf("acquire after close: %v", err)
	}
	late.Settle(success)
	c := keyring.Counter{Owner: "key:" + keyring.Fingerprint(k[0].Value), Day: "2026-03-10"}
	state, err := store.Load(t.Context(), "acme", []keyring.Counter{c})
	if err != nil || state.Balances[c] != (keyring.Balance{Used: 2}) {
		t.Errorf("the store holds %+v, %v; want 2 used and nothing leased", state.Balances[c], err)
	}
}

func TestUnavailableErrorIsShort(t *testing.T) {
	t.Parallel()
	e := &keyring.UnavailableError{Provider: "acme", Soonest: noon}
	for i := range 20 {
		e.Reasons = append(e.Reasons, keyring.Reason{State: keyring.Cooling, Why: sdk.KindRateMinute},
			keyring.Reason{State: keyring.Missing, Detail: "KEY_" + string(rune('A'+i)) + " is not set"})
	}
	const want = `no key of provider "acme" can be used now: 20 cooling (rate_minute), 1 missing (KEY_A is not set), 1 missing (KEY_B is not set), ` +
		`1 missing (KEY_C is not set), 1 missing (KEY_D is not set), 1 missing (KEY_E is not set), and others; the first is back at 2026-03-10T12:00:00Z`
	if e.Error() != want {
		t.Errorf("message %q", e)
	}
}
