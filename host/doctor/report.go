package doctor

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Report is what an examination found, in the order of the configuration.
type Report struct {
	// Deep says that chats were made too; without them a used-up quota may go unseen.
	Deep      bool       `json:"deep"`
	Providers []Provider `json:"providers"`
}

// Provider is one provider with its keys and models. Its own Finding is about its plugin and upstream as a
// whole; when that is not VerdictOK, keys and models could not be judged.
type Provider struct {
	Name   string `json:"provider"`
	Plugin string `json:"plugin"`
	// SignUp is where its keys are made; empty when unknown.
	SignUp string `json:"sign_up,omitempty"`
	Finding
	Keys   []Key   `json:"keys"`
	Models []Model `json:"models"`
}

// Key is one key. An upstream that wants none has one key without a label.
type Key struct {
	Label string `json:"key"`
	Finding
	// Note is what the provider says about the account of a key that works; it may be empty.
	Note string `json:"note,omitempty"`
	// LooksLike is the provider whose keys begin as this one does, when that is another; empty otherwise.
	LooksLike string `json:"looks_like,omitempty"`
	// Asked is the model of the deep chat; empty when there was none.
	Asked string `json:"asked,omitempty"`
}

// Model is one configured model.
type Model struct {
	Name string `json:"model"`
	// ID is the upstream's.
	ID string `json:"id"`
	Finding
	// Nearest are ids that the upstream has instead, most like it first; three at most.
	Nearest []string `json:"nearest,omitempty"`
}

// Finding is a verdict, with its reason and the way out.
type Finding struct {
	Verdict Verdict `json:"verdict"`
	// Kind is the error behind the verdict; empty when there was none.
	Kind sdk.Kind `json:"kind,omitempty"`
	// Detail is what the upstream or the plugin said. Advice is what to do; empty when nothing is.
	Detail string `json:"detail,omitempty"`
	Advice string `json:"advice,omitempty"`
	// Until is when it passes by itself; zero when it does not, or nobody says.
	Until time.Time `json:"until,omitzero"`
}

// Problems counts what is wrong, and is zero also where there is nothing that could be.
func (r *Report) Problems() int {
	n := 0
	count := func(f Finding) {
		if f.Verdict.Wrong() {
			n++
		}
	}
	for _, p := range r.Providers {
		count(p.Finding)
		for _, k := range p.Keys {
			count(k.Finding)
		}
		for _, m := range p.Models {
			count(m.Finding)
		}
	}
	return n
}

// Usable reports whether any key works, or any upstream that wants none answers.
func (r *Report) Usable() bool {
	for _, p := range r.Providers {
		for _, k := range p.Keys {
			if k.Verdict == VerdictOK {
				return true
			}
		}
	}
	return false
}

// Healthy reports whether nothing is wrong and something works.
func (r *Report) Healthy() bool { return r.Problems() == 0 && r.Usable() }
