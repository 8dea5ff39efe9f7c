package sdktest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/sdktest"
	"github.com/aio-llm/aio/sdk/sdktest/sdktesting"
)

// dialect is a generic OpenAI-shaped provider.
func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{Name: "sound", BaseURL: "https://api.sound.invalid/v1", StreamUsage: true, Embeddings: true,
		Limits: []openaicompat.LimitHeader{{Name: "requests", Unit: "requests", Window: "minute"}}}
}

// sound is a provider that does everything right; wrap, when not nil, breaks it.
func sound(wrap func(sdk.Provider) sdk.Provider) sdk.Plugin {
	return sdk.Plugin{
		Name: "sound", Version: "1", Settings: openaicompat.Settings(dialect()),
		Open: func(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
			p, err := openaicompat.Open(ctx, dialect(), setup)
			if err != nil || wrap == nil {
				return p, err
			}
			return wrap(p), nil
		},
	}
}

func TestASoundProviderPasses(t *testing.T) {
	t.Parallel()
	sdktesting.Run(t, sdktest.Runner{Target: sdktest.InProcess(sound(nil)), Upstream: sdktest.OpenAI()})
}

func TestLargeBodies(t *testing.T) {
	t.Parallel()
	session := open(t, sdktest.Runner{
		Target: sdktest.InProcess(sound(nil)), Upstream: sdktest.OpenAI(), Large: true, Patience: 5 * time.Minute,
	})
	for _, c := range sdktest.Cases() {
		if !slices.Contains(c.Needs, sdktest.NeedLarge) {
			continue
		}
		if r := session.Run(t.Context(), c); r.Verdict != sdktest.Pass {
			t.Errorf("%s: %s %s", c.Name, r.Verdict, r.Detail)
		}
	}
}

// open opens a session for the length of the test.
func open(t *testing.T, r sdktest.Runner) *sdktest.Session {
	t.Helper()
	session, err := r.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return session
}

func named(t *testing.T, name string) sdktest.Case {
	t.Helper()
	for _, c := range sdktest.Cases() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no case %s", name)
	return sdktest.Case{}
}

func TestCasesSayWhatAndWhy(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range sdktest.Cases() {
		if c.Expect == "" || c.Why == "" || c.Run == nil || c.Group() == c.Name || seen[c.Name] {
			t.Errorf("case %q: group %q, expect %q, why %q, seen before %v", c.Name, c.Group(), c.Expect, c.Why, seen[c.Name])
		}
		seen[c.Name] = true
	}
}

// ear notes what a Reporter hears.
type ear struct {
	running map[string]bool
	heard   map[string]sdktest.Result
}

func (e *ear) Start(c sdktest.Case) { e.running[c.Name] = true }

func (e *ear) End(c sdktest.Case, r sdktest.Result) {
	if e.running[c.Name] {
		e.heard[c.Name] = r
	}
}

func TestReporterHearsEachVerdict(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	cases := []sdktest.Case{
		named(t, "process/quiet"), named(t, "text/unary"), named(t, "process/stdout"), named(t, "size/request-31MB"), named(t, "inband/before-done"),
		{Name: "own/fails", Run: func(context.Context, *sdktest.Bench) error { return boom }},
	}
	e := &ear{running: map[string]bool{}, heard: map[string]sdktest.Result{}}
	r := sdktest.Runner{Target: sdktest.InProcess(sound(nil)), Upstream: sdktest.OpenAI()}
	if err := r.Run(t.Context(), cases, e); err != nil {
		t.Fatal(err)
	}
	want := map[string]sdktest.Result{
		"process/quiet": {Verdict: sdktest.Pass}, "text/unary": {Verdict: sdktest.Pass},
		"process/stdout":     {Verdict: sdktest.NotApplicable, Detail: "the plugin is no process of its own"},
		"size/request-31MB":  {Verdict: sdktest.NotApplicable, Detail: "large bodies were not asked for"},
		"inband/before-done": {Verdict: sdktest.NotApplicable, Detail: "the upstream has no errors in style x_groq"},
		"own/fails":          {Verdict: sdktest.Fail, Detail: "boom"},
	}
	if diff := cmp.Diff(want, e.heard, cmpopts.IgnoreFields(sdktest.Result{}, "Duration")); diff != "" {
		t.Error(diff)
	}
}
