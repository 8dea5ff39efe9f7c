package sdktest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/sdktest"
	"github.com/aio-llm/aio/sdk/sdktest/sdktesting"
)

// provider is what this binary is when it is started under a plugin's name.
func provider(name string) sdk.Plugin {
	if name != "frail" {
		return sound(nil)
	}
	return sound(func(p sdk.Provider) sdk.Provider {
		return broken{Provider: p, chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
			reply, err := next(ctx, c)
			if sdk.KindOf(err) == sdk.KindServerError {
				os.Exit(3)
			}
			return reply, err
		}}
	})
}

// executable is this binary under a plugin's name.
func executable(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "aio-provider-"+name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// script is a shell script under a plugin's name. Tests that use it are not parallel: another's fork would
// hold the file open for writing for a moment, and it could not be started.
func script(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "aio-provider-"+name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestASoundProviderPassesOverTheWire(t *testing.T) {
	t.Parallel()
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.Binary(executable(t, "sound")), Upstream: sdktest.OpenAI()})
}

func expect(t *testing.T, session *sdktest.Session, want sdktest.Verdict, name, detail string) {
	t.Helper()
	r := session.Run(t.Context(), named(t, name))
	if r.Verdict != want || !strings.Contains(r.Detail, detail) {
		t.Errorf("%s: %s %q, want %s because %q", name, r.Verdict, r.Detail, want, detail)
	}
}

func TestACrashIsNoticed(t *testing.T) {
	t.Parallel()
	session := open(t, sdktest.Runner{Target: sdktest.Binary(executable(t, "frail")), Upstream: sdktest.OpenAI()})
	expect(t, session, sdktest.Pass, "text/unary", "")
	expect(t, session, sdktest.Fail, "errors/server-error", "plugin_down")
	expect(t, session, sdktest.Fail, "process/alive", "plugin_down")
	expect(t, session, sdktest.Fail, "process/same", "is gone")
	expect(t, session, sdktest.Fail, "describe/identity", "aio-provider-frail")
}

func TestNoiseOnStandardOutputIsNoticed(t *testing.T) {
	noisy := script(t, "sound", executable(t, "sound")+` | { read -r line; echo "$line"; echo noise; while read -r line; do echo "$line"; done; }`)
	session := open(t, sdktest.Runner{Target: sdktest.Binary(noisy), Upstream: sdktest.OpenAI()})
	expect(t, session, sdktest.Pass, "text/unary", "")
	expect(t, session, sdktest.Fail, "process/stdout", "noise")
}

func TestWhatIsNoPluginDoesNotOpen(t *testing.T) {
	for name, test := range map[string]struct{ path, want string }{
		"missing":    {filepath.Join(t.TempDir(), "aio-provider-none"), "no such file"},
		"leaves":     {script(t, "leaves", "echo out of order >&2; exit 1\n"), "out of order"},
		"no dialect": {"", "no dialect"},
	} {
		t.Run(name, func(t *testing.T) {
			r := sdktest.Runner{Target: sdktest.Binary(test.path), Upstream: sdktest.OpenAI()}
			if test.path == "" {
				r.Upstream.Dialect = "klingon"
			}
			session, err := r.Open(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error about %q", err, test.want)
			}
			if session != nil {
				t.Error(session.Close())
			}
		})
	}
}
