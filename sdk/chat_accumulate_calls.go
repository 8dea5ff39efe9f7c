package sdk

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// callDraft is a tool call that is still being written.
type callDraft struct {
	call ToolCall
	name strings.Builder
	args strings.Builder
}

func (d *messageDraft) addCall(piece *ToolCall) {
	draft := d.findCall(piece)
	if draft == nil {
		draft = &callDraft{call: ToolCall{Index: piece.Index}}
		d.calls = append(d.calls, draft)
	}
	last(&draft.call.ID, piece.ID)
	last(&draft.call.Type, piece.Type)
	// Some upstreams repeat the whole name in each piece.
	if piece.Function.Name != draft.name.String() {
		draft.name.WriteString(piece.Function.Name)
	}
	draft.args.WriteString(piece.Function.Arguments)
	mergeExtra(&draft.call.Function.Extra, piece.Function.Extra)
	mergeExtra(&draft.call.Extra, piece.Extra)
}

// findCall returns the call a piece belongs to, nil if it begins one. Of calls
// that share an index, as some upstreams number all parallel calls 0, the id
// tells them apart, and pieces without one belong to the latest.
func (d *messageDraft) findCall(piece *ToolCall) *callDraft {
	for _, draft := range slices.Backward(d.calls) {
		if piece.Index != nil && draft.call.Index != nil && *piece.Index != *draft.call.Index {
			continue
		}
		if piece.ID == "" || draft.call.ID == "" || piece.ID == draft.call.ID {
			return draft
		}
	}
	return nil
}

func (d *messageDraft) finishCalls() []ToolCall {
	var calls []ToolCall
	for _, draft := range d.calls {
		call := draft.call
		call.Function.Name = draft.name.String()
		call.Function.Arguments = draft.args.String()
		call.Function.Extra = maps.Clone(call.Function.Extra)
		call.Extra = maps.Clone(call.Extra)
		calls = append(calls, call)
	}
	slices.SortStableFunc(calls, func(a, b ToolCall) int { return cmp.Compare(at(a), at(b)) })
	for i := range calls {
		calls[i].Index = nil // only deltas have one
	}
	return calls
}

// at is the place of a call among its like; those without one keep their order.
func at(call ToolCall) int {
	if call.Index == nil {
		return 0
	}
	return *call.Index
}
