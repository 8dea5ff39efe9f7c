package pluginproc

import (
	"fmt"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/tidwall/gjson"
)

const (
	// maxFields bounds the fields taken from one record of a plugin, maxFieldName a field's name in bytes.
	maxFields    = 32
	maxFieldName = 64
)

// record is a log record of a plugin, its texts ready to be shown.
type record struct {
	level   hclog.Level
	message string
	fields  []field
}

type field struct{ name, value string }

// parseRecord reads a record that hclog wrote in its JSON form. What the plugin says about its time, name
// and caller is left out: the host's own count.
func parseRecord(raw []byte, redact func(string) string) (record, bool) {
	if len(raw) == 0 || raw[0] != '{' || !gjson.ValidBytes(raw) {
		return record{}, false
	}
	r, found := record{level: hclog.Debug}, false
	gjson.ParseBytes(raw).ForEach(func(key, value gjson.Result) bool {
		switch name := key.String(); {
		case name == "@message":
			r.message, found = shown(value.String(), redact), true
		case name == "@level":
			if level := hclog.LevelFromString(value.String()); level != hclog.NoLevel && level != hclog.Off {
				r.level = level
			}
		case strings.HasPrefix(name, "@"):
		case len(r.fields) < maxFields:
			r.fields = append(r.fields, field{name: clip(escape(redact(name)), maxFieldName), value: shown(value.String(), redact)})
		}
		return true
	})
	return r, found
}

// String implements fmt.Stringer: the record as one line.
func (r record) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s] %s", strings.ToUpper(r.level.String()), r.message)
	for i, f := range r.fields {
		if i == 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, " %s=%s", f.name, f.value)
	}
	return clip(b.String(), maxLine)
}

// chatter reports a line of String that is below what a person asks for when something went wrong.
func chatter(line string) bool {
	return strings.HasPrefix(line, "[DEBUG] ") || strings.HasPrefix(line, "[TRACE] ")
}
