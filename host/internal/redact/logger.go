package redact

import (
	"fmt"
	"io"
	"log"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Logger returns a logger that redacts messages, arguments and names before l sees them. With
// IncludeLocation l needs an AdditionalLocationOffset of 1.
func Logger(l hclog.Logger, r *Redactor) hclog.Logger {
	_, sinks := l.(hclog.InterceptLogger)
	return &logger{Logger: l, r: r, sinks: sinks}
}

// logger overrides what carries text; levels and the rest are those of the logger it wraps.
type logger struct {
	hclog.Logger
	r *Redactor
	// sinks may hear levels the logger itself leaves out.
	sinks bool
}

func (l *logger) Log(level hclog.Level, msg string, args ...any) {
	if l.sinks || level >= l.GetLevel() {
		l.Logger.Log(level, l.r.String(msg), l.args(args)...)
	}
}

func (l *logger) Trace(msg string, args ...any) { l.Log(hclog.Trace, msg, args...) }
func (l *logger) Debug(msg string, args ...any) { l.Log(hclog.Debug, msg, args...) }
func (l *logger) Info(msg string, args ...any)  { l.Log(hclog.Info, msg, args...) }
func (l *logger) Warn(msg string, args ...any)  { l.Log(hclog.Warn, msg, args...) }
func (l *logger) Error(msg string, args ...any) { l.Log(hclog.Error, msg, args...) }

func (l *logger) With(args ...any) hclog.Logger {
	return &logger{Logger: l.Logger.With(l.args(args)...), r: l.r, sinks: l.sinks}
}

func (l *logger) Named(name string) hclog.Logger {
	return &logger{Logger: l.Logger.Named(l.r.String(name)), r: l.r, sinks: l.sinks}
}

func (l *logger) ResetNamed(name string) hclog.Logger {
	return &logger{Logger: l.Logger.ResetNamed(l.r.String(name)), r: l.r, sinks: l.sinks}
}

func (l *logger) StandardWriter(opts *hclog.StandardLoggerOptions) io.Writer {
	return l.r.Writer(l.Logger.StandardWriter(opts))
}

func (l *logger) StandardLogger(opts *hclog.StandardLoggerOptions) *log.Logger {
	return log.New(l.StandardWriter(opts), "", 0)
}

// args returns the arguments with secrets replaced; the caller's slice is left alone.
func (l *logger) args(args []any) []any {
	if len(args) == 0 {
		return nil
	}
	clean := make([]any, len(args))
	for i, a := range args {
		clean[i] = l.arg(a)
	}
	return clean
}

// arg returns a value as it is unless its text would give something away.
func (l *logger) arg(a any) any {
	var text string
	switch v := a.(type) {
	case nil, bool, int, int32, int64, uint, uint32, uint64, float64, time.Duration, time.Time:
		return a
	case string:
		return l.r.String(v)
	case []byte:
		text = string(v)
	case hclog.Format:
		return hclog.Format(l.args(v))
	case error:
		text = v.Error()
	default:
		text = fmt.Sprintf("%+v", v)
	}
	if clean := l.r.String(text); clean != text {
		return clean
	}
	return a
}
