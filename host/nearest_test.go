package host

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearestModels(t *testing.T) {
	t.Parallel()
	groq := []string{"openai/gpt-oss-120b", "openai/gpt-oss-20b", "qwen/qwen3.8-27b", "whisper-large-v3", "meta-llama/llama-guard-4-12b"}
	gemini := []string{"gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-3.8-flash", "gemma-4-31b-it", "gemini-embedding-001"}
	for name, tt := range map[string]struct {
		id     string
		listed []string
		want   []string
	}{
		"a version that is gone":        {"gemini-2.0-flash", gemini, []string{"gemini-2.5-flash", "gemini-3.8-flash", "gemini-2.5-flash-lite"}},
		"a letter wrong":                {"openai/gtp-oss-20b", groq, []string{"openai/gpt-oss-20b", "openai/gpt-oss-120b"}},
		"without its vendor":            {"gpt-oss-120b", groq, []string{"openai/gpt-oss-120b", "openai/gpt-oss-20b"}},
		"the family goes first":         {"llama-3.3-70b-versatile", groq, []string{"meta-llama/llama-guard-4-12b"}},
		"another way of writing it":     {"qwen-3.8-27b", groq, []string{"qwen/qwen3.8-27b"}},
		"nothing near":                  {"claude-opus-5", groq, nil},
		"itself is not another":         {"qwen/qwen3.8-27b", groq, nil},
		"free before paid":              {"google/gemma-3:free", []string{"google/gemma-4", "google/gemma-4:free"}, []string{"google/gemma-4:free", "google/gemma-4"}},
		"an upstream that lists nobody": {"gpt", nil, nil},
		"an upstream without manners":   {"gpt", []string{"", strings.Repeat("gpt", 1000)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, nearestModels(tt.id, tt.listed)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzNearestModels(f *testing.F) {
	f.Add("gpt-oss-20b", "openai/gpt-oss-20b\nqwen")
	f.Fuzz(func(t *testing.T, id, list string) {
		for _, n := range nearestModels(id, strings.Split(list, "\n")) {
			if n == id || n == "" || !strings.Contains(list, n) {
				t.Errorf("%q is near to %q", n, id)
			}
		}
	})
}
