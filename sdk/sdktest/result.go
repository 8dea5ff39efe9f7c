package sdktest

import "time"

// Verdict is how a case ended.
type Verdict string

// The verdicts.
const (
	Pass          Verdict = "pass"
	Fail          Verdict = "fail"
	NotApplicable Verdict = "not_applicable"
)

// Result is the verdict on one case.
type Result struct {
	Verdict Verdict
	// Detail says what was wrong, or which need was not met; it may have several lines.
	Detail   string
	Duration time.Duration
}

// Reporter hears how a run goes. Its methods are never called at the same time, but cases overlap: another
// may start before one ends.
type Reporter interface {
	Start(c Case)
	End(c Case, r Result)
}
