package openaicompat

import (
	"slices"

	"github.com/aio-llm/aio/sdk"
)

// Default is a request member for requests that do not have it, or have it as null.
type Default struct {
	// Member is a top-level member.
	Member string
	// Value is its JSON.
	Value string
	// Reason tells people why; the addition is then reported among what was not passed on as it came. An
	// addition without one is not reported, for what the configuration itself asks for.
	Reason string
}

// fills reports whether a member that is null will be filled in.
func (p *patch) fills(name string) bool {
	return slices.ContainsFunc(p.defaults, func(d Default) bool { return d.Member == name })
}

// fill adds the defaults of the members that the request does not have.
func (p *patch) fill() {
	for _, d := range p.defaults {
		if slices.Contains(p.names, d.Member) {
			continue
		}
		p.copy(quote(d.Member), []byte(d.Value))
		if d.Reason != "" && len(p.out.dropped) < maxDropped {
			p.out.dropped = append(p.out.dropped, sdk.Dropped{Path: d.Member, Reason: d.Reason})
		}
	}
}
