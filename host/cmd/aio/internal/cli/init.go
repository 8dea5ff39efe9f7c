package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host/hclconfig"
)

func (a *app) initCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "init [path]",
		Short: "Write a configuration file to start from",
		Long: "Write a configuration file to start from, to ./config.hcl or the path given: Groq, Cerebras, OpenRouter, Google AI\n" +
			"and NVIDIA with places for several keys each, and OpenAI to uncomment. It names the variables that hold the\n" +
			"keys, and no key itself.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := "config.hcl"
			if a.flags.config != "" {
				path = a.flags.config
			}
			if len(args) == 1 {
				path = args[0]
			}
			return a.writeStarter(path, force)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	return c
}

func (a *app) writeStarter(path string, force bool) error {
	mode := os.O_CREATE | os.O_WRONLY | os.O_EXCL
	if force {
		mode = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	f, err := os.OpenFile(filepath.Clean(path), mode, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return misusef("Name another path, or replace it with --force.", "%s is there already", path)
	case err != nil:
		return misusef("", "write %s: %w", path, withoutPath(err))
	}
	_, err = f.Write(hclconfig.Starter())
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	a.out.say("wrote %s", path)
	a.out.say("next: put an API key into one of the variables it names; aio doctor tries it, aio chat hello uses it")
	return nil
}
