package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr, nil)
	stop()
	os.Exit(code)
}

// The exit codes.
const (
	exitOK = iota
	exitFailed
	exitMisused
)

type options struct {
	only    []string
	dir     string
	plugins string
	strict  bool
	timeout time.Duration
	lookup  func(string) (string, bool)
	// local gives plugins to run in this process; nil runs the binaries.
	local func(name string) *sdk.Plugin
}

// run is the program but for the process around it.
func run(ctx context.Context, args []string, lookup func(string) (string, bool), out, errs io.Writer, local func(string) *sdk.Plugin) int {
	o, err := parse(args, lookup, errs)
	if err != nil {
		_, _ = fmt.Fprintln(errs, "e2e:", err)
		return exitMisused
	}
	o.local = local
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	ok, err := o.run(ctx, out)
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(errs, "e2e:", err)
		return exitFailed
	case !ok:
		return exitFailed
	}
	return exitOK
}

func parse(args []string, lookup func(string) (string, bool), errs io.Writer) (options, error) {
	o := options{lookup: lookup}
	var only, envFile string
	flags := flag.NewFlagSet("e2e", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&only, "only", "", "only these providers, separated by commas")
	flags.StringVar(&o.dir, "out", ".tmp/e2e", "write the transcripts to this folder")
	flags.StringVar(&o.plugins, "plugins", "bin/plugins", "folder of the plugins")
	flags.StringVar(&envFile, "env-file", "", "read variables from this .env file first")
	flags.BoolVar(&o.strict, "strict", false, "exit with 1 when shapes differ too")
	flags.DurationVar(&o.timeout, "timeout", 15*time.Minute, "most time for all of it")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for name := range strings.SplitSeq(only, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if _, ok := upstreamNamed(name); !ok {
			return o, fmt.Errorf("unknown provider %q", name)
		}
		o.only = append(o.only, name)
	}
	if envFile == "" {
		return o, nil
	}
	vars, err := hclconfig.ReadEnvFile(envFile)
	if err != nil {
		return o, err
	}
	o.lookup = func(name string) (string, bool) {
		if v, ok := vars[name]; ok {
			return v, true
		}
		return lookup(name)
	}
	return o, nil
}
