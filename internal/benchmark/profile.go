package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"
)

// What can be profiled.
const (
	profileHost   = "host"
	profilePlugin = "plugin"
)

// profileLength is how long each load runs for a profile: at 100 samples a second, enough to name what
// costs one percent.
const profileLength = 5 * time.Second

// profile puts each load on our side only, under the profiler of one of our processes. The plugin's has been
// running from its start and is written at its end.
func profile(ctx context.Context, cells []cell, what string) error {
	if what == profileHost {
		f, err := os.Create(profileHost + ".pprof")
		if err != nil {
			return err
		}
		defer f.Close() // a short profile shows when it is read
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, c := range cells {
		if c.times == 0 {
			c.length = profileLength
		}
		v := c.variants[len(c.variants)-1] // ours: direct comes first
		s, err := c.load(ctx, v)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", c.name, v.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s, %s: %d operations, CPU us a unit: host %.1f, plugin %.1f\n", c.name, v.name, s.operations,
			s.host.Seconds()*1e6/float64(s.units), s.plugin.Seconds()*1e6/float64(s.units))
	}
	return nil
}
