package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
)

func (a *app) checkCommand() *cobra.Command {
	var plugins bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration file and show every mistake in it",
		Long: "Check the configuration file and show every mistake in it with its place. No process is run, unless\n" +
			"--plugins starts the configured plugins, which then check their own settings. No provider is called.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *session) error { return a.check(c.Context(), s, plugins) })
		},
	}
	c.Flags().BoolVar(&plugins, "plugins", false, "start the plugins and let them check their settings")
	return c
}

func (a *app) check(ctx context.Context, s *session, plugins bool) error {
	if plugins {
		a.warnRoot()
		if err := s.Start(ctx); err != nil {
			return err
		}
	}
	for _, line := range s.file.UnsetSummary() {
		a.out.say("note: %s", line)
	}
	sum := s.Summary()
	a.out.say("%s %s is good: %s, %s, %s, %s", a.out.paint(styleGreen, "ok:"), s.file.Path,
		count(len(sum.Providers), "provider"), count(sum.TotalModels, "model"), count(sum.TotalKeys, "key"), count(len(sum.Routes), "route"))
	if plugins {
		a.out.say("%s %s", a.out.paint(styleGreen, "ok:"), started(s.Status()))
	}
	return nil
}

func started(status host.Status) string {
	ready := 0
	for _, p := range status.Providers {
		if p.Plugin.State == "ready" {
			ready++
		}
	}
	return count(ready, "plugin") + " started and took the settings"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
