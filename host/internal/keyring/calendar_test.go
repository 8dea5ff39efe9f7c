package keyring_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aio-llm/aio/host/internal/keyring"
)

func reset(t testing.TB, tz, at string) keyring.Reset {
	t.Helper()
	r, err := keyring.ParseReset(tz, at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, tz, at, moment   string
		day, start, end, hours string
	}{
		{"utc", "", "", "2026-03-10T12:00:00Z", "2026-03-10", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "24h0m0s"},
		{"the first moment", "", "", "2026-03-10T00:00:00Z", "2026-03-10", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "24h0m0s"},
		{"the last moment", "", "", "2026-03-09T23:59:59.999999999Z", "2026-03-09", "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z", "24h0m0s"},
		{"before the reset of the date", "", "16:30", "2026-03-10T16:29:59Z", "2026-03-09", "2026-03-09T16:30:00Z", "2026-03-10T16:30:00Z", "24h0m0s"},
		{"after it", "", "16:30", "2026-03-10T16:30:00Z", "2026-03-10", "2026-03-10T16:30:00Z", "2026-03-11T16:30:00Z", "24h0m0s"},
		{"a date behind", "America/Los_Angeles", "", "2026-01-10T07:00:00Z", "2026-01-09", "2026-01-09T08:00:00Z", "2026-01-10T08:00:00Z", "24h0m0s"},
		{"a date ahead", "Asia/Ho_Chi_Minh", "", "2026-01-10T18:00:00Z", "2026-01-11", "2026-01-10T17:00:00Z", "2026-01-11T17:00:00Z", "24h0m0s"},
		{"23 hours", "America/Los_Angeles", "", "2026-03-08T20:00:00Z", "2026-03-08", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z", "23h0m0s"},
		{"25 hours", "America/Los_Angeles", "", "2026-11-01T20:00:00Z", "2026-11-01", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z", "25h0m0s"},
		{"a reset the clocks skip is the change", "America/Los_Angeles", "02:30", "2026-03-08T12:00:00Z", "2026-03-08", "2026-03-08T10:00:00Z", "2026-03-09T09:30:00Z", "23h30m0s"},
		{"a midnight the clocks skip", "America/Havana", "", "2026-03-08T12:00:00Z", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "23h0m0s"},
		{"the day before it", "America/Havana", "", "2026-03-08T04:59:59Z", "2026-03-07", "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z", "24h0m0s"},
		{"across the year", "Pacific/Auckland", "", "2025-12-31T12:00:00Z", "2026-01-01", "2025-12-31T11:00:00Z", "2026-01-01T11:00:00Z", "24h0m0s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339Nano, tt.moment)
			if err != nil {
				t.Fatal(err)
			}
			day, start, end := reset(t, tt.tz, tt.at).Day(at)
			got := []string{day, start.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339), end.Sub(start).String()}
			want := []string{tt.day, tt.start, tt.end, tt.hours}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestParseResetRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range [][2]string{{"Mars/Olympus", ""}, {"UTC", "25:00"}, {"UTC", "noon"}, {"UTC", "1:2:3"}} {
		if r, err := keyring.ParseReset(in[0], in[1]); err == nil {
			t.Errorf("ParseReset(%q, %q) = %+v", in[0], in[1], r)
		}
	}
}

// Days cover time without a gap or an overlap, and their names ascend.
func FuzzDay(f *testing.F) {
	f.Add("America/Los_Angeles", "02:30", int64(1772964000))
	f.Add("America/Havana", "00:00", int64(1772946000))
	f.Add("Pacific/Apia", "00:00", int64(1325203200)) // a date that never was
	f.Add("Australia/Lord_Howe", "02:15", int64(1775311200))
	f.Add("Africa/Casablanca", "02:00", int64(1771725600))
	f.Fuzz(func(t *testing.T, tz, at string, unix int64) {
		r, err := keyring.ParseReset(tz, at)
		if err != nil || tz == "Local" || unix < 0 || unix > 4e9 {
			return
		}
		now := time.Unix(unix, 0)
		day, start, end := r.Day(now)
		if now.Before(start) || !now.Before(end) {
			t.Fatalf("%v is not within its day %s, %v to %v", now, day, start, end)
		}
		if before, _, e := r.Day(start.Add(-1)); before >= day || !e.Equal(start) {
			t.Errorf("%s ends at %v, and %s begins at %v", before, e, day, start)
		}
		if after, s, _ := r.Day(end); after <= day || !s.Equal(end) {
			t.Errorf("%s ends at %v, and %s begins at %v", day, end, after, s)
		}
	})
}

func TestDayTurnsByAccount(t *testing.T) {
	t.Parallel()
	k := keys("utc", "california", "vietnam")
	for i := range k {
		k[i].DailyLimit = 1
	}
	k[1].Account, k[2].Reset = "team", reset(t, "Asia/Ho_Chi_Minh", "06:00")
	r := newRig(t, keyring.Config{Keys: k, Accounts: map[string]keyring.Account{"team": {Reset: reset(t, "America/Los_Angeles", "")}}})
	for _, label := range []string{"utc", "california", "vietnam"} {
		r.use(label, success)
	}
	for _, next := range []struct {
		label string
		after time.Duration
	}{{"vietnam", 11 * time.Hour}, {"utc", 12 * time.Hour}, {"california", 19 * time.Hour}} {
		r.at(noon.Add(next.after - 1))
		r.refused(keyring.Want{})
		r.at(noon.Add(next.after))
		r.use(next.label, success)
	}
}

// A call belongs to the day of its reservation, whenever it ends.
func TestSettleAfterMidnight(t *testing.T) {
	t.Parallel()
	store := keyring.NewMemory()
	k := keys("a")
	k[0].DailyLimit = 100
	r := newRig(t, keyring.Config{Keys: k, Store: store})
	one, two := r.acquire("a", keyring.Want{}), r.acquire("a", keyring.Want{})
	r.pass(12 * time.Hour)
	r.use("a", success)
	one.Settle(success)
	two.Settle(keyring.Outcome{Refund: true})
	if got := r.stats("a").UsedToday; got != 1 {
		t.Errorf("%d used on the new day, want 1", got)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	owner := "key:" + keyring.Fingerprint(k[0].Value)
	yesterday, today := keyring.Counter{Owner: owner, Day: "2026-03-10"}, keyring.Counter{Owner: owner, Day: "2026-03-11"}
	state, err := store.Load(t.Context(), "acme", []keyring.Counter{yesterday, today})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []keyring.Counter{yesterday, today} {
		if state.Balances[c] != (keyring.Balance{Used: 1}) {
			t.Errorf("%s: %+v, want 1 used and nothing leased", c.Day, state.Balances[c])
		}
	}
}

// A clock that steps back over midnight does not reopen a closed day; one that was a year ahead does.
func TestClockStepsBack(t *testing.T) {
	t.Parallel()
	k := keys("a")
	k[0].DailyLimit = 2
	r := newRig(t, keyring.Config{Keys: k})
	r.use("a", success)
	midnight := time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)
	r.at(midnight.Add(time.Minute))
	r.use("a", success)
	r.at(midnight.Add(-59 * time.Minute))
	r.use("a", success)
	r.refused(keyring.Want{})
	r.at(midnight.Add(time.Hour))
	r.refused(keyring.Want{})

	r.at(noon.AddDate(1, 0, 0))
	r.use("a", success)
	r.at(noon.AddDate(0, 0, 3))
	r.use("a", success)
	if got := r.stats("a"); got.UsedToday != 1 || !got.DayEnds.Equal(time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%d used, until %v", got.UsedToday, got.DayEnds)
	}
}
