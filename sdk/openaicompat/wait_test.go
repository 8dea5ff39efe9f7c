package openaicompat

import (
	"net/http"
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestParseWait(t *testing.T) {
	t.Parallel()
	const none = -1
	for text, want := range map[string]time.Duration{
		"2": 2 * time.Second, " 2 ": 2 * time.Second, "0": 0, "0.5": 500 * time.Millisecond, "33011.38": 33011380 * time.Millisecond,
		"1e3": 1000 * time.Second, "1e9": maxWait, "999999": maxWait,
		"2m59.56s": 179560 * time.Millisecond, "7.66s": 7660 * time.Millisecond, "1h53m56.832s": 6836832 * time.Millisecond, "38.2s": 38200 * time.Millisecond,
		"120ms": 120 * time.Millisecond, "9999h": maxWait,
		"1795435260": time.Minute, "1795435260000": time.Minute, "1795435200": 0, "1795431600": none,
		"2026-11-23T12:00:30Z": 30 * time.Second, "2026-11-23T12:00:30.5Z": 30500 * time.Millisecond, "2026-11-23T13:00:30+01:00": 30 * time.Second,
		"Mon, 23 Nov 2026 12:01:00 GMT": time.Minute, "Monday, 23-Nov-26 12:01:00 GMT": time.Minute, "Mon Nov 23 12:01:00 2026": time.Minute,
		"Sun, 22 Nov 2026 12:01:00 GMT": none, "Tue, 23 Nov 2027 12:01:00 GMT": maxWait,
		"-1": none, "-5s": none, "": none, "soon": none, "NaN": none, "Inf": none, "-Inf": none, "+Inf": none, "0x10": none, "1_000": none, "1e400": none, "2 3": none,
	} {
		got, ok := ParseWait(text, noon)
		if !ok {
			got = none
		}
		if got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestWaitInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"Please try again in 1h53m56.832s. Need more tokens?": 6836832 * time.Millisecond,
		"Please try again in 20s.":                            20 * time.Second,
		"try again in 7.66 seconds":                           7660 * time.Millisecond,
		"TRY AGAIN IN 250ms":                                  250 * time.Millisecond,
		"Please retry in 38.2s.":                              38200 * time.Millisecond,
		"retry after 5 minutes":                               5 * time.Minute,
		"try again in 2 hours":                                2 * time.Hour,
		"try again in 300 ms":                                 300 * time.Millisecond,
		"try again later":                                     0,
		"try again in a while":                                0,
		"":                                                    0,
	} {
		if got, _ := waitInText(text, noon); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestWaitHintOrder(t *testing.T) {
	t.Parallel()
	const body = "limit reached, try again in 90s"
	exhausted := []sdk.RateLimit{{Limit: 10, Remaining: 0, Reset: 7 * time.Second}, {Limit: 10, Remaining: 1, Reset: time.Hour}, {Limit: 0, Remaining: 0, Reset: time.Hour}}
	tests := []struct {
		name    string
		header  map[string]string
		message string
		kind    sdk.Kind
		limits  []sdk.RateLimit
		want    time.Duration
	}{
		{"milliseconds first", map[string]string{"Retry-After-Ms": "1500", "Retry-After": "9"}, body, sdk.KindRateMinute, exhausted, 1500 * time.Millisecond},
		{"junk milliseconds", map[string]string{"Retry-After-Ms": "soon", "Retry-After": "9"}, body, sdk.KindRateMinute, exhausted, 9 * time.Second},
		{"negative header, then the text", map[string]string{"Retry-After": "-1"}, body, sdk.KindRateMinute, exhausted, 90 * time.Second},
		{"daily: the text first", map[string]string{"Retry-After": "9"}, body, sdk.KindRateDay, exhausted, 90 * time.Second},
		{"daily without a text", map[string]string{"Retry-After": "9"}, "", sdk.KindRateDay, exhausted, 9 * time.Second},
		{"exhausted limits", nil, "", sdk.KindRateMinute, exhausted, 7 * time.Second},
		{"limits do not delay a server error", nil, "", sdk.KindServerError, exhausted, 0},
		{"overload with a header", map[string]string{"Retry-After": "3"}, "", sdk.KindOverloaded, nil, 3 * time.Second},
		{"nothing", nil, "", sdk.KindRateMinute, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &Failure{Header: http.Header{}, Message: tt.message, Now: noon}
			for name, value := range tt.header {
				f.Header.Set(name, value)
			}
			if got := waitHint(f, tt.kind, tt.limits); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzParseWait(f *testing.F) {
	for _, seed := range []string{"2", "2m59.56s", "1e9", "-1", "1795435260000", "2026-11-23T12:00:30Z", "Mon, 23 Nov 2026 12:01:00 GMT", "try again in 1h2.5ms", "NaN", "1e309"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, ok := ParseWait(text, noon); d < 0 || d > maxWait || (!ok && d != 0) {
			t.Fatalf("%q: %v", text, d)
		}
		if d, ok := waitInText(text, noon); d < 0 || d > maxWait || (!ok && d != 0) {
			t.Fatalf("in %q: %v", text, d)
		}
	})
}
