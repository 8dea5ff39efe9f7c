package host

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"

	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

const (
	// maxRemembered bounds what is kept of an upstream's list; the longest known has several hundred.
	maxRemembered = 5000
	// maxNearest is as many names as help; more is a list to read.
	maxNearest = 3
	// maxComparedName: a longer name is an attack or a mistake.
	maxComparedName = 200
)

// remember keeps what the upstream listed, for naming what exists when a model is gone.
func (p *provider) remember(models []sdk.Model) {
	ids := make([]string, 0, min(len(models), maxRemembered))
	for _, m := range models[:min(len(models), maxRemembered)] {
		ids = append(ids, m.ID)
	}
	p.listed.Store(&ids)
}

// NearestModels returns up to three models that the provider's upstream has and whose ids are most like id,
// those of the same family first. It asks nobody: it knows what UpstreamModels or Probe.Models listed last,
// and returns nothing before that.
func (h *Host) NearestModels(provider, id string) []string {
	p, ok := h.providers[provider]
	if !ok {
		return nil
	}
	listed := p.listed.Load()
	if listed == nil || len(id) > maxComparedName {
		return nil
	}
	return nearestModels(id, *listed)
}

func nearestModels(id string, listed []string) []string {
	type near struct {
		id       string
		stranger bool
		distance int
	}
	var found []near
	for _, known := range listed {
		if known == id || known == "" || len(known) > maxComparedName {
			continue
		}
		n := near{known, modelFamily(known) != modelFamily(id), levenshtein.Distance(id, known, nil)}
		if d := levenshtein.Distance(baseModel(id), baseModel(known), nil); d < n.distance {
			n.distance = d + 1 // another vendor or variant is a difference too
		}
		if !n.stranger || n.distance <= max(2, len(id)/3) {
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		if a.stranger != b.stranger {
			if a.stranger {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.distance, b.distance)
	})
	var out []string
	for _, n := range found[:min(maxNearest, len(found))] {
		out = append(out, n.id)
	}
	return out
}

// baseModel is the name without its vendor: openai/gpt-oss-20b:free is gpt-oss-20b:free.
func baseModel(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// modelFamily is the word a model's name begins with: llama, qwen, gpt, gemini.
func modelFamily(id string) string {
	base := strings.ToLower(baseModel(id))
	end := strings.IndexFunc(base, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		return base
	}
	return base[:end]
}

// insteadOfGone names what exists in place of a model that is gone; empty when the upstream's list is not
// known, or the error is another.
func (j *job) insteadOfGone(kind sdk.Kind) string {
	if kind != sdk.KindModelGone {
		return ""
	}
	i := slices.IndexFunc(j.trail.Attempts, func(a Attempt) bool { return a.Kind == kind })
	if i < 0 {
		return ""
	}
	gone := j.trail.Attempts[i]
	t := slices.IndexFunc(j.plan.Targets, func(t route.Target) bool { return t.Provider == gone.Provider && t.Model == gone.Model })
	if t < 0 {
		return ""
	}
	near := j.host.NearestModels(gone.Provider, j.plan.Targets[t].ID)
	if len(near) == 0 {
		return ""
	}
	return "; the nearest that " + gone.Provider + " has: " + strings.Join(near, ", ")
}
