package sdktest

import (
	"context"
	"slices"
	"strings"
)

// Case is one thing every plugin must do.
type Case struct {
	// Name is unique: the group, a slash, and what the case is about.
	Name string
	// Expect says what must happen, Why what would go wrong otherwise.
	Expect string
	Why    string
	// Needs lists what the plugin, its upstream or the run must have; without one of them the case does not
	// apply.
	Needs []Need
	// Last cases run one by one after all others: they judge the whole run.
	Last bool
	// Run calls the plugin and judges; a returned error is the verdict's detail.
	Run func(ctx context.Context, b *Bench) error
}

// Group is the first part of the name.
func (c Case) Group() string {
	for i := range c.Name {
		if c.Name[i] == '/' {
			return c.Name[:i]
		}
	}
	return c.Name
}

// Need is something a case cannot do without.
type Need string

// The needs. Those named like capabilities are met when the plugin announces the capability, NeedProcess
// and NeedLarge by how the kit is run, the others when the Upstream has them.
const (
	NeedModels     Need = "models"
	NeedEmbeddings Need = "embeddings"
	NeedTokens     Need = "tokens"
	NeedKeys       Need = "keys"

	NeedProcess Need = "process" // the plugin is a process of its own
	NeedLarge   Need = "large"   // bodies at the limit of the contract were asked for

	NeedRelay     Need = "relay"     // the upstream speaks the contract's own dialect, so members pass as they are
	NeedSSE       Need = "sse"       // streams are server-sent events
	NeedTools     Need = "tools"     // the upstream calls tools
	NeedSchema    Need = "schema"    // the upstream answers in JSON by a schema
	NeedReasoning Need = "reasoning" // the upstream shows its reasoning
	NeedVision    Need = "vision"    // the upstream takes images
)

// Cases returns every case, in the order of their groups.
func Cases() []Case {
	return slices.Concat(
		describeCases(), configureCases(), textCases(), identityCases(), keyCases(), toolCases(), formatCases(),
		partCases(), usageCases(), fidelityCases(), dropCases(), errorCases(), hintCases(), inbandCases(),
		redirectCases(), faultCases(), framingCases(), cancelCases(), deadlineCases(), connectCases(), sizeCases(),
		loadCases(), pressureCases(), abilityCases(), tokenCases(), secretCases(), lastCases(),
	)
}

// byName sorts cases that were made from an unordered table.
func byName(cases []Case) []Case {
	slices.SortFunc(cases, func(a, b Case) int { return strings.Compare(a.Name, b.Name) })
	return cases
}
