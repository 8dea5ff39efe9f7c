package cli

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/aio-llm/aio/host"
)

// json writes v for other programs.
func (s *screen) json(v any) error {
	e := json.NewEncoder(s)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// known refuses providers that are not configured, and names those that are.
func (s *session) known(providers []string) error {
	for _, name := range providers {
		if _, err := s.KeyStats(name); err != nil {
			return err
		}
	}
	return nil
}

// keep leaves what belongs to one of the providers.
func keep[T any](all []T, providers []string, of func(T) string) []T {
	return slices.DeleteFunc(slices.Clone(all), func(t T) bool { return !slices.Contains(providers, of(t)) })
}

func modelProvider(m host.ModelInfo) string     { return m.Provider }
func providerName(p host.ProviderStatus) string { return p.Name }

// until is a moment as far from now as people count it; empty for none.
func until(t, now time.Time) string {
	if t.IsZero() || !t.After(now) {
		return ""
	}
	return "in " + rounded(t.Sub(now)).String()
}
