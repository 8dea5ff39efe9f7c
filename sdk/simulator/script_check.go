package simulator

import (
	"fmt"
	"slices"
	"strings"
)

func (m Match) problems() []string {
	var out []string
	if m.Dialect != "" && !slices.ContainsFunc(dialects(), func(d dialect) bool { return d.name() == m.Dialect }) {
		out = append(out, fmt.Sprintf("match.dialect: unknown dialect %q", m.Dialect))
	}
	for name, v := range map[string]int{"from": m.From, "to": m.To, "every": m.Every} {
		if v < 0 {
			out = append(out, fmt.Sprintf("match.%s: %d is negative", name, v))
		}
	}
	if m.To > 0 && m.From > m.To {
		out = append(out, fmt.Sprintf("match: from %d is beyond to %d", m.From, m.To))
	}
	slices.Sort(out)
	return out
}

// uses lists the parameters each kind of fault understands.
func uses(k FaultKind) (params []string, known bool) {
	table := map[FaultKind]string{
		FaultNone:          "",
		FaultError:         "error status message body header wait hints",
		FaultRedirect:      "status location header",
		FaultHTML:          "status body header",
		FaultReply:         "status body header",
		FaultDelay:         "for",
		FaultHang:          "for",
		FaultSlowFirstByte: "for every",
		FaultPause:         "for every after",
		FaultStall:         "for every after",
		FaultDrip:          "for",
		FaultCut:           "size",
		FaultReset:         "at after",
		FaultTruncate:      "after",
		FaultNoDone:        "",
		FaultNoFinish:      "",
		FaultFinish:        "finish",
		FaultInband:        "error status message after style",
		FaultMalformed:     "after",
		FaultEmptyChoices:  "",
		FaultComments:      "size",
		FaultHugeLine:      "size after times",
		FaultUsage:         "usage",
		FaultFraming:       "style",
		FaultJSONForSSE:    "",
		FaultSSEForJSON:    "",
	}
	list, known := table[k]
	return strings.Fields(list), known
}

// choices lists the values a parameter can have, or must have when required.
func choices(k FaultKind) map[string][]string {
	all := map[string][]string{"error": Errors()}
	switch k {
	case FaultReset:
		all["at"] = []string{BeforeHeaders, AfterHeaders, MidBody, MidChunk}
	case FaultUsage:
		all["usage"] = []string{UsageEvery, UsageLastContent, UsageWithFinish, UsageSeparate, UsageAbsent, UsageFloat}
	case FaultFraming:
		all["style"] = []string{"crlf", "cr", "bom", "nospace", "multiline"}
	case FaultInband:
		all["style"] = []string{"finish", "x_groq"}
	}
	return all
}

// required lists the parameters without which a kind means nothing.
func required(k FaultKind) []string {
	switch k {
	case FaultRedirect:
		return []string{"location"}
	case FaultDelay, FaultSlowFirstByte, FaultPause:
		return []string{"for"}
	case FaultCut, FaultComments, FaultHugeLine:
		return []string{"size"}
	case FaultFinish:
		return []string{"finish"}
	case FaultUsage:
		return []string{"usage"}
	case FaultFraming:
		return []string{"style"}
	}
	return nil
}

// texts and sizes give the parameters by name, so that one loop checks them.
func (f Fault) texts() map[string]string {
	return map[string]string{
		"error": f.Error, "message": f.Message, "body": f.Body, "location": f.Location,
		"at": f.At, "usage": f.Usage, "finish": f.Finish, "style": f.Style,
	}
}

func (f Fault) sizes() map[string]int64 {
	return map[string]int64{
		"status": int64(f.Status), "wait": int64(f.Wait), "after": int64(f.After), "for": int64(f.For),
		"every": int64(f.Every), "size": int64(f.Size), "times": int64(f.Times), "header": int64(len(f.Header)), "hints": int64(len(f.Hints)),
	}
}

func (f Fault) problems() []string {
	params, known := uses(f.Kind)
	if !known {
		return []string{fmt.Sprintf("fault.kind: unknown kind %q", f.Kind)}
	}
	var out []string
	given := map[string]bool{}
	allowed := choices(f.Kind)
	for name, v := range f.texts() {
		given[name] = v != ""
		if list, ok := allowed[name]; ok && v != "" && !slices.Contains(list, v) {
			out = append(out, fmt.Sprintf("fault.%s: %q is none of %s", name, v, strings.Join(list, ", ")))
		}
	}
	for name, v := range f.sizes() {
		given[name] = v != 0
		if v < 0 {
			out = append(out, fmt.Sprintf("fault.%s: %d is negative", name, v))
		}
	}
	for name, has := range given {
		if has && !slices.Contains(params, name) {
			out = append(out, fmt.Sprintf("fault.%s: means nothing to kind %q", name, f.Kind))
		}
	}
	for _, name := range required(f.Kind) {
		if !given[name] {
			out = append(out, fmt.Sprintf("fault.%s: kind %q needs it", name, f.Kind))
		}
	}
	out = append(out, f.oddities()...)
	slices.Sort(out)
	return out
}

func (f Fault) oddities() []string {
	var out []string
	if f.Status != 0 && (f.Status < 200 || f.Status > 999) {
		out = append(out, fmt.Sprintf("fault.status: %d is no final HTTP status", f.Status))
	}
	if bare := f.Status == 204 || f.Status == 304; bare && (f.Kind != FaultReply || f.Body != "") {
		out = append(out, fmt.Sprintf("fault.status: a %d has no body", f.Status))
	}
	if f.Kind == FaultRedirect && f.Status != 0 && f.Status/100 != 3 {
		out = append(out, fmt.Sprintf("fault.status: %d is no redirect", f.Status))
	}
	if (f.Kind == FaultError || f.Kind == FaultInband) && f.Error == "" && f.Status == 0 {
		out = append(out, fmt.Sprintf("fault: kind %q needs error or status", f.Kind))
	}
	hints := []string{HintRetryAfter, HintRetryAfterDate, HintRetryAfterMS, HintReset, HintBody, HintNone}
	for i, h := range f.Hints {
		if !slices.Contains(hints, h) {
			out = append(out, fmt.Sprintf("fault.hints[%d]: %q is none of %s", i, h, strings.Join(hints, ", ")))
		}
	}
	for name, v := range f.Header {
		if name == "" || strings.ContainsAny(name+v, "\r\n\x00") || strings.ContainsAny(name, " :") {
			out = append(out, fmt.Sprintf("fault.header: %q is no header", name))
		}
	}
	return out
}
