package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/sdk/simulator"
)

// simulatedKey is the one key the simulator knows.
const simulatedKey = "sim-e2e-key-0000"

// run holds every provider with a key against the simulator and reports whether all is well.
func (o options) run(ctx context.Context, out io.Writer) (ok bool, err error) {
	with, without := o.chosen()
	if len(with) == 0 {
		_, _ = fmt.Fprintf(out, "left out: all of e2e, for lack of a key; set one of %s\n", strings.Join(variables(without), ", "))
		return true, nil
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return false, fmt.Errorf("folder for the transcripts: %w", err)
	}
	server, err := reference(with)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	redact := redactor{}
	for _, u := range with {
		redact.secrets = append(redact.secrets, u.key, u.wrong())
	}

	results := make([]result, len(with))
	var group errgroup.Group
	for i, u := range with {
		group.Go(func() error {
			var err error
			results[i], err = o.try(ctx, u, server, redact)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return false, err
	}
	ok = true
	for _, r := range results {
		ok = r.tell(out, redact) && (r.alike() || !o.strict) && ok
	}
	if len(without) > 0 {
		_, _ = fmt.Fprintf(out, "left out, for lack of a key: %s\n", strings.Join(variables(without), ", "))
	}
	_, _ = fmt.Fprintf(out, "transcripts: %s\n", o.dir)
	return ok, nil
}

// reference starts the simulator with the models that are asked.
func reference(us []upstream) (*simulator.Server, error) {
	options := simulator.Options{Keys: []simulator.Key{{Label: "e2e", Value: simulatedKey}}}
	for _, u := range us {
		options.Models = append(options.Models, u.model)
	}
	return simulator.New(options).Start("127.0.0.1:0")
}

func variables(us []upstream) []string {
	var names []string
	for _, u := range us {
		names = append(names, u.variable)
	}
	return names
}

// result is what came of one provider.
type result struct {
	upstream upstream
	tasks    []taskResult
}

type taskResult struct {
	transcript
	took time.Duration
	err  error
}

// try runs all tasks at one provider, one after the other: free plans allow few requests at a time.
func (o options) try(ctx context.Context, u upstream, server *simulator.Server, redact redactor) (_ result, err error) {
	bench, err := o.assemble(ctx, u)
	if err != nil {
		return result{}, fmt.Errorf("%s: %w", u.name, err)
	}
	defer func() { err = errors.Join(err, bench.close(ctx)) }()
	out := result{upstream: u}
	for _, t := range tasks() {
		began := time.Now()
		r := taskResult{transcript: transcript{Provider: u.name, Task: t.name, Model: u.model.ID, Time: began.UTC(), Outcome: "ok"}}
		r.err = t.do(ctx, bench.host, u.name+"/"+u.model.ID)
		r.took = time.Since(began)
		if r.err != nil {
			r.Outcome = r.err.Error()
		}
		for _, x := range bench.recorder.take() {
			pair, err := replay(ctx, x, u, server)
			if err != nil {
				return out, fmt.Errorf("%s: ask the simulator: %w", u.name, err)
			}
			r.Calls = append(r.Calls, pair)
		}
		if err := r.write(o.dir, redact); err != nil {
			return out, fmt.Errorf("write a transcript: %w", err)
		}
		out.tasks = append(out.tasks, r)
	}
	return out, ctx.Err()
}

// tell prints the result and reports whether all tasks went well.
func (r result) tell(out io.Writer, redact redactor) bool {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s at %s\n", r.upstream.name, r.upstream.model.ID, r.upstream.baseURL)
	ok := true
	for _, t := range r.tasks {
		if t.err == nil {
			fmt.Fprintf(&b, "  %-10s  ok      %s\n", t.Task, t.took.Round(time.Millisecond))
		} else {
			ok = false
			fmt.Fprintf(&b, "  %-10s  failed  %s\n", t.Task, strings.Join(strings.Fields(t.Outcome), " "))
		}
		for _, c := range t.Calls {
			c.Difference.tell(&b)
		}
	}
	_, _ = io.WriteString(out, redact.text(b.String()))
	return ok
}

func (r result) alike() bool {
	for _, t := range r.tasks {
		for _, c := range t.Calls {
			if !c.Difference.none() {
				return false
			}
		}
	}
	return true
}

func (d difference) tell(b *strings.Builder) {
	for _, side := range []struct {
		title string
		parts []string
	}{{"missing in the simulator", d.OnlyReal}, {"missing in the real reply", d.OnlySimulated}} {
		for _, p := range side.parts {
			fmt.Fprintf(b, "    %s: %s\n", side.title, p)
		}
	}
	if len(d.RealOrder)+len(d.SimulatedOrder) > 0 {
		fmt.Fprintf(b, "    events of the real stream: %s\n", strings.Join(d.RealOrder, ", "))
		fmt.Fprintf(b, "    events of the simulator's: %s\n", strings.Join(d.SimulatedOrder, ", "))
	}
}
