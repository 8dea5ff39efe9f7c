package keyring

import (
	"fmt"
	"time"
)

// Reset is the moment a daily quota starts anew. The zero value is midnight UTC.
type Reset struct {
	// TZ is the zone whose calendar counts; nil is UTC.
	TZ *time.Location
	// At is the time of day as a wall clock shows it, from 0 to below 24 h.
	At time.Duration
}

// ParseReset reads a zone name ("America/Los_Angeles"; empty is UTC) and a time of day ("15:04"; empty is
// midnight).
func ParseReset(tz, at string) (Reset, error) {
	loc, err := time.LoadLocation(tz)
	if err != nil {
		return Reset{}, fmt.Errorf("reset zone %q: %w; use a name such as \"America/Los_Angeles\" or \"UTC\"", tz, err)
	}
	r := Reset{TZ: loc}
	if at == "" {
		return r, nil
	}
	clock, err := time.Parse("15:04", at)
	if err != nil {
		return Reset{}, fmt.Errorf("reset time %q is not a time of day such as \"00:00\" or \"16:30\"", at)
	}
	r.At = time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute
	return r, nil
}

// IsZero reports whether the reset is left to its default.
func (r Reset) IsZero() bool { return r.TZ == nil && r.At == 0 }

// Day returns the day t belongs to: its name (the date it begins on, in the zone) and the moments it begins
// and ends. It is 23 or 25 hours long when daylight saving changes.
func (r Reset) Day(t time.Time) (name string, start, end time.Time) {
	y, m, d := t.In(r.zone()).Date()
	start = r.on(y, m, d)
	if t.Before(start) {
		start, end, d = r.on(y, m, d-1), start, d-1
	} else {
		end = r.on(y, m, d+1)
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), start, end
}

// on returns the reset of one date: the first moment the wall clock shows At or, where a daylight saving
// change skips that time, the change itself.
func (r Reset) on(y int, m time.Month, d int) time.Time {
	h, mi, s := int(r.At/time.Hour), int(r.At/time.Minute%60), int(r.At/time.Second%60)
	t := time.Date(y, m, d, h, mi, s, 0, r.zone())
	want := time.Date(y, m, d, h, mi, s, 0, time.UTC)
	ty, tm, td := t.Date()
	th, tmi, ts := t.Clock()
	shown := time.Date(ty, tm, td, th, tmi, ts, 0, time.UTC)
	changeBefore, changeAfter := t.ZoneBounds()
	switch {
	case shown.Before(want):
		return changeAfter
	case shown.After(want):
		return changeBefore
	}
	return t
}

func (r Reset) zone() *time.Location {
	if r.TZ == nil {
		return time.UTC
	}
	return r.TZ
}

// backstep is how far the clock may jump back before a calendar believes it. Within it a closed day stays
// closed; beyond it the clock must have been wrong before.
const backstep = 25 * time.Hour

// calendar is the current day of all counters with the same reset.
type calendar struct {
	reset      Reset
	day        string
	start, end time.Time
}

// turn moves to the day of now and reports whether that is another day.
func (c *calendar) turn(now time.Time) bool {
	if now.Before(c.end) && now.After(c.start.Add(-backstep)) {
		return false
	}
	before := c.day
	c.day, c.start, c.end = c.reset.Day(now)
	return c.day != before
}
