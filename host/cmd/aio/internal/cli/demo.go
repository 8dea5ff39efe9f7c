package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host/cmd/aio/internal/demo"
	"github.com/aio-llm/aio/host/logging"
)

func (a *app) demoCommand() *cobra.Command {
	var plugins string
	c := &cobra.Command{
		Use:    "demo",
		Short:  "Show what aio does, on a fake upstream",
		Args:   cobra.NoArgs,
		Hidden: true, // make demo builds what it needs and runs it
		RunE:   func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), plugins) },
	}
	c.Flags().StringVar(&plugins, "plugins", "", "`folder` with the plugin binaries (default: plugins, beside aio)")
	return c
}

func (a *app) demo(ctx context.Context, plugins string) error {
	plugins, err := demoPlugins(plugins)
	if err != nil {
		return err
	}
	log, logs, err := logging.New(logging.Config{Level: cmp.Or(a.askedLevel(), "warn"), NoColor: !a.err.color}, a.err, a.err.tty)
	if err != nil {
		return &misuse{err: err}
	}
	defer logs.Close()
	a.warnRoot()
	return demo.Run(ctx, demo.Options{Out: a.out, Color: a.out.color, Plugins: plugins, Log: log})
}
