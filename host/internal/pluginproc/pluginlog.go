package pluginproc

import (
	"bytes"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/tidwall/gjson"
)

// maxFields bounds the fields taken from one record of a plugin.
const maxFields = 32

// pluginLog turns the lines of a plugin's standard error into log records. A plugin chooses the text, level
// and fields of its records, never their name, time or the host's own fields: what it claims is data.
type pluginLog struct {
	log      hclog.Logger
	redact   func(string) string
	reserved map[string]bool
	panicked bool // the lines after a panic belong to it
}

func newPluginLog(log hclog.Logger, redact func(string) string) *pluginLog {
	reserved := map[string]bool{"error_stack": true}
	for i, arg := range log.ImpliedArgs() {
		if name, ok := arg.(string); ok && i%2 == 0 {
			reserved[name] = true
		}
	}
	return &pluginLog{log: log, redact: redact, reserved: reserved}
}

func (l *pluginLog) off() bool { return l.log.GetLevel() == hclog.Off }

// line logs one line, of which skipped more bytes were not read.
func (l *pluginLog) line(raw []byte, skipped int) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	var extra []any
	if skipped > 0 {
		extra = append(extra, "bytes_dropped", skipped)
	} else if gjson.ValidBytes(raw) {
		if record := gjson.ParseBytes(raw); record.IsObject() && record.Get(`\@message`).Exists() {
			l.panicked = false
			l.record(record)
			return
		}
	}
	text := string(raw)
	level := hclog.Debug
	if strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: ") || strings.HasPrefix(text, "Traceback (") {
		l.panicked = true
	}
	if l.panicked {
		level = hclog.Error
	}
	l.log.Log(level, shown(text, l.redact), extra...)
}

// record logs a record that hclog wrote in its JSON form.
func (l *pluginLog) record(record gjson.Result) {
	level := hclog.Debug
	message := ""
	var fields []any
	record.ForEach(func(key, value gjson.Result) bool {
		switch name := key.String(); {
		case name == "@message":
			message = value.String()
		case name == "@level":
			if given := hclog.LevelFromString(value.String()); given != hclog.NoLevel && given != hclog.Off {
				level = given
			}
		case strings.HasPrefix(name, "@"): // its time, module and caller: ours are the ones that count
		case len(fields) < 2*maxFields:
			fields = append(fields, l.field(name), shown(value.String(), l.redact))
		}
		return true
	})
	l.log.Log(level, shown(message, l.redact), fields...)
}

// field returns a name that says nothing in the host's voice.
func (l *pluginLog) field(name string) string {
	name = clip(escape(l.redact(name)), maxFieldName)
	if l.reserved[name] || strings.HasPrefix(name, "@") || name == "" {
		return "plugin_" + name
	}
	return name
}

// maxFieldName bounds a field's name, in bytes.
const maxFieldName = 64

func (l *pluginLog) dropped(lines, size int) {
	l.log.Warn("the plugin writes more log than is allowed, some was dropped", "lines", lines, "bytes", size)
}
