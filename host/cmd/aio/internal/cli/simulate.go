package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/sdk/simulator"
)

// simulateFlags are the flags of aio simulate.
type simulateFlags struct {
	addr, script string
	keys         []string
	gap          time.Duration
	ledger       bool
}

func (a *app) simulateCommand() *cobra.Command {
	var f simulateFlags
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Run a fake of the providers' APIs to try things on, without keys or internet",
		Long: "Run a fake of the providers' APIs until Ctrl-C. It answers with an echo, refuses what the real ones refuse,\n" +
			"and fails as a script says. What arrived can be read at /_sim/ledger below its address.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.simulate(c.Context(), f) },
	}
	fs := c.Flags()
	fs.StringVar(&f.addr, "addr", "127.0.0.1:0", "`address` to listen on; port 0 takes a free one")
	fs.StringVar(&f.script, "script", "", "JSON `file` of faults, such as {\"rules\":[{\"match\":{\"key\":\"one\"},\"fault\":{\"kind\":\"error\",\"error\":\"rate_minute\"}}]}")
	fs.StringArrayVar(&f.keys, "key", nil, "accept this key, as `LABEL=VALUE` (repeatable; default: any key)")
	fs.DurationVar(&f.gap, "token-gap", 0, "time between two tokens of a stream, such as 50ms")
	fs.BoolVar(&f.ledger, "ledger", false, "list what arrived, at the end")
	return c
}

func (a *app) simulate(ctx context.Context, f simulateFlags) error {
	options, err := f.options()
	if err != nil {
		return err
	}
	sim := simulator.New(options)
	server, err := sim.Start(f.addr)
	if err != nil {
		return misusef("Choose another with --addr; port 0 takes a free one.", "%w", err)
	}
	defer server.Close()
	a.describe(server, options)
	<-ctx.Done()
	if f.ledger {
		return errors.Join(a.ledger(sim.Ledger()), server.Close())
	}
	return server.Close()
}

func (f simulateFlags) options() (simulator.Options, error) {
	o := simulator.Options{AnyKey: len(f.keys) == 0, TokenGap: f.gap}
	for _, k := range f.keys {
		label, value, ok := strings.Cut(k, "=")
		if !ok || label == "" || value == "" {
			return o, misusef("Write --key one=some-value.", "--key wants LABEL=VALUE")
		}
		o.Keys = append(o.Keys, simulator.Key{Label: label, Value: value})
	}
	if f.script == "" {
		return o, nil
	}
	file, err := os.Open(filepath.Clean(f.script))
	if err != nil {
		return o, misusef("", "--script %s: %w", f.script, withoutPath(err))
	}
	defer file.Close()
	if o.Script, err = simulator.ReadScript(file); err != nil {
		return o, misusef("", "--script %s: %w", f.script, err)
	}
	return o, nil
}

// describe prints where the fakes are and a configuration that uses them.
func (a *app) describe(server *simulator.Server, o simulator.Options) {
	for _, dialect := range simulator.Dialects() {
		a.out.say("%-11s %s", dialect, server.BaseURL(dialect))
	}
	a.out.say("%-11s %s/_sim/ledger", "ledger", server.URL())
	key := "any-text"
	if len(o.Keys) > 0 {
		key = "the value of " + o.Keys[0].Label
	}
	a.out.say("\nTo try it, save this as sim.hcl and run: SIM_KEY=%q aio --config sim.hcl chat hello\n", key)
	a.out.say(`auto = true

provider "groq" {
  settings { base_url = %q }
  key "sim" { value = env("SIM_KEY") }
  model "gpt-oss" { id = "openai/gpt-oss-120b" }
}
`, server.BaseURL(simulator.Groq))
	a.out.say("Ctrl-C ends it.")
}

// ledger lists what arrived.
func (a *app) ledger(l *simulator.Ledger) error {
	rows := [][]string{{"#", "TIME", "API", "KEY", "MODEL", "STATUS", "GOT TO", "CHUNKS", "FAULT", ""}}
	for _, e := range l.Entries() {
		gone := ""
		if e.ClientGone {
			gone = "client left"
		}
		rows = append(rows, []string{
			strconv.FormatInt(e.Seq, 10), e.Time.Format("15:04:05.000"), e.Dialect, e.KeyLabel, e.Model, strconv.Itoa(e.Status),
			e.Phase.String(), strconv.Itoa(e.Chunks), e.Fault, gone,
		})
	}
	a.out.say("")
	if n := l.Dropped(); n > 0 {
		rows = append(rows, []string{fmt.Sprintf("%d older ones are not kept", n)})
	}
	return a.out.table(rows)
}
