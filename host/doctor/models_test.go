package doctor_test

import (
	"testing"

	"github.com/aio-llm/aio/host/doctor"
	"github.com/aio-llm/aio/sdk"
)

func TestLists(t *testing.T) {
	t.Parallel()
	listed := []sdk.Model{{ID: "gemini-2.5-flash"}, {ID: "google/gemma-4-31b-it"}, {ID: "llama3.2:latest"}}
	for _, tt := range []struct {
		id, plugin string
		want       bool
	}{
		{"gemini-2.5-flash", "googleai", true},
		{"models/gemini-2.5-flash", "googleai", true},
		{"models/gemini-2.5-flash", "openai", false},
		{"google/gemma-4-31b-it:nitro", "openrouter", true},
		{"google/gemma-4-31b-it:free", "openrouter", false},
		{"~google/gemma-latest", "openrouter", true},
		{"openrouter/free", "openrouter", true},
		{"gemini-flash-latest", "googleai", true},
		{"gemini-flash-latest", "openrouter", false},
		{"llama3.2", "openai", true},
		{"llama3.2:3b", "openai", false},
		{"llama3.2", "groq", false},
		{"", "groq", false},
	} {
		if got := doctor.Lists(listed, tt.id, tt.plugin); got != tt.want {
			t.Errorf("%s at %s: %v", tt.id, tt.plugin, got)
		}
	}
}
