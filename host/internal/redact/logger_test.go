package redact

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/sdk"
)

const canary = "canary-key-0123456789"

func TestLogger(t *testing.T) {
	t.Parallel()
	for _, json := range []bool{false, true} {
		var out strings.Builder
		inner := hclog.New(&hclog.LoggerOptions{Output: &out, Level: hclog.Debug, JSONFormat: json, DisableTime: true})
		l := Logger(inner, New(sdk.NewSecret(canary)))
		args := []any{"string", canary, "error", fmt.Errorf("bad key %s: %w", canary, errors.New("no")),
			"bytes", []byte(canary), "struct", struct{ Key string }{canary}, "map", map[string][]string{"k": {canary}},
			"fmt", hclog.Fmt("%s!", canary), "kept", 7, "secret", sdk.NewSecret(canary)}
		l.Debug("message "+canary, args...)
		l.With("with", canary).Named(canary).Warn("x", args...)
		l.ResetNamed(canary).Error("x")
		l.StandardLogger(&hclog.StandardLoggerOptions{InferLevels: true}).Printf("[WARN] standard %s", canary)
		l.Trace("not at this level " + canary)
		got := out.String()
		if strings.Contains(got, canary) {
			t.Errorf("json=%v: the key shows:\n%s", json, got)
		}
		for _, want := range []string{"message [redacted]", "kept", "7", "standard [redacted]", "bad key [redacted]: no", "[redacted]!"} {
			if !strings.Contains(got, want) {
				t.Errorf("json=%v: %q is missing:\n%s", json, want, got)
			}
		}
		if strings.Contains(got, "not at this level") {
			t.Error("a message below the level was logged")
		}
		if args[1] != canary {
			t.Error("the caller's arguments were changed")
		}
	}
}

func TestLoggerReachesSinks(t *testing.T) {
	t.Parallel()
	var out, sink strings.Builder
	inner := hclog.NewInterceptLogger(&hclog.LoggerOptions{Output: &out, Level: hclog.Error})
	inner.RegisterSink(hclog.NewSinkAdapter(&hclog.LoggerOptions{Output: &sink, Level: hclog.Debug}))
	Logger(inner, New(sdk.NewSecret(canary))).Debug("deep " + canary)
	if got := sink.String(); !strings.Contains(got, "deep [redacted]") {
		t.Errorf("the sink heard %q", got)
	}
	if out.Len() != 0 {
		t.Errorf("the logger itself wrote %q", out.String())
	}
}
