package googleai

import (
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/aio-llm/aio/sdk"
)

// A request may repeat an offence in each of a thousand messages; the report need not.
const maxDropped = 32

// report gathers what of a request is not passed on.
type report struct {
	refuse  bool // the settings want a refusal instead
	dropped []sdk.Dropped
	err     *sdk.Error
}

// drop leaves out a member that asked for something.
func (r *report) drop(path, reason string) {
	if r.refuse {
		r.fail(sdk.KindUnsupported, path, reason)
		return
	}
	r.note(path, reason)
}

// note reports a member that is left out, or changed, without loss to the answer: it is never refused.
func (r *report) note(path, reason string) {
	if len(r.dropped) < maxDropped {
		r.dropped = append(r.dropped, sdk.Dropped{Path: path, Reason: reason})
	}
}

// fail refuses the request. The first refusal counts.
func (r *report) fail(kind sdk.Kind, path, message string) {
	if r.err == nil {
		r.err = &sdk.Error{Kind: kind, Certainty: sdk.NotSent, Param: path, Message: "googleai: " + path + ": " + message}
	}
}

// unknown leaves out the members that nothing here knows. A null asks for nothing.
func (r *report) unknown(path string, members map[string]jsontext.Value, known ...string) {
	if len(members) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if members[name].Kind() != jsontext.KindNull && !slices.Contains(known, name) {
			r.drop(below(path, name), "the Gemini API has nothing like it")
		}
	}
}

func below(path string, names ...any) string {
	for _, name := range names {
		if path != "" {
			path += "."
		}
		switch name := name.(type) {
		case int:
			path += strconv.Itoa(name)
		case string:
			path += name
		}
	}
	return path
}
