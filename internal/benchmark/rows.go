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
	// cells are the loads the value is computed from, side is ours in them.
	cells []string
	side  string
	// value computes one cell's figure of one round from the samples of the two sides.
	value func(direct, ours sample) float64
}

// rows are the budgets of the library. The musts and aims are the design's.
func rows() []row {
	unary := []string{unary16, unary64, unary256}
	return []row{
		{"library_unary_cpu_ratio", "x", 1.8, 1.2, unary, bytesVariant, cpuRatio},
		{"library_structs_cpu_ratio", "x", 2.2, 1.5, unary, structsVariant, cpuRatio},
		{"library_added_median_us", "us", 250, 120, []string{unary1}, bytesVariant, added(time.Microsecond)},
		{"library_stream_saturated_cpu_ratio", "x", 0.8, 0.6, []string{saturated16, saturated64}, bytesVariant, cpuRatio},
		{"library_stream_paced_cpu_ratio", "x", 1.35, 1.1, []string{paced16, paced32, paced64}, bytesVariant, cpuRatio},
		{"library_first_token_added_ms", "ms", 0.4, 0.2, []string{first1}, bytesVariant, added(time.Millisecond)},
		{"plugin_start_ms", "ms", 100, 0, []string{start1}, startVariant, added(time.Millisecond)},
		{"plugin_start_20_parallel_ms", "ms", 800, 0, []string{start20}, startVariant, added(time.Millisecond)},
	}
}

// cpuRatio is the CPU of a unit of work, host and plugin together, against the direct call's.
func cpuRatio(direct, ours sample) float64 { return ours.cpuPerUnit() / direct.cpuPerUnit() }

// added is the median wait beyond the direct call's, which is nothing where there is no such call.
func added(unit time.Duration) func(direct, ours sample) float64 {
	return func(direct, ours sample) float64 {
		return float64(ours.medianWait()-direct.medianWait()) / float64(unit)
	}
}

// figure is a row with its value, as bench.json holds it.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Must  float64 `json:"must"`
	Aim   float64 `json:"aim,omitempty"`
	// low and high are the extremes over the rounds.
	low, high float64
}

// evaluate takes each cell's median over the rounds, and the median over a row's cells.
func evaluate(rows []row, taken results) []figure {
	figures := make([]figure, 0, len(rows))
	for _, r := range rows {
		var all, medians []float64
		for _, cell := range r.cells {
			var values []float64
			for _, round := range taken[cell] {
				values = append(values, r.value(round[directVariant], round[r.side]))
			}
			all = append(all, values...)
			medians = append(medians, median(values))
		}
		figures = append(figures, figure{
			Name: r.name, Unit: r.unit, Must: r.must, Aim: r.aim,
			Value: median(medians), low: slices.Min(all), high: slices.Max(all),
		})
	}
	return figures
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

// median is the middle value, or the mean of the two in the middle.
func median[T float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
