package pluginproc

import (
	"bytes"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// pluginLog turns the lines of a plugin's standard error into log records. A plugin chooses the text, level
// and fields of its records, never their name, time or the host's own fields: what it claims is data.
type pluginLog struct {
	log      hclog.Logger
	redact   func(string) string
	reserved map[string]bool
	panicked bool // the lines after a panic belong to it
}

func newPluginLog(log hclog.Logger, redact func(string) string) *pluginLog {
	reserved := map[string]bool{"": true}
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
	if r, ok := parseRecord(raw, l.redact); ok {
		l.panicked = false
		l.record(r)
		return
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	text := string(raw)
	if strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: ") || strings.HasPrefix(text, "Traceback (") {
		l.panicked = true
	}
	level := hclog.Debug
	if l.panicked {
		level = hclog.Error
	}
	var fields []any
	if skipped > 0 {
		fields = append(fields, "bytes_dropped", skipped)
	}
	l.log.Log(level, shown(text, l.redact), fields...)
}

func (l *pluginLog) record(r record) {
	if r.level < l.log.GetLevel() {
		return
	}
	var fields []any
	for _, f := range r.fields {
		if l.reserved[f.name] {
			f.name = "plugin_" + f.name
		}
		fields = append(fields, f.name, f.value)
	}
	l.log.Log(r.level, r.message, fields...)
}

func (l *pluginLog) dropped(lines, size int) {
	l.log.Warn("the plugin writes more log than is allowed, some was dropped", "lines", lines, "bytes", size)
}
