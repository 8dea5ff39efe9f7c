package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// build says what this binary is.
type build struct {
	Version  string `json:"version"`
	Protocol int    `json:"protocol"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Revision string `json:"revision,omitempty"`
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, of aio and of the plugin protocol",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := build{
				Version: host.Version, Protocol: sdk.ProtocolVersion, Go: runtime.Version(),
				Platform: runtime.GOOS + "/" + runtime.GOARCH, Revision: revision(),
			}
			if asJSON {
				return a.out.json(b)
			}
			a.out.say("aio %s (plugin protocol %d, %s, %s, revision %s)", b.Version, b.Protocol, b.Go, b.Platform, cmp.Or(b.Revision, "unknown"))
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var hash, changed string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			hash = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changes"
		}
	}
	if hash == "" {
		return ""
	}
	return hash[:min(len(hash), 12)] + changed
}
