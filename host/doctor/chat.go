package doctor

import (
	"context"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// tiny is the smallest chat that all upstreams take: some want 16 tokens of output at least.
const tiny = `{"messages":[{"role":"user","content":"Say ok."}],"max_completion_tokens":16}`

// chat finds out what only a request tells: whether quota and credit are left, and whether the model answers.
func (e *examination) chat(ctx context.Context, k *Key) {
	if k.Verdict != VerdictOK && k.Verdict != VerdictUnchecked {
		return
	}
	for range 2 { // a model that turns out to be gone says nothing about the key: another one may
		at := e.askable()
		if at < 0 {
			return
		}
		err := e.ask(ctx, k, e.model(at))
		if err == nil {
			k.Finding = Finding{Verdict: VerdictOK}
			e.answered(at)
			return
		}
		found := judge(err, time.Now())
		if found.Kind != sdk.KindModelGone {
			e.blame(k, found)
			return
		}
		e.refused(at, found.Detail)
	}
}

func (e *examination) ask(ctx context.Context, k *Key, m Model) error {
	probe, err := e.host.Probe(e.config.Name, k.Label)
	if err != nil {
		return err
	}
	k.Asked = m.Name
	_, err = probe.Chat(ctx, m.ID, []byte(tiny))
	return err
}

func (e *examination) blame(k *Key, found Finding) {
	if found.Verdict == VerdictQuotaUsed && found.Until.IsZero() {
		found.Until = e.restsUntil(k.Label)
	}
	k.Finding, k.Note = found, ""
	e.advise(k)
}

// askable is the first model that may answer a chat; -1 when there is none.
func (e *examination) askable() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, m := range e.out.Models {
		if !m.Verdict.Wrong() && m.Verdict != VerdictNotActive && !strings.Contains(m.ID, "embed") {
			return i
		}
	}
	return -1
}

func (e *examination) answered(at int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.out.Models[at].Verdict == VerdictUnchecked {
		e.out.Models[at].Finding = Finding{Verdict: VerdictOK}
	}
}

// refused is for a model that is listed, and gone, or not for this account.
func (e *examination) refused(at int, detail string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.gone(&e.out.Models[at], detail)
}

// restsUntil is how long this host rests a key whose upstream did not say when its quota starts anew.
func (e *examination) restsUntil(label string) time.Time {
	stats, err := e.host.KeyStats(e.config.Name)
	if err != nil {
		return time.Time{}
	}
	for _, k := range stats.Keys {
		if k.Label != label {
			continue
		}
		until := k.Until
		for _, m := range k.ModelsResting {
			if m.Kind == sdk.KindRateDay && m.Until.After(until) {
				until = m.Until
			}
		}
		return until
	}
	return time.Time{}
}

func (e *examination) model(at int) Model {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.out.Models[at]
}
