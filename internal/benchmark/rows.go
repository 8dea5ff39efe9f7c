package main

import (
	"slices"
	"strings"
	"time"
)

// row is one budget: what is measured, and how much it may be. Smaller is better.
type row struct {
	name string
	unit string
	must float64
	// aim is 0 where there is no aim beyond the must.
	aim float64
	// cells are the loads the value is computed from, side is ours in them, base what it is held against.
	cells []string
	side  string
	base  string
	// value computes one cell's figure of one round from the samples of the two sides.
	value func(base, ours sample) float64
}

// rows are all budgets. The musts and aims are the design's.
func rows() []row { return append(libraryRows(), gatewayRows()...) }

func libraryRows() []row {
	unary := []string{unary16, unary64, unary256}
	return []row{
		{"library_unary_cpu_ratio", "x", 1.8, 1.2, unary, bytesVariant, directVariant, cpuRatio},
		{"library_structs_cpu_ratio", "x", 2.2, 1.5, unary, structsVariant, directVariant, cpuRatio},
		{"library_added_median_us", "us", 250, 120, []string{unary1}, bytesVariant, directVariant, added(0.5, time.Microsecond)},
		{"library_stream_saturated_cpu_ratio", "x", 0.8, 0.6, []string{saturated16, saturated64}, bytesVariant, directVariant, cpuRatio},
		{"library_stream_paced_cpu_ratio", "x", 1.35, 1.1, []string{paced16, paced32, paced64}, bytesVariant, directVariant, cpuRatio},
		{"library_first_token_added_ms", "ms", 0.4, 0.2, []string{first1}, bytesVariant, directVariant, added(0.5, time.Millisecond)},
		{"plugin_start_ms", "ms", 100, 0, []string{start1}, startVariant, directVariant, added(0.5, time.Millisecond)},
		{"plugin_start_20_parallel_ms", "ms", 800, 0, []string{start20}, startVariant, directVariant, added(0.5, time.Millisecond)},
	}
}

func gatewayRows() []row {
	served := func(name, unit string, must, aim float64, load, base string, value func(base, ours sample) float64) row {
		return row{"gateway_" + name, unit, must, aim, []string{load}, gatewayVariant, base, value}
	}
	return []row{
		served("unary_cpu_ratio", "x", 1.75, 1.15, servedUnary64, proxyVariant, cpuRatio),
		{"gateway_stream_flushed_cpu_ratio", "x", 1.6, 0.9, []string{servedPaced16, servedPaced32, servedPaced64}, gatewayVariant, proxyVariant, cpuRatio},
		{"gateway_stream_saturated_cpu_ratio", "x", 2, 1, []string{servedSaturated16, servedSaturated64}, gatewayVariant, proxyVariant, cpuRatio},
		served("500_streams_first_token_p50_ms", "ms", 10, 3, servedSteady500, directVariant, added(0.5, time.Millisecond)),
		served("500_streams_first_token_p99_ms", "ms", 60, 30, servedSteady500, directVariant, added(0.99, time.Millisecond)),
		served("500_rps_added_p50_ms", "ms", 0.8, 0.5, servedRate500, directVariant, added(0.5, time.Millisecond)),
		served("500_rps_added_p99_ms", "ms", 3, 1.5, servedRate500, directVariant, added(0.99, time.Millisecond)),
		served("added_median_ms", "ms", 0.5, 0.25, servedUnary1, directVariant, added(0.5, time.Millisecond)),
	}
}

// cpuRatio is the CPU of a unit of work, of all processes that are ours, against the base's.
func cpuRatio(base, ours sample) float64 { return ours.cpuPerUnit() / base.cpuPerUnit() }

// added is a quantile of the waits beyond the same one of the base, which is nothing where there is no base.
func added(quantile float64, unit time.Duration) func(base, ours sample) float64 {
	return func(base, ours sample) float64 {
		return float64(ours.wait(quantile)-base.wait(quantile)) / float64(unit)
	}
}

// figure is a row with its value, as bench.json holds it.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Must  float64 `json:"must"`
	Aim   float64 `json:"aim,omitempty"`
	// Nginx is what nginx came to in the same run, where it took part.
	Nginx *float64 `json:"nginx,omitempty"`
	// low and high are the extremes over the rounds.
	low, high float64
}

// evaluate takes each cell's median over the rounds, and the median over a row's cells.
func evaluate(rows []row, taken results) []figure {
	figures := make([]figure, 0, len(rows))
	for _, r := range rows {
		medians, all := r.of(r.side, taken)
		f := figure{
			Name: r.name, Unit: r.unit, Must: r.must, Aim: r.aim,
			Value: median(medians), low: slices.Min(all), high: slices.Max(all),
		}
		if medians, _ := r.of(nginxVariant, taken); len(medians) > 0 {
			f.Nginx = new(float64)
			*f.Nginx = median(medians)
		}
		figures = append(figures, f)
	}
	return figures
}

// of are a side's values: each load's median, and all of them.
func (r row) of(side string, taken results) (medians, all []float64) {
	for _, cell := range r.cells {
		var values []float64
		for _, round := range taken[cell] {
			if ours, ok := round[side]; ok {
				values = append(values, r.value(round[r.base], ours))
			}
		}
		if len(values) > 0 {
			all = append(all, values...)
			medians = append(medians, median(values))
		}
	}
	return medians, all
}

func overMust(figures []figure) []string {
	var names []string
	for _, f := range figures {
		if f.Value > f.Must {
			names = append(names, f.Name)
		}
	}
	return names
}

func choose(rows []row, only string) []row {
	return slices.DeleteFunc(rows, func(r row) bool {
		return !slices.ContainsFunc(strings.Split(only, ","), func(part string) bool { return strings.Contains(r.name, part) })
	})
}

// quantile is the value below which the part q lies.
func quantile(values []time.Duration, q float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// median is the middle value, or the mean of the two in the middle.
func median[T float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
