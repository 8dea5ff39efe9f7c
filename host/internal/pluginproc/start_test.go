//go:build unix

package pluginproc

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

// badPlugin is one way for a plugin not to start.
type badPlugin struct {
	name  string
	make  func(t testing.TB, path string) // nil: the test binary, which behaves by its name
	cause Cause
	says  string // part of the error
	quick bool   // runs into the start timeout: use a short one
}

var badPlugins = []badPlugin{
	{name: "empty", make: file("", 0o755), cause: CauseFormat, says: "is empty"},
	{name: "text", make: file("just some text\n", 0o755), cause: CauseFormat, says: "is not a program"},
	{name: "arch", make: file(foreignProgram(), 0o755), cause: CauseArch, says: "was built for s390"},
	{name: "interpreter", make: file("#!/nowhere/python3\n", 0o755), cause: CauseLibrary, says: "/nowhere/python3"},
	{name: "modeless", make: file("#!/bin/sh\n", 0o644), cause: CauseNotExecutable, says: "chmod u+x"},
	{name: "directory", make: directory, cause: CauseNotFile, says: "is a directory"},
	{name: "fifo", make: fifo, cause: CauseNotFile, says: "is a FIFO"},
	{name: "script", make: file("#!/bin/sh\necho from a script >&2\nexit 3\n", 0o755), cause: CauseExited, says: "exit status 3 (its last words: from a script)"},
	{name: "library", cause: CauseLibrary, says: "libfoo.so.1"},
	{name: "stranger", cause: CauseNotPlugin, says: "cookie"},
	{name: "garbage", cause: CauseNotPlugin, says: `wrote "hello, I am no plugin" to standard output`},
	{name: "long", cause: CauseNotPlugin, says: `wrote "xxxx`},
	{name: "silent", cause: CauseNotPlugin, says: "closed its standard output"},
	{name: "exits", cause: CauseExited, says: "ended before its handshake: exit status 0"},
	{name: "three", cause: CauseExited, says: `exit status 3 (its last words: cannot go on: [redacted] \x1b[31mred)`},
	{name: "liar", cause: CauseExited, says: "ended right after its handshake: exit status 4"},
	{name: "after", cause: CauseExited, says: "ended right after its handshake: exit status 5"},
	{name: "core9", cause: CauseProtocol, says: "version 9 of go-plugin's handshake, this host speaks 1"},
	{name: "version7", cause: CauseProtocol, says: "contract version 7, this host speaks 1"},
	{name: "netrpc", cause: CauseProtocol, says: `speaks "netrpc"`},
	{name: "elsewhere", cause: CauseProtocol, says: "192.0.2.1:80"},
	{name: "mute", cause: CauseRefused, says: "does not answer"},
	{name: "impostor", cause: CauseIdentity, says: "name the file aio-provider-somebody"},
	{name: "hang", cause: CauseTimeout, says: "it wrote no handshake", quick: true},
}

func TestStartOfBadPlugins(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	texts := make([]string, len(badPlugins))
	t.Run("each", func(t *testing.T) {
		for i, bad := range badPlugins {
			t.Run(bad.name, func(t *testing.T) {
				t.Parallel()
				texts[i] = bad.check(t, s)
			})
		}
	})
	golden(t, "start_errors.txt", strings.Join(texts, "\n")+"\n")
}

// check starts the bad plugin and returns its error's text, without what differs from run to run.
func (bad badPlugin) check(t testing.TB, s *Spawner) string {
	t.Helper()
	sp := bad.spec(t)
	p, err := s.Start(within(t), sp)
	if err == nil {
		t.Fatalf("%s started as process %d", bad.name, p.Pid())
	}
	var start *StartError
	if !errors.As(err, &start) {
		t.Fatalf("a %T: %v", err, err)
	}
	if start.Cause != bad.cause || start.Plugin != bad.name || !strings.Contains(err.Error(), bad.says) {
		t.Errorf("plugin %q, cause %q: %v\nwant cause %q and %q\nstderr %q", start.Plugin, start.Cause, err, bad.cause, bad.says, start.Stderr)
	}
	if start.Hint == "" {
		t.Errorf("no way out: %v", err)
	}
	return regexp.MustCompile(regexp.QuoteMeta(s.dir.path)+`/\d+`).ReplaceAllString(strings.NewReplacer(
		filepath.Dir(start.Path), "DIR", runtime.GOOS+"/"+runtime.GOARCH, "OS/ARCH", strings.Repeat("x", 200), "xxx",
	).Replace(err.Error()), "OWN")
}

func (bad badPlugin) spec(t testing.TB) Spec {
	t.Helper()
	var dir string
	if bad.make == nil {
		dir = install(t, bad.name)
	} else {
		dir = safeDir(t)
		bad.make(t, filepath.Join(dir, prefix+bad.name))
	}
	sp := spec(dir, bad.name)
	sp.Env = append(sp.Env, "CANARY=s3cr3t")
	sp.Redact = func(s string) string { return strings.ReplaceAll(s, "s3cr3t", "[redacted]") }
	if bad.quick {
		sp.StartTimeout = 200 * time.Millisecond
	}
	return sp
}

func file(body string, mode os.FileMode) func(testing.TB, string) {
	return func(t testing.TB, path string) { write(t, path, []byte(body), mode) }
}

func directory(t testing.TB, path string) {
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func fifo(t testing.TB, path string) {
	if err := syscall.Mkfifo(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// foreignProgram is the head of an ELF program for a machine this is not.
func foreignProgram() string {
	head := make([]byte, 64)
	copy(head, "\x7fELF\x02\x02\x01")       // 64 bits, big-endian
	head[17], head[18], head[19] = 2, 0, 22 // executable, s390
	return string(head) + strings.Repeat("\x00", 64)
}

func TestSettingsErrorPassesThrough(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	sp := spec(install(t, "good"), "good")
	sp.Settings = sdk.Settings(`{"refuse":true}`)
	_, err := s.Start(within(t), sp)
	refused, ok := err.(*sdk.SettingsError) // as it is, not wrapped
	if !ok {
		t.Fatalf("a %T: %v", err, err)
	}
	if diff := cmp.Diff([]sdk.SettingProblem{{Path: []string{"refuse"}, Message: "must be false"}}, refused.Problems); diff != "" {
		t.Error(diff)
	}
}
