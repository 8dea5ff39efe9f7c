package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
)

// Process is what a command has of the process it runs in.
type Process struct {
	// Args are the arguments without the program's name.
	Args []string
	// Stdin, Stdout and Stderr are terminals if they have a file descriptor that is one.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// LookupEnv looks an environment variable up.
	LookupEnv func(name string) (string, bool)
	// Interrupts brings the signals to stop; nil brings none. The first one cancels what runs, the second
	// one calls Exit.
	Interrupts <-chan os.Signal
	Exit       func(code int)
	// Hangups begins to bring the signals that ask for the configuration to be read anew; nil brings none.
	Hangups func() <-chan os.Signal
	// Root says that the process runs as root, which is worth a warning before plugins start.
	Root bool
}

// The exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // something went wrong while running
	exitMisused = 2 // the arguments or the configuration are wrong
	exitForced  = 130
)

// Run runs one command and returns the exit code.
func Run(ctx context.Context, p Process) int {
	a := &app{Process: p, in: newInput(p.Stdin)}
	a.out, a.err = newScreen(p.Stdout, p.LookupEnv), newScreen(p.Stderr, p.LookupEnv)
	ctx, stop := a.interruptible(ctx)
	defer stop()
	root := a.root()
	root.SetArgs(append([]string{}, p.Args...)) // nil would mean os.Args
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	return a.report(root.ExecuteContext(ctx))
}

// app is one run of the command.
type app struct {
	Process
	in       input
	out, err *screen
	flags    globalFlags
	interrupter
}

type globalFlags struct {
	config   string
	envFiles []string
	logLevel string
	noColor  bool
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "aio",
		Short: "Talk to any LLM provider: plugins, fallback, key rotation",
		Long: "aio sends prompts to LLM providers, each behind a plugin process of its own. When a key is rate-limited it\n" +
			"takes the next, when a provider fails it goes on to another, as the configuration file says.",
		SilenceErrors: true, SilenceUsage: true, Version: host.Version,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.applyGlobal() },
		Args:              cobra.ArbitraryArgs, RunE: commandsOnly, SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("aio {{.Version}}\n")
	root.SetFlagErrorFunc(misused)
	f := root.PersistentFlags()
	f.StringVar(&a.flags.config, "config", "", "configuration `file` (default: $AIO_CONFIG, ./config.hcl, then the user's configuration folder)")
	f.StringArrayVar(&a.flags.envFiles, "env-file", nil, "read variables for the configuration from this .env `file` (repeatable)")
	f.StringVar(&a.flags.logLevel, "log-level", "", "error, warn, info, debug, trace or off (default: $LOG_LEVEL, then the configuration)")
	f.BoolVar(&a.flags.noColor, "no-color", false, "no colours (also: $NO_COLOR)")
	root.AddCommand(
		a.chatCommand(), a.serveCommand(), a.modelsCommand(), a.keysCommand(), a.pluginsCommand(), a.doctorCommand(),
		group("route", "Ask how requests are routed", a.explainCommand()),
		group("config", "Work with the configuration file", a.checkCommand()),
		a.initCommand(), a.simulateCommand(), a.demoCommand(), a.versionCommand(),
	)
	root.InitDefaultCompletionCmd()
	argumentsAreUsage(root)
	return root
}

func (a *app) applyGlobal() error {
	if a.flags.noColor {
		a.out.color, a.err.color = false, false
	}
	return a.checkLogLevel()
}

// group is a command that only holds others.
func group(name, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: name, Short: short, Args: cobra.ArbitraryArgs, RunE: commandsOnly, SuggestionsMinimumDistance: 2}
	c.AddCommand(commands...)
	return c
}

// commandsOnly is what a command does that only holds others.
func commandsOnly(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	err := fmt.Errorf("unknown command %q for %s", args[0], c.CommandPath())
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(near, " or "))
	}
	return misused(c, err)
}

// argumentsAreUsage makes wrong arguments of any command a mistake of the caller.
func argumentsAreUsage(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error { return misused(c, check(c, args)) }
	}
	for _, inner := range c.Commands() {
		argumentsAreUsage(inner)
	}
}
