package cli

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/aio-llm/aio/host"
)

// showRoute tells how an answer, or a failure, came about.
func (a *app) showRoute(t host.Trail) {
	outcome := "no answer"
	if t.Provider != "" {
		outcome = t.Provider + "/" + t.Model
	}
	a.err.say("\n%s", a.err.paint(styleBold, fmt.Sprintf("route for %q: %s in %s", t.Requested, outcome, rounded(t.Duration))))
	for _, line := range attemptLines(t.Attempts) {
		a.err.say("%s", line)
	}
	for _, s := range t.Skipped {
		a.err.say("  passed over %s: %s", s.Target, harmless(s.Reason))
	}
	if t.ServedModel != "" && t.ServedModel != t.Model {
		a.err.say("  the provider calls the model %s", harmless(t.ServedModel))
	}
	if f := t.AutoFallback; f != nil {
		a.err.say("  fallback from %s/%s to %s/%s", f.OriginalProvider, f.OriginalModel, f.FinalProvider, f.FinalModel)
	}
	if c := t.Cost; c != nil {
		a.err.say("  cost %s %s", dollars(c.USD), priced(c.Source))
	}
	for _, d := range t.Dropped {
		a.err.say("  not passed on: %s (%s)", d.Path, harmless(d.Reason))
	}
}

func priced(source host.CostSource) string {
	switch source {
	case host.CostUpstream:
		return "as the provider says"
	case host.CostConfig:
		return "by the price in the configuration"
	default:
		return "by the list price"
	}
}

// dollars shows a cost to the millionth, where the cost of one answer usually is.
func dollars(usd float64) string {
	if usd > 0 && usd < 0.000001 {
		return "below $0.000001"
	}
	text := strings.TrimRight(strconv.FormatFloat(usd, 'f', 6, 64), "0")
	return "$" + strings.TrimSuffix(text, ".")
}

// attemptLines is a table of calls: target, key, what came of it, how long it took, what followed.
func attemptLines(attempts []host.Attempt) []string {
	if len(attempts) == 0 {
		return nil
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, t := range attempts {
		outcome, next := "ok", ""
		if t.Kind != "" {
			outcome, next = string(t.Kind), followed(t.Next)
			if t.Status != 0 {
				outcome += " " + strconv.Itoa(t.Status)
			}
		}
		key := ""
		if t.Key != "" {
			key = "key " + t.Key
		}
		took := rounded(t.Duration).String()
		if t.Waited > 0 {
			took += " after waiting " + rounded(t.Waited).String()
		}
		_, _ = fmt.Fprintf(w, "  %d\t%s/%s\t%s\t%s\t%s\t%s\n", i+1, t.Provider, t.Model, key, outcome, took, next) // into memory
	}
	_ = w.Flush()
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

func followed(next string) string {
	switch next {
	case "same_target":
		return "-> again"
	case "next_key":
		return "-> next key"
	case "next_target":
		return "-> next target"
	default:
		return "-> stop"
	}
}
