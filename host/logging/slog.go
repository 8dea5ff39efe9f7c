package logging

import (
	"context"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// Slog returns a logger for code that speaks log/slog; its lines go to log. Groups become prefixes of the
// keys, as in "group.key".
func Slog(log hclog.Logger) *slog.Logger { return slog.New(bridge{log: log}) }

type bridge struct {
	log    hclog.Logger
	prefix string
}

// Levels between two of hclog's count as the less severe one; below debug is trace.
func levelOf(l slog.Level) hclog.Level {
	switch {
	case l >= slog.LevelError:
		return hclog.Error
	case l >= slog.LevelWarn:
		return hclog.Warn
	case l >= slog.LevelInfo:
		return hclog.Info
	case l >= slog.LevelDebug:
		return hclog.Debug
	default:
		return hclog.Trace
	}
}

// Enabled implements slog.Handler.
func (b bridge) Enabled(_ context.Context, l slog.Level) bool {
	return b.log.GetLevel() <= levelOf(l)
}

// Handle implements slog.Handler. The record's time is dropped: the line gets its own.
func (b bridge) Handle(_ context.Context, r slog.Record) error {
	args := make([]any, 0, 2*r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		args = flatten(args, b.prefix, a)
		return true
	})
	b.log.Log(levelOf(r.Level), r.Message, args...)
	return nil
}

// WithAttrs implements slog.Handler.
func (b bridge) WithAttrs(attrs []slog.Attr) slog.Handler {
	var args []any
	for _, a := range attrs {
		args = flatten(args, b.prefix, a)
	}
	if len(args) == 0 {
		return b
	}
	return bridge{log: b.log.With(args...), prefix: b.prefix}
}

// WithGroup implements slog.Handler.
func (b bridge) WithGroup(name string) slog.Handler {
	if name == "" {
		return b
	}
	return bridge{log: b.log, prefix: b.prefix + name + "."}
}

// flatten appends an attribute as hclog's pairs.
func flatten(args []any, prefix string, a slog.Attr) []any {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindGroup {
		if a.Key == "" {
			return args
		}
		return append(args, prefix+a.Key, v.Any())
	}
	if a.Key != "" { // a group without a name is part of the one around it
		prefix += a.Key + "."
	}
	for _, inner := range v.Group() {
		args = flatten(args, prefix, inner)
	}
	return args
}
