package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// operation is one request. Units is the work it did: 1 for a unary call, the chunks of a stream. The wait
// is what its caller would call latency.
type operation func(ctx context.Context) (units int, wait time.Duration, err error)

// variant is one side of a comparison.
type variant struct {
	name string
	// remote says that this process is only the client, whose CPU does not count.
	remote bool
	// pids are the other processes whose CPU counts: the plugin's, a proxy's; nil is none.
	pids func() []int
	do   operation
}

// cell is one load, put on each variant in turn.
type cell struct {
	name    string
	callers int
	// length is how long it runs; times, if not 0, is how many operations instead.
	length time.Duration
	times  int
	// rate, if not 0, is how many operations begin a second, whether or not others have ended: callers is then
	// the most at once, and a wait begins when its operation was due.
	rate int
	// ramp spreads the callers' first operations over a time, so that they do not all begin at once.
	ramp     time.Duration
	variants []variant
}

// sample is what one variant did under one load in one round.
type sample struct {
	operations int
	units      int
	wall       time.Duration
	// host is the CPU, user and system, of this process; plugin that of the other processes.
	host, plugin time.Duration
	waits        []time.Duration
}

// and is both samples as one.
func (s sample) and(t sample) sample {
	return sample{
		operations: s.operations + t.operations, units: s.units + t.units, wall: s.wall + t.wall,
		host: s.host + t.host, plugin: s.plugin + t.plugin, waits: append(s.waits, t.waits...),
	}
}

func (s sample) cpuPerUnit() float64       { return float64(s.host+s.plugin) / float64(s.units) }
func (s sample) medianWait() time.Duration { return median(s.waits) }

func (s sample) wait(q float64) time.Duration {
	if q == 0.5 {
		return s.medianWait()
	}
	return quantile(s.waits, q)
}

// results holds, by cell, each round's samples by variant.
type results map[string][]map[string]sample

// turns is how often the sides of a comparison take turns within a round: what disturbs the machine for a
// second then disturbs them all.
const turns = 4

// measure goes through the cells round after round. The order of the variants is turned around every other
// turn, so that neither side always comes second.
func measure(ctx context.Context, cells []cell, rounds int, progress func(round, of int)) (results, error) {
	taken := results{}
	for round := range rounds {
		progress(round+1, rounds)
		for _, c := range cells {
			samples, err := c.round(ctx, round)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			taken[c.name] = append(taken[c.name], samples)
		}
	}
	return taken, nil
}

func (c cell) round(ctx context.Context, round int) (map[string]sample, error) {
	order := slices.Clone(c.variants)
	samples := map[string]sample{}
	n := turns
	if c.times > 0 {
		n = 1 // counted operations have nothing to take turns with
	}
	c.length /= time.Duration(n)
	for turn := range n {
		if (round+turn)%2 == 1 {
			slices.Reverse(order)
		}
		for _, v := range order {
			s, err := c.load(ctx, v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", v.name, err)
			}
			samples[v.name] = samples[v.name].and(s)
		}
	}
	return samples, nil
}

// load runs one variant: every caller makes one call to open its connections, then they go on together,
// each starting the next call when the last is answered.
func (c cell) load(ctx context.Context, v variant) (sample, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var warm, done sync.WaitGroup
	start := make(chan struct{})
	callers := make([]caller, c.callers)
	due := c.schedule(ctx, start)
	for i := range callers {
		warm.Add(1)
		done.Go(func() {
			err := callers[i].warmUp(ctx, c, v)
			warm.Done()
			if err == nil {
				<-start
				c.wait(ctx, i)
				err = callers[i].run(ctx, c, v, due)
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	warm.Wait()
	runtime.GC() // what the load before left is not this one's
	before, err := clockOf(v)
	if err == nil {
		close(start)
		done.Wait()
		err = context.Cause(ctx)
	} else {
		cancel(err)
		close(start)
		done.Wait()
	}
	if err != nil {
		return sample{}, err
	}
	after, err := clockOf(v)
	s := sample{wall: after.wall.Sub(before.wall), plugin: after.plugin - before.plugin}
	if !v.remote {
		s.host = after.host - before.host
	}
	for _, caller := range callers {
		s.operations += len(caller.waits)
		s.units += caller.units
		s.waits = append(s.waits, caller.waits...)
	}
	return s, err
}

// caller makes one call after the other.
type caller struct {
	units int
	waits []time.Duration
}

func (*caller) warmUp(ctx context.Context, c cell, v variant) error {
	if c.times > 0 {
		return nil // counted operations are whole by themselves
	}
	_, _, err := v.do(ctx)
	return err
}

func (w *caller) run(ctx context.Context, c cell, v variant, due <-chan time.Time) error {
	if c.rate > 0 {
		for at := range due {
			late := time.Since(at)
			if err := w.one(ctx, v, late); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	end := time.Now().Add(c.length)
	for ctx.Err() == nil && (len(w.waits) < c.times || c.times == 0 && time.Now().Before(end)) {
		if err := w.one(ctx, v, 0); err != nil {
			return err
		}
	}
	return nil
}

// one makes a call that began so much later than it was due.
func (w *caller) one(ctx context.Context, v variant, late time.Duration) error {
	units, wait, err := v.do(ctx)
	if err != nil {
		return err
	}
	w.units += units
	w.waits = append(w.waits, wait+late)
	return nil
}

// wait is caller i's part of the ramp.
func (c cell) wait(ctx context.Context, i int) {
	if c.ramp == 0 {
		return
	}
	timer := time.NewTimer(c.ramp * time.Duration(i) / time.Duration(c.callers))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// schedule tells the callers when operations are due, at the cell's rate for its length. It ends by itself.
func (c cell) schedule(ctx context.Context, start <-chan struct{}) <-chan time.Time {
	if c.rate == 0 {
		return nil
	}
	n := int(c.length.Seconds() * float64(c.rate))
	due := make(chan time.Time, n) // so that nobody's lateness makes others late
	go func() {
		defer close(due)
		<-start
		began := time.Now()
		for i := range n {
			at := began.Add(time.Duration(i) * time.Second / time.Duration(c.rate))
			timer := time.NewTimer(time.Until(at))
			select {
			case <-timer.C:
				due <- at
			case <-ctx.Done():
				timer.Stop()
				return
			}
		}
	}()
	return due
}

// clocks are the times a sample is the difference of.
type clocks struct {
	wall         time.Time
	host, plugin time.Duration
}

func clockOf(v variant) (clocks, error) {
	c := clocks{wall: time.Now()}
	var err error
	if c.host, err = ownCPU(); err != nil || v.pids == nil {
		return c, err
	}
	for _, pid := range v.pids() {
		used, err := processCPU(pid)
		if err != nil {
			return c, err
		}
		c.plugin += used
	}
	return c, nil
}
