package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/doctor"
	"github.com/aio-llm/aio/sdk"
)

func (a *app) modelsCommand() *cobra.Command {
	var upstream, asJSON bool
	c := &cobra.Command{
		Use:   "models [provider...]",
		Short: "List the models in the configuration, or those the providers offer",
		Long: "List the models in the configuration, best first, with what a million tokens of prompt and of answer cost.\n" +
			"With --upstream the providers themselves are asked what they offer, which starts their plugins and takes a\n" +
			"usable key.",
		ValidArgsFunction: a.complete(providerNames),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *session) error {
				if err := s.known(args); err != nil {
					return err
				}
				if upstream {
					return a.upstreamModels(c.Context(), s, args, asJSON)
				}
				return a.configuredModels(s, args, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&upstream, "upstream", false, "ask the providers what they offer")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) configuredModels(s *session, providers []string, asJSON bool) error {
	models := s.Models()
	if len(providers) > 0 {
		models = keep(models, providers, modelProvider)
	}
	if asJSON {
		return a.out.json(models)
	}
	rows := [][]string{{"MODEL", "UPSTREAM ID", "PRIORITY", "CONTEXT", "PRICE", "FEATURES", ""}}
	for _, m := range models {
		state := ""
		if !m.Active {
			state = "not active"
		}
		features := "unknown"
		if m.Features != nil {
			features = strings.Join(m.Features, " ")
		}
		rows = append(rows, []string{m.Provider + "/" + m.Name, m.ID, strconv.Itoa(m.Priority), tokens(m.Context), price(m.Price), features, state})
	}
	return a.out.table(rows)
}

// price is what a million tokens cost; longer prompts may cost more.
func price(p *host.Price) string {
	switch {
	case p == nil || p.Input == nil:
		return "unknown"
	case p.Output == nil:
		return dollars(*p.Input)
	case *p.Input == 0 && *p.Output == 0:
		return "free"
	default:
		return dollars(*p.Input) + "/" + dollars(*p.Output)
	}
}

// upstreamModel is a model a provider offers.
type upstreamModel struct {
	Provider  string   `json:"provider"`
	ID        string   `json:"id"`
	Name      string   `json:"name,omitempty"`
	Context   int64    `json:"context,omitempty"`
	MaxOutput int64    `json:"max_output,omitempty"`
	Features  []string `json:"features,omitempty"`
}

// upstreamModels asks each provider; those that do not answer do not hide what the others said.
func (a *app) upstreamModels(ctx context.Context, s *session, providers []string, asJSON bool) error {
	if len(providers) == 0 {
		for _, p := range s.file.Config.Providers {
			if !p.Disabled && hasKey(p) {
				providers = append(providers, p.Name)
			}
		}
	}
	if len(providers) == 0 {
		return misusef(strings.TrimSpace(waysToKeys(s.file, s.file.Config.Providers)), "no provider has a usable key to ask with")
	}
	a.warnRoot()
	found, failed := []upstreamModel{}, []error{}
	for _, name := range providers {
		models, err := s.UpstreamModels(ctx, name)
		if err != nil {
			failed = append(failed, fmt.Errorf("provider %s: %w", name, err))
			continue
		}
		for _, m := range models {
			found = append(found, upstream(name, m))
		}
		a.warnVanished(s, name, models)
	}
	if asJSON {
		return errors.Join(a.out.json(found), errors.Join(failed...))
	}
	rows := [][]string{{"PROVIDER", "UPSTREAM ID", "CONTEXT", "FEATURES"}}
	for _, m := range found {
		rows = append(rows, []string{m.Provider, m.ID, tokens(m.Context), strings.Join(m.Features, " ")})
	}
	return errors.Join(a.out.table(rows), errors.Join(failed...))
}

// warnVanished names the configured models that a provider does not list any more.
func (a *app) warnVanished(s *session, provider string, listed []sdk.Model) {
	for _, m := range s.Models() {
		if m.Provider != provider || !m.Active || doctor.Lists(listed, m.ID, pluginOf(s, provider)) {
			continue
		}
		near := ""
		if names := s.NearestModels(provider, m.ID); len(names) > 0 {
			near = "; the nearest there are: " + strings.Join(names, ", ")
		}
		a.err.say("%s %s does not list %s, which the configuration names%s", a.err.paint(styleYellow, "warning:"), provider, m.ID, near)
	}
}

func pluginOf(s *session, provider string) string {
	p, _ := providerNamed(s.file, provider)
	return cmp.Or(p.Plugin, provider)
}

func upstream(provider string, m sdk.Model) upstreamModel {
	return upstreamModel{Provider: provider, ID: m.ID, Name: m.Name, Context: m.Context, MaxOutput: m.MaxOutput, Features: m.Features}
}

func tokens(n int64) string {
	switch {
	case n == 0:
		return "unknown"
	case n%1024 == 0:
		return strconv.FormatInt(n/1024, 10) + "Ki"
	default:
		return strconv.FormatInt(n, 10)
	}
}
