package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
)

func (a *app) pluginsCommand() *cobra.Command {
	var start, asJSON bool
	c := &cobra.Command{
		Use:   "plugins",
		Short: "List the provider plugins, installed and configured",
		Long: "List the plugins in the plugin directory and which providers of the configuration use them. None is\n" +
			"executed, unless --start asks the configured ones for their version and what they can do. An aio serve that\n" +
			"runs on this configuration is asked instead, and its plugins as they run are shown.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *session) error {
				return a.plugins(c.Context(), s, start, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&start, "start", false, "start the configured plugins and ask them")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// pluginRow is one plugin of one provider, or one that no provider uses.
type pluginRow struct {
	Provider  string `json:"provider,omitempty"`
	Installed bool   `json:"installed"`
	host.PluginStatus
}

func (a *app) plugins(ctx context.Context, s *session, start, asJSON bool) error {
	installed, err := host.ListPlugins(s.file.Config.Plugins.Dir)
	if err != nil {
		a.err.say("%s %s", a.err.paint(styleYellow, "warning:"), err)
	}
	status, running := a.live(ctx, s)
	var failed error
	if start && !running {
		a.warnRoot()
		failed = s.Start(ctx)
		status = s.Status()
	}
	rows := []pluginRow{}
	for _, p := range status.Providers {
		rows = append(rows, pluginRow{Provider: p.Name, Installed: slices.Contains(installed, p.Plugin.Name), PluginStatus: p.Plugin})
	}
	for _, name := range installed {
		if !slices.ContainsFunc(rows, func(r pluginRow) bool { return r.Name == name }) {
			rows = append(rows, pluginRow{Installed: true, PluginStatus: host.PluginStatus{Name: name, State: "not configured"}})
		}
	}
	if asJSON {
		return errors.Join(a.out.json(rows), failed)
	}
	return errors.Join(a.out.table(pluginTable(rows)), failed)
}

func pluginTable(rows []pluginRow) [][]string {
	table := [][]string{{"PLUGIN", "PROVIDER", "STATE", "VERSION", "PROTOCOL", "CAN"}}
	for _, r := range rows {
		state := r.State
		if !r.Installed && !r.InProcess {
			state = "not installed"
		}
		version, protocol, can := "", "", []string{}
		if r.Version != "" {
			version, protocol = r.Version, strconv.Itoa(r.Protocol)
			can = append(can, "chat") // every plugin can
		}
		for _, c := range r.Capabilities {
			can = append(can, string(c))
		}
		table = append(table, []string{r.Name, r.Provider, state, version, protocol, strings.Join(can, " ")})
	}
	return table
}
