package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host/logging"
	"github.com/aio-llm/aio/sdk"
)

func TestSlog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := logging.Slog(hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, JSONFormat: true, Output: &out, DisableTime: true}))
	log = log.With("always", 1, slog.Group("", "bare", 2)).WithGroup("g").With("inner", 3)
	log.Warn("hello", "a", "b", slog.Group("h", "c", true), "key", sdk.NewSecret("never shown"))
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	want := map[string]any{
		"@level": "warn", "@message": "hello", "always": 1.0, "bare": 2.0, "g.inner": 3.0,
		"g.a": "b", "g.h.c": true, "g.key": "[redacted]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSlogLevels(t *testing.T) {
	t.Parallel()
	for level, want := range map[slog.Level]string{
		slog.LevelError + 4: "error", slog.LevelError: "error", slog.LevelWarn + 1: "warn", slog.LevelInfo: "info",
		slog.LevelDebug: "debug", slog.LevelDebug - 4: "trace",
	} {
		var out bytes.Buffer
		log := logging.Slog(hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, JSONFormat: true, Output: &out}))
		log.Log(t.Context(), level, "x")
		var got map[string]any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || got["@level"] != want {
			t.Errorf("%v became %v (%v), want %s", level, got["@level"], err, want)
		}
	}
	quiet := logging.Slog(hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: &bytes.Buffer{}}))
	if quiet.Enabled(context.Background(), slog.LevelInfo) || !quiet.Enabled(context.Background(), slog.LevelError) {
		t.Error("the level of the logger behind does not count")
	}
}
