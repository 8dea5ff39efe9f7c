package hclconfig

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
)

const shippedConfig = "../../config.hcl"

func TestShippedConfigNeedsNoVariable(t *testing.T) {
	t.Parallel()
	file, err := Load(shippedConfig, Options{Getenv: lookup(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Warnings) > 0 {
		t.Errorf("warnings: %v", file.Warnings)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(root, "bin", "plugins"); file.Config.Plugins.Dir != want {
		t.Errorf("plugins in %s, want %s", file.Config.Plugins.Dir, want)
	}
	keys := 0
	for _, p := range file.Config.Providers {
		if len(p.Keys) < 2 {
			t.Errorf("provider %s has no second key slot", p.Name)
		}
		for _, k := range p.Keys {
			if k.Missing == "" || !k.Value.IsZero() {
				t.Errorf("key %s of %s has a value from nowhere", k.Label, p.Name)
			}
			keys++
		}
	}
	if len(file.Unset) != keys {
		t.Errorf("%d keys, %d unset", keys, len(file.Unset))
	}
	want := []string{
		"groq: 3 of 3 keys disabled, GROQ_API_KEY, GROQ_API_KEY_2, GROQ_API_KEY_3 are not set",
		"cerebras: 3 of 3 keys disabled, CEREBRAS_API_KEY, CEREBRAS_API_KEY_2, CEREBRAS_API_KEY_3 are not set",
		"openrouter: 3 of 3 keys disabled, OPENROUTER_API_KEY, OPENROUTER_API_KEY_2, OPENROUTER_API_KEY_3 are not set",
		"googleai: 3 of 3 keys disabled, GOOGLE_API_KEY, GOOGLE_API_KEY_2, GOOGLE_API_KEY_3 are not set",
		"nvidia: 3 of 3 keys disabled, NVIDIA_API_KEY, NVIDIA_API_KEY_2, NVIDIA_API_KEY_3 are not set",
	}
	if diff := cmp.Diff(want, file.UnsetSummary()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// What .env.example offers is what config.hcl reads, and the file itself is a valid .env file.
func TestEnvExampleListsTheVariablesOfTheConfig(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(shippedConfig)
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"LOG_LEVEL"}
	for _, m := range regexp.MustCompile(`env\("([A-Z]\w*)"\)`).FindAllSubmatch(config, -1) {
		if name := string(m[1]); name != "NAME" {
			want = append(want, name)
		}
	}
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^# ([A-Z]\w*)=`).FindAllSubmatch(example, -1) {
		got = append(got, string(m[1]))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables (-config +example):\n%s", diff)
	}
	if _, err := ReadEnvFile("../../.env.example"); err != nil {
		t.Error(err)
	}
}

func TestStarterLoads(t *testing.T) {
	t.Parallel()
	for name, providers := range map[string][]string{
		"default": nil, "one": {"openrouter"}, "paid": {"openai"}, "unknown": {"groq", "acme", "3com"}, "not a name": {"groq", "No Name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "config.hcl")
			if err := os.WriteFile(path, Starter(providers...), 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := Load(path, Options{Getenv: lookup(nil)})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{}
			for _, p := range providers {
				if p != "No Name" {
					want = append(want, p)
				}
			}
			if providers == nil {
				want = StarterProviders()
			}
			got := []string{}
			for _, p := range file.Config.Providers {
				got = append(got, p.Name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("providers (-want +got):\n%s", diff)
			}
			if len(file.Warnings) > 0 {
				t.Errorf("warnings: %v", file.Warnings)
			}
		})
	}
}

// What config.hcl says nothing of, the table of prices and windows knows, but for the models named here.
func TestShippedConfigHasPrices(t *testing.T) {
	t.Parallel()
	file, err := Load(shippedConfig, Options{Getenv: lookup(nil)})
	if err != nil {
		t.Fatal(err)
	}
	h, err := host.New(t.Context(), file.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(context.Background()) })
	var unpriced, unsized []string
	for _, m := range h.Models() {
		if m.Price == nil {
			unpriced = append(unpriced, m.Provider+"/"+m.Name)
		}
		if m.Context == 0 {
			unsized = append(unsized, m.Provider+"/"+m.Name)
		}
	}
	slices.Sort(unpriced)
	want := []string{
		"googleai/gemini-flash-latest", "googleai/gemini-flash-lite-latest", // priced by the model that serves them
		"groq/qwen/qwen3.8-27b",
		"nvidia/nvidia/nemotron-3-super-120b-a12b", "nvidia/openai/gpt-oss-120b", // NVIDIA is not in the table
		"openrouter/openrouter/free", // OpenRouter says the cost itself
	}
	if diff := cmp.Diff(want, unpriced); diff != "" {
		t.Errorf("models without a price (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"openrouter/openrouter/free"}, unsized); diff != "" {
		t.Errorf("models without a window (-want +got):\n%s", diff)
	}
}
