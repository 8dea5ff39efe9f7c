package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// quotaText is what a rate-limit message of OpenAI and Groq is made of.
type quotaText struct {
	unit  string // "requests per min (RPM)"
	limit int
	ask   int
	wait  time.Duration
}

func quotaOf(f failing) quotaText {
	q := map[string]quotaText{
		ErrorRateTokens: {"tokens per min (TPM)", 8000, 1200, 7660 * time.Millisecond},
		ErrorRateDay:    {"requests per day (RPD)", 1000, 1, 6*time.Hour + 7*time.Minute},
	}[f.name]
	if q.unit == "" {
		q = quotaText{"requests per min (RPM)", 30, 1, 20 * time.Second}
	}
	if f.limit > 0 {
		q.limit = f.limit
	}
	if f.wait > 0 {
		q.wait = f.wait
	}
	return q
}

// rateLimit is OpenAI's 429, hints in header and body (OpenAI SDK: retry-after
// and retry-after-ms; reset headers as Go durations).
func rateLimit(c *call, f failing) *apiError {
	q := quotaOf(f)
	kind := "requests"
	if f.name == ErrorRateTokens {
		kind = "tokens"
	}
	e := &apiError{status: http.StatusTooManyRequests, kind: kind, code: "rate_limit_exceeded"}
	e.message = fmt.Sprintf("Rate limit reached for %s in organization org-simulated on %s: Limit %d, Used %d, Requested %d.", c.model, q.unit, q.limit, q.limit, q.ask)
	say := hinted(f, HintRetryAfter, HintRetryAfterMS, HintReset, HintBody)
	e.hint(say, q.wait, c.now)
	if say(HintReset) {
		e.set("x-ratelimit-limit-"+kind, strconv.Itoa(q.limit))
		e.set("x-ratelimit-remaining-"+kind, "0")
		e.set("x-ratelimit-reset-"+kind, q.wait.String())
	}
	if say(HintBody) {
		e.message += " Please try again in " + q.wait.String() + "."
	}
	e.message += " Visit https://platform.openai.com/account/rate-limits to learn more."
	return e
}

// hinted tells whether a wait is said in a place: those of the fault, or the
// provider's usual ones when it names none.
func hinted(f failing, usual ...string) func(hint string) bool {
	places := f.hints
	if len(places) == 0 {
		places = usual
	}
	return func(hint string) bool { return slices.Contains(places, hint) }
}

// hint sets the standard headers that say how long to wait.
func (e *apiError) hint(say func(string) bool, wait time.Duration, now time.Time) {
	if say(HintRetryAfter) {
		e.set("Retry-After", seconds(wait))
	}
	if say(HintRetryAfterDate) {
		e.set("Retry-After", now.Add(wait).UTC().Format(http.TimeFormat))
	}
	if say(HintRetryAfterMS) {
		e.set("Retry-After-Ms", strconv.FormatInt(wait.Milliseconds(), 10))
	}
}

// seconds rounds up: a client that waits so long has waited enough.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
