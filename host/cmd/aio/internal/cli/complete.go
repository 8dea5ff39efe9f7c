package cli

import (
	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host/hclconfig"
)

// complete offers names out of the configuration to the shell. A configuration with mistakes offers none.
func (a *app) complete(names func(*hclconfig.File) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		path, err := hclconfig.Find(a.flags.config, a.LookupEnv)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		file, err := hclconfig.Load(path, hclconfig.Options{Getenv: a.LookupEnv, EnvFiles: a.flags.envFiles})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(file), cobra.ShellCompDirectiveNoFileComp
	}
}

// modelNames are all names a request may go by.
func modelNames(file *hclconfig.File) []string {
	names := append([]string{"auto"}, routeNames(file)...)
	for _, p := range file.Config.Providers {
		for _, m := range p.Models {
			names = append(names, p.Name+"/"+m.Name)
		}
	}
	return names
}

func routeNames(file *hclconfig.File) []string {
	var names []string
	for _, r := range file.Config.Routes {
		names = append(names, r.Name)
	}
	return names
}

func providerNames(file *hclconfig.File) []string {
	var names []string
	for _, p := range file.Config.Providers {
		names = append(names, p.Name)
	}
	return names
}
