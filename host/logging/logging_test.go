package logging_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/logging"
	"github.com/aio-llm/aio/sdk"
)

// messages are what one line at each level leaves in text.
func messages(text string) []string {
	var out []string
	for _, level := range []string{"an error", "a warning", "an info", "a debug", "a trace"} {
		if strings.Contains(text, level) {
			out = append(out, level)
		}
	}
	return out
}

func TestLevels(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                  string
		config                logging.Config
		console, file, errors []string
	}{
		{
			name:    "defaults",
			console: []string{"an error", "a warning", "an info"}, file: []string{"an error", "a warning", "an info"}, errors: []string{"an error"},
		},
		{
			name: "quiet console", config: logging.Config{Level: "debug", ConsoleLevel: "warn"},
			console: []string{"an error", "a warning"}, file: []string{"an error", "a warning", "an info", "a debug"}, errors: []string{"an error"},
		},
		{
			name: "loud console", config: logging.Config{Level: "error", ConsoleLevel: "TRACE"},
			console: []string{"an error", "a warning", "an info", "a debug", "a trace"}, file: []string{"an error"}, errors: []string{"an error"},
		},
		{name: "off", config: logging.Config{Level: "off"}, errors: []string{"an error"}},
		{
			name: "no console", config: logging.Config{NoConsole: true},
			file: []string{"an error", "a warning", "an info"}, errors: []string{"an error"},
		},
		{
			name: "the console skips", config: logging.Config{ConsoleSkips: []string{"an error"}},
			console: []string{"a warning", "an info"}, file: []string{"an error", "a warning", "an info"}, errors: []string{"an error"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			tt.config.File, tt.config.ErrorsFile = filepath.Join(dir, "logs", "all.log"), filepath.Join(dir, "logs", "errors.log")
			var console bytes.Buffer
			log, closer, err := logging.New(tt.config, &console, false)
			if err != nil {
				t.Fatal(err)
			}
			log = log.NamedIntercept("part")
			log.Error("an error")
			log.Warn("a warning")
			log.Info("an info")
			log.Debug("a debug")
			log.Trace("a trace")
			if err := closer.Close(); err != nil {
				t.Fatal(err)
			}
			for what, pair := range map[string][2][]string{
				"console": {messages(console.String()), tt.console},
				"file":    {messages(private(t, tt.config.File)), tt.file},
				"errors":  {messages(private(t, tt.config.ErrorsFile)), tt.errors},
			} {
				if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
		})
	}
}

// private reads a file that only its owner may read.
func private(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if perm := info.Mode().Perm(); perm != 0o600 {
		t.Errorf("%s has mode %o, want 600", path, perm)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestConsoleFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config logging.Config
		tty    bool
		json   bool
		color  bool
	}{
		{name: "terminal", tty: true, color: true},
		{name: "elsewhere", json: true},
		{name: "terminal without colours", config: logging.Config{NoColor: true}, tty: true},
		{name: "json on a terminal", config: logging.Config{Format: "json"}, tty: true, json: true},
		{name: "text elsewhere", config: logging.Config{Format: "text"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var console bytes.Buffer
			log, closer, err := logging.New(tt.config, &console, tt.tty)
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			log.Info("hello", "n", 1)
			var line map[string]any
			if isJSON := json.Unmarshal(console.Bytes(), &line) == nil; isJSON != tt.json {
				t.Errorf("JSON is %t, want %t: %s", isJSON, tt.json, console.String())
			}
			if color := strings.Contains(console.String(), "\x1b["); color != tt.color {
				t.Errorf("coloured is %t, want %t: %q", color, tt.color, console.String())
			}
			if !strings.Contains(console.String(), "hello") {
				t.Errorf("the message is not there: %q", console.String())
			}
		})
	}
}

func TestSecretsAreCutOut(t *testing.T) {
	t.Parallel()
	const key = "canary+with/all=of<these>&7c1"
	path := filepath.Join(t.TempDir(), "all.log")
	var console bytes.Buffer
	log, closer, err := logging.New(logging.Config{File: path, Secrets: []sdk.Secret{sdk.NewSecret(key)}}, &console, true)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("said "+key, "field", key, "both", []string{key, "plain"})
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"console": console.String(), "file": private(t, path)} {
		if strings.Contains(text, "canary") || !strings.Contains(text, "[redacted]") || !strings.Contains(text, "plain") {
			t.Errorf("%s holds %q", what, text)
		}
	}
}

func TestFileRotates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "all.log")
	log, closer, err := logging.New(logging.Config{File: path, NoConsole: true, MaxSize: 1}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for range 1500 {
		log.Info(strings.Repeat("x", 1000))
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "all*.log"))
	if err != nil || len(files) != 2 {
		t.Fatalf("files %v, %v; want the file and an old one", files, err)
	}
	for _, f := range files {
		if text := private(t, f); len(text) > 1<<20 {
			t.Errorf("%s has %d bytes", f, len(text))
		}
	}
}

func TestOpenFileIsClosedToOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "all.log")
	if err := os.WriteFile(path, []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	log, closer, err := logging.New(logging.Config{File: path, NoConsole: true}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("after")
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	if text := private(t, path); !strings.HasPrefix(text, "before\n") || !strings.Contains(text, "after") {
		t.Errorf("the file holds %q", text)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tt := range []struct {
		name   string
		config logging.Config
		want   string
	}{
		{"level", logging.Config{Level: "loud"}, `unknown log level "loud": use one of off, error, warn, info, debug, trace`},
		{"console level", logging.Config{ConsoleLevel: "x"}, `unknown log level "x": use one of off, error, warn, info, debug, trace`},
		{"format", logging.Config{Format: "xml"}, `unknown log format "xml": use auto, text or json`},
		{"folder", logging.Config{File: dir}, "open log file " + dir + ": is a directory; make it writable, or name another in the logging block"},
		{
			"below a file", logging.Config{File: "/dev/null/a.log"},
			"make the folder of log file /dev/null/a.log: not a directory; create it, or name another file in the logging block",
		},
		{"device", logging.Config{ErrorsFile: "/dev/null"}, "log file /dev/null is no regular file: name another in the logging block"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := logging.New(tt.config, &bytes.Buffer{}, false)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
