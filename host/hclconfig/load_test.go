package hclconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// lookup is an environment for tests.
func lookup(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

var fullEnv = map[string]string{
	"PROXY": "http://user:proxy-password@proxy:3128", "TOKEN": "token-of-settings",
	"KEY_1": "sk-key-one-1234", "KEY_3": "sk-key-three-1234",
	"CLIENT_TOKEN": "client-token-number-one", "CLIENT_TOKEN_2": "client-token-number-two", "ADMIN_TOKEN": "token-of-the-admin",
	"HOOK_URL": "https://hook.example/path-with-a-token", "HOOK_SECRET": "secret-of-the-webhook",
}

func TestLoadReadsEverything(t *testing.T) {
	t.Parallel()
	dir := copyDir(t, "testdata/good")
	file, err := Load(filepath.Join(dir, "full.hcl"), Options{Getenv: lookup(fullEnv)})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	want := host.Config{
		Auto: true, DisableAfter: -1,
		Plugins: host.Plugins{Dir: filepath.Join(dir, "plug"), AllowRoot: true, StartTimeout: 9 * time.Second},
		Accounts: []host.Account{{
			Name:   "team",
			Limits: host.Limits{RequestsPerMinute: 20, RequestsPerDay: 50, TokensPerMinute: 8000, TokensPerDay: 200000},
			Reset:  host.Reset{TZ: "America/Los_Angeles", At: "00:30"},
		}},
		Providers: []host.Provider{{
			Name: "alpha", Plugin: "groq", Priority: 20, AnyModel: true,
			Proxy: sdk.NewSecret("http://user:proxy-password@proxy:3128"),
			Settings: []byte(`{"base_url":"https://api.example.com/v1","big":123456789012345678901234567890,` +
				`"extra":{"first":{"n":1},"second":{"n":2}},"headers":{"X-One":"1"},"on":true,"ratio":0.1,` +
				`"tags":["a",{"b":1}],"token":"token-of-settings"}`),
			Retry: host.Retry{
				MaxTries: 5, Delay: 250 * time.Millisecond, Multiplier: 1.5, MaxDelay: 4 * time.Second,
				OnAmbiguous: host.AmbiguousError, FallbackOnBlocked: &yes,
			},
			Timeouts: host.Timeouts{
				Connect: time.Second, FirstToken: 2 * time.Second, Unary: 3 * time.Second, Stall: 4 * time.Second,
				Total: 90 * time.Second,
			},
			Keys: []host.Key{
				{
					Label: "main", Value: sdk.NewSecret("sk-key-one-1234"), Account: "team", Priority: 2, Disabled: true,
					DailyLimit: 1000, Limits: host.Limits{RequestsPerMinute: 5},
				},
				{Label: "spare", Missing: "KEY_2 is not set"},
				{Label: "from-file", Value: sdk.NewSecret("sk-from-file-123456")},
			},
			Models: []host.Model{
				{
					Name: "fast", ID: "vendor/fast-1", Priority: 7, Context: 131072, Features: []string{"tools", "vision"},
					Limits: host.Limits{TokensPerDay: 10},
					Price: &host.Price{
						Input: sdk.Ptr(0.15), CachedInput: sdk.Ptr(0.075), CacheWrite: sdk.Ptr(0.2), AudioInput: sdk.Ptr(1.0),
						Output: sdk.Ptr(0.6), Reasoning: sdk.Ptr(0.0),
					},
				},
				{Name: "text-only", Features: []string{}},
			},
		}, {
			Name: "beta", Disabled: true,
			Keys:   []host.Key{{Label: "none", Value: sdk.NewSecret("sk-key-three-1234")}},
			Models: []host.Model{{Name: "openai/gpt-oss-20b"}},
		}},
		Routes: []host.Route{{
			Name: "gpt-4.1", Targets: []string{"alpha/fast", "alpha/not-listed", "beta/openai/gpt-oss-20b", "beta"},
			Retry: host.Retry{MaxTries: 1}, Timeouts: host.Timeouts{Total: 20 * time.Second},
		}},
		Retry:    host.Retry{MaxTries: 4},
		Budget:   host.Budget{Ratio: 0.5, PerSecond: 10},
		Timeouts: host.Timeouts{Stall: 30 * time.Second},
	}
	opts := cmp.Options{
		cmp.Comparer(func(a, b sdk.Secret) bool { return a == b }),
		cmpopts.IgnoreFields(host.Provider{}, "SettingsError", "Local"), cmpopts.IgnoreFields(host.Config{}, "Secrets"),
	}
	if diff := cmp.Diff(want, file.Config, opts); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	wantLogging := Logging{
		Level: "debug", Format: "json", NoConsole: true, File: filepath.Join(dir, "aio.log"),
		ErrorsFile: "/var/log/aio-errors.log", MaxSize: 10, MaxFiles: 3,
	}
	if diff := cmp.Diff(wantLogging, file.Logging); diff != "" {
		t.Errorf("logging (-want +got):\n%s", diff)
	}
	if file.Lock != filepath.Join(dir, "aio.lock") || file.State == nil || len(file.Read) != 1 || file.Read[0] != filepath.Join(dir, "secret.txt") {
		t.Errorf("lock %q, state %v, read %q", file.Lock, file.State, file.Read)
	}
	if diff := cmp.Diff([]UnsetKey{{"alpha", "spare", "KEY_2"}}, file.Unset); diff != "" {
		t.Errorf("unset (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"alpha: 1 of 3 keys disabled, KEY_2 is not set"}, file.UnsetSummary()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	for _, value := range []string{
		"sk-key-one-1234", "sk-key-three-1234", "sk-from-file-123456", "token-of-settings", "proxy-password",
		"client-token-number-one", "client-token-number-two", "token-of-the-admin",
		"https://hook.example/path-with-a-token", "secret-of-the-webhook",
	} {
		if !containsSecret(file.Secrets, value) {
			t.Errorf("%s is not among the secrets", value)
		}
	}
	got := []string{}
	for _, w := range file.Warnings {
		got = append(got, w.Summary)
	}
	wantWarnings := []string{
		"limits of tokens are not enforced yet",
		`total has no effect in timeouts of provider "alpha"`,
		"limits of tokens are not enforced yet",
		`provider "beta" is not active`, `provider "beta" is not active`, // a target each
	}
	if diff := cmp.Diff(wantWarnings, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func containsSecret(secrets []sdk.Secret, value string) bool {
	for _, s := range secrets {
		if s.Reveal() == value {
			return true
		}
	}
	return false
}

// copyDir copies the files of a folder to a temporary one, readable by their owner alone.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoadWithoutFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ path, want string }{
		"absent": {filepath.Join(t.TempDir(), "config.hcl"), "does not exist; Run aio init"},
		"folder": {t.TempDir(), "is no regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Load(test.path, Options{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// A byte order mark is what some editors put in front; an empty file is legal and useless.
func TestLoadToleratesEditors(t *testing.T) {
	t.Parallel()
	text := "\ufeff" + strings.ReplaceAll(config("  key \"a\" {\n    value = env(\"KEY\")\n  }"), "\n", "\r\n")
	if file, err := Load(write(t, text, nil, 0), Options{Getenv: lookup(nil)}); err != nil || len(file.Config.Providers) != 1 {
		t.Errorf("byte order mark and CR LF: %v", err)
	}
	file, err := Load(write(t, "", nil, 0), Options{Getenv: lookup(nil)})
	if err != nil || len(file.Warnings) != 1 || !strings.Contains(file.Warnings[0].Summary, "no provider is configured") {
		t.Errorf("empty file: %+v, %v", file, err)
	}
}

func TestWriteDiagnosticsOfOtherErrors(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := WriteDiagnostics(&b, os.ErrPermission, false, 0); err != nil || b.String() != "error: permission denied\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
	b.Reset()
	colored := Diagnostic{Warning: true, File: "f", Line: 1, Column: 2, Summary: "s", Snippet: "abc", Mark: 1, MarkLen: 1}
	if err := WriteDiagnostics(&b, colored, true, 10); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1;33mwarning:\x1b[0m \x1b[1mf:1:2: s\x1b[0m\n\n  1 | abc\n    |  \x1b[1;31m^\x1b[0m\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("colors (-want +got):\n%s", diff)
	}
	if err := WriteDiagnostics(&b, nil, false, 0); err != nil {
		t.Error(err)
	}
}

// An upstream of one's own may want no key: that is worth a word, not an error.
func TestProviderWithoutKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.hcl")
	if err := os.WriteFile(path, []byte("provider \"ollama\" {\n  plugin = \"openai\"\n  any_model = true\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := Load(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Config.Providers) != 1 || len(file.Config.Providers[0].Keys) != 0 {
		t.Errorf("got %+v", file.Config.Providers)
	}
	if len(file.Warnings) != 1 || !strings.Contains(file.Warnings[0].Summary, "has no key") {
		t.Errorf("warnings %v", file.Warnings)
	}
}
