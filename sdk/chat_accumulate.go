package sdk

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Accumulator puts the chunks of a stream together into one completion. The
// zero value is ready. It is for one goroutine, and holds on to what the chunks
// hold: leave a chunk alone once it is added. Its memory grows with the reply;
// whoever feeds it bounds that.
type Accumulator struct {
	reply   ChatCompletion
	choices map[int]*choiceDraft
}

// choiceDraft is a choice that is still being written.
type choiceDraft struct {
	choice  Choice // all but the message
	message messageDraft
}

// Add merges one chunk: texts are appended, tool calls found by index (or by a
// new id if upstream sends none), everything else is the last one's word.
func (a *Accumulator) Add(c *ChatChunk) {
	if c == nil {
		return
	}
	r := &a.reply
	if r.ID == "" {
		r.ID = c.ID
	}
	if r.Created == 0 {
		r.Created = c.Created
	}
	last(&r.Model, c.Model)
	last(&r.Provider, c.Provider)
	last(&r.SystemFingerprint, c.SystemFingerprint)
	last(&r.ServiceTier, c.ServiceTier)
	if c.Usage != nil {
		r.Usage = c.Usage
	}
	mergeExtra(&r.Extra, c.Extra)
	for i := range c.Choices {
		a.draft(c.Choices[i].Index).add(&c.Choices[i])
	}
}

// Completion returns what the chunks so far add up to, choices in order of their
// index.
func (a *Accumulator) Completion() *ChatCompletion {
	out := a.reply
	out.Object = ObjectCompletion
	out.Extra = maps.Clone(out.Extra)
	for _, index := range slices.Sorted(maps.Keys(a.choices)) {
		draft := a.choices[index]
		choice := draft.choice
		choice.Message = draft.message.finish()
		choice.Extra = maps.Clone(choice.Extra)
		if choice.Logprobs != nil {
			choice.Logprobs = Ptr(*choice.Logprobs)
		}
		out.Choices = append(out.Choices, choice)
	}
	return &out
}

func (a *Accumulator) draft(index int) *choiceDraft {
	if a.choices == nil {
		a.choices = make(map[int]*choiceDraft)
	}
	draft := a.choices[index]
	if draft == nil {
		draft = &choiceDraft{choice: Choice{Index: index}}
		a.choices[index] = draft
	}
	return draft
}

func (d *choiceDraft) add(c *ChunkChoice) {
	last(&d.choice.FinishReason, c.FinishReason)
	last(&d.choice.NativeFinishReason, c.NativeFinishReason)
	mergeExtra(&d.choice.Extra, c.Extra)
	if from := c.Logprobs; from != nil {
		if d.choice.Logprobs == nil {
			d.choice.Logprobs = new(Logprobs)
		}
		into := d.choice.Logprobs
		into.Content = appendList(into.Content, from.Content)
		into.Refusal = appendList(into.Refusal, from.Refusal)
		mergeExtra(&into.Extra, from.Extra)
	}
	d.message.add(&c.Delta)
}

// last lets the last one that says something win.
func last[T ~string](into *T, from T) {
	if from != "" {
		*into = from
	}
}

// appendList appends, and keeps an empty list apart from none.
func appendList[T any](into, from []T) []T {
	if into == nil && from != nil {
		into = make([]T, 0, len(from))
	}
	return append(into, from...)
}

func mergeExtra(into *map[string]jsontext.Value, from map[string]jsontext.Value) {
	if len(from) == 0 {
		return
	}
	if *into == nil {
		*into = make(map[string]jsontext.Value, len(from))
	}
	maps.Copy(*into, from)
}
