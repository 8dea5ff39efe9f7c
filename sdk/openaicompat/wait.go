package openaicompat

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// A daily quota is full again within a day; an hour more covers clocks and late resets. No hint is longer.
const maxWait = 25 * time.Hour

// ParseWait reads how long to wait, in any form upstreams write it: seconds ("2", "33011.38"), a Go duration
// ("1h53m56.8s"), a point in time as Unix seconds or milliseconds, in RFC 3339, or as an HTTP date. It
// refuses what is negative, past or no time at all, and never returns more than 25 hours.
func ParseWait(text string, now time.Time) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 64 {
		return 0, false
	}
	if d, err := time.ParseDuration(text); err == nil {
		return bounded(d)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && !strings.ContainsAny(text, "xXpPnN_") {
		switch {
		case n > 1e12:
			return until(time.UnixMilli(int64(min(n, math.MaxInt64/2))), now)
		case n > 1e9:
			return until(time.Unix(int64(n), 0), now)
		default:
			return seconds(n)
		}
	}
	for _, layout := range []string{time.RFC3339Nano, http.TimeFormat, time.RFC850, time.ANSIC} {
		if t, err := time.Parse(layout, text); err == nil {
			return until(t, now)
		}
	}
	return 0, false
}

func seconds(n float64) (time.Duration, bool) {
	if !(n >= 0) {
		return 0, false
	}
	return bounded(time.Duration(math.Round(min(n, maxWait.Seconds())*1e6)) * time.Microsecond)
}

func until(t, now time.Time) (time.Duration, bool) { return bounded(t.Sub(now)) }

func bounded(d time.Duration) (time.Duration, bool) {
	if d < 0 {
		return 0, false
	}
	return min(d, maxWait), true
}

var inText = regexp.MustCompile(`(?i)(?:try again|retry|available) (?:in|after) ((?:[0-9]+(?:\.[0-9]+)?(?:ms|µs|us|[hms]))+|[0-9]+(?:\.[0-9]+)?)(\s*(?:ms|milliseconds?|minutes?|hours?))?`)

// waitInText reads "try again in 1h53m56.8s" out of a message, where an upstream says it nowhere else.
func waitInText(message string, now time.Time) (time.Duration, bool) {
	m := inText.FindStringSubmatch(message)
	if m == nil {
		return 0, false
	}
	unit := strings.TrimSpace(strings.ToLower(m[2]))
	if strings.ContainsAny(m[1], "hmsu") {
		unit = "" // the value has its own
	}
	n, isNumber := strconv.ParseFloat(m[1], 64)
	switch {
	case isNumber != nil || unit == "":
		return ParseWait(m[1], now)
	case strings.HasPrefix(unit, "mil"), unit == "ms":
		return seconds(n / 1000)
	case strings.HasPrefix(unit, "min"):
		return seconds(n * 60)
	default:
		return seconds(n * 3600)
	}
}

// waitHint is how long the upstream asks to wait; zero when it does not say. For a daily quota the message
// comes first: headers beside it are about the minute.
func waitHint(f *Failure, kind sdk.Kind, limits []sdk.RateLimit) time.Duration {
	text, told := waitInText(f.Message, f.Now)
	if told && kind == sdk.KindRateDay {
		return text
	}
	if ms, err := strconv.ParseFloat(strings.TrimSpace(f.Header.Get("Retry-After-Ms")), 64); err == nil {
		if d, ok := seconds(ms / 1000); ok && d > 0 {
			return d
		}
	}
	if d, ok := ParseWait(f.Header.Get("Retry-After"), f.Now); ok && d > 0 {
		return d
	}
	if told {
		return text
	}
	if kind != sdk.KindRateMinute && kind != sdk.KindRateDay {
		return 0
	}
	var longest time.Duration
	for _, l := range limits {
		if kind == sdk.KindRateDay && l.Window == "minute" {
			continue
		}
		if l.Remaining == 0 && l.Limit > 0 {
			longest = max(longest, l.Reset)
		}
	}
	return min(longest, maxWait)
}
