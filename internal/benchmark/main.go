package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/aio-llm/aio/internal/benchmark/child"
	"github.com/aio-llm/aio/internal/benchmark/proxy"
	"github.com/aio-llm/aio/internal/benchmark/upstream"
)

func main() {
	switch child.Role() {
	case upstreamRole:
		exit(upstream.Serve(os.Stdin, os.Stdout))
		return
	case proxyRole:
		exit(proxy.Serve(os.Stdin, os.Stdout, os.Args[1]))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(run(ctx, os.Args[1:], os.Stdout))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

type options struct {
	rounds  int
	length  time.Duration
	out     string
	only    string
	check   bool
	details bool
	profile string
}

func parse(args []string) (options, error) {
	var o options
	quick := false
	flags := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 5, "rounds; every figure is the median over them")
	flags.DurationVar(&o.length, "length", 800*time.Millisecond, "how long each side of each load runs in each round")
	flags.BoolVar(&quick, "quick", false, "two short rounds: a smoke test, not a measurement")
	flags.StringVar(&o.out, "out", "", "write the figures to this JSON file")
	flags.StringVar(&o.only, "only", "", "only the rows whose name contains one of these, separated by commas")
	flags.BoolVar(&o.check, "check", false, "exit with 1 when a figure is over its must")
	flags.BoolVar(&o.details, "details", false, "print each load behind the figures too")
	flags.StringVar(&o.profile, "cpuprofile", "", "measure nothing: write the CPU profile of our side of the rows, taken in the `host` or the plugin, to <it>.pprof")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if quick {
		o.rounds, o.length = 2, 160*time.Millisecond
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.rounds < 1 || o.length <= 0:
		return o, fmt.Errorf("rounds and length must be positive")
	case o.profile != "" && o.profile != profileHost && o.profile != profilePlugin:
		return o, fmt.Errorf("-cpuprofile %q: want %s or %s", o.profile, profileHost, profilePlugin)
	}
	return o, nil
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	o, err := parse(args)
	if err != nil {
		return err
	}
	chosen := choose(rows(), o.only)
	if len(chosen) == 0 {
		return fmt.Errorf("-only %q fits no row", o.only)
	}
	r, err := newRig(ctx, o.profile == profilePlugin)
	if err != nil {
		return err
	}
	defer func() {
		if closed := r.close(ctx); err == nil {
			err = closed
		}
	}()
	if slices.ContainsFunc(chosen, func(r row) bool { return r.side == gatewayVariant }) {
		if err := r.serve(ctx); err != nil {
			return err
		}
	}
	loads := needed(chosen, r.cells(o.length))
	if o.profile != "" {
		return profile(ctx, loads, o.profile)
	}
	taken, err := measure(ctx, loads, o.rounds, progress(os.Stderr))
	if err != nil {
		return err
	}
	if o.details {
		printCells(out, loads, taken)
	}
	figures := evaluate(chosen, taken)
	printFigures(out, figures)
	if o.out != "" {
		if err := writeFigures(o.out, figures); err != nil {
			return err
		}
	}
	if over := overMust(figures); o.check && len(over) > 0 {
		return fmt.Errorf("over the must: %s", strings.Join(over, ", "))
	}
	return nil
}

// progress tells which round is under way, for the minutes it takes.
func progress(w io.Writer) func(round, of int) {
	return func(round, of int) { fmt.Fprintf(w, "round %d of %d\n", round, of) }
}
