package host

import (
	"fmt"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Trail says how a reply, or a failure, came about. Keys appear by label only.
type Trail struct {
	RequestID string `json:"request_id"`
	// Requested is the model or route asked for.
	Requested string `json:"requested"`
	// Provider, Model and Key are what answered; empty when nothing did.
	Provider string `json:"provider,omitempty"`
	Model    string `json:"model,omitempty"`
	Key      string `json:"key,omitempty"`
	// ServedModel is the upstream's own name for what answered.
	ServedModel string    `json:"served_model,omitempty"`
	Attempts    []Attempt `json:"attempts"`
	// Skipped are the targets that were not called, with the reason.
	Skipped []Skip `json:"skipped,omitempty"`
	// Dropped are request members that the provider does not take.
	Dropped []sdk.Dropped `json:"dropped,omitempty"`
	// AutoFallback is set when not the first choice answered.
	AutoFallback *AutoFallback `json:"auto_fallback,omitempty"`
	// Cost is what the reply cost; nil is unknown. Calls that failed or broke off are not in it.
	Cost *Cost `json:"cost,omitempty"`
	// Started is when the request came, Duration how long it took so far.
	Started  time.Time     `json:"started"`
	Duration time.Duration `json:"duration_ns"`
}

// Attempt is one call of one target with one key.
type Attempt struct {
	Provider string `json:"provider"`
	Model    string `json:"model"`
	Key      string `json:"key,omitempty"`
	// Unlisted tells that the model's name is the caller's: its provider takes any model.
	Unlisted bool `json:"unlisted,omitempty"`
	// Started is when the call was made.
	Started time.Time `json:"started,omitzero"`
	// Kind is empty when the call succeeded.
	Kind sdk.Kind `json:"kind,omitempty"`
	// Status is the upstream's HTTP status of a failed call; zero when there was none.
	Status    int    `json:"status,omitempty"`
	Message   string `json:"message,omitempty"`
	Certainty string `json:"certainty,omitempty"`
	// Waited is the backoff before the call, FirstToken the time to its first content.
	Waited     time.Duration `json:"waited_ns,omitempty"`
	Duration   time.Duration `json:"duration_ns"`
	FirstToken time.Duration `json:"first_token_ns,omitempty"`
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
	// Next is what followed: stop, same_target, next_key or next_target.
	Next string `json:"next,omitempty"`
}

// Skip is a target that was not called.
type Skip struct {
	Target string `json:"target"`
	Reason string `json:"reason"`
}

// AutoFallback tells a caller that another target answered than the first one planned.
type AutoFallback struct {
	OriginalProvider string `json:"original_provider"`
	OriginalModel    string `json:"original_model"`
	FinalProvider    string `json:"final_provider"`
	FinalModel       string `json:"final_model"`
	FallbackCount    int    `json:"fallback_count"`
}

// tried is the trail in a few words, for error texts.
func (t *Trail) tried() string {
	parts := make([]string, 0, len(t.Attempts))
	for _, a := range t.Attempts {
		what := "ok"
		if a.Kind != "" {
			what = string(a.Kind)
		}
		parts = append(parts, fmt.Sprintf("%s/%s %s", a.Provider, a.Model, what))
	}
	const most = 8
	if extra := len(parts) - most; extra > 0 {
		parts = append(parts[:most:most], fmt.Sprintf("and %d more", extra))
	}
	return "tried " + strings.Join(parts, ", ")
}

func (t *Trail) skip(target, reason string) {
	t.Skipped = append(t.Skipped, Skip{Target: target, Reason: reason})
}
