package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"
)

// printFigures prints the table people read.
func printFigures(w io.Writer, figures []figure) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "figure\tvalue\tunit\tmust\taim\t\tlowest to highest round\tnginx\t")
	for _, f := range figures {
		aim := "-"
		if f.Aim > 0 {
			aim = number(f.Aim)
		}
		nginx := ""
		if f.Nginx != nil {
			nginx = number(*f.Nginx)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s to %s\t%s\t\n", f.Name, number(f.Value), f.Unit, number(f.Must), aim, f.mark(), number(f.low), number(f.high), nginx)
	}
	_ = t.Flush() // to the terminal
}

// mark says how a figure stands to its budget.
func (f figure) mark() string {
	switch {
	case f.Value > f.Must:
		return "OVER"
	case f.Aim > 0 && f.Value <= f.Aim:
		return "ok, aim"
	default:
		return "ok"
	}
}

func number(v float64) string {
	if v >= 20 || v <= -20 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// printCells prints the loads behind the figures, as medians over the rounds.
func printCells(w io.Writer, cells []cell, taken results) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "load\tside\tunits/s\tmedian wait us\tCPU us/unit\thost\tplugin\t")
	for _, c := range cells {
		for _, v := range c.variants {
			over := func(of func(sample) float64) string {
				var values []float64
				for _, round := range taken[c.name] {
					values = append(values, of(round[v.name]))
				}
				return number(median(values))
			}
			micros := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", c.name, v.name,
				over(func(s sample) float64 { return float64(s.units) / s.wall.Seconds() }),
				over(func(s sample) float64 { return micros(s.medianWait()) }),
				over(func(s sample) float64 { return s.cpuPerUnit() / 1e3 }),
				over(func(s sample) float64 { return micros(s.host) / float64(s.units) }),
				over(func(s sample) float64 { return micros(s.plugin) / float64(s.units) }))
		}
	}
	fmt.Fprintln(t)
	_ = t.Flush() // to the terminal
}

func writeFigures(path string, figures []figure) error {
	out, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(out, '\n'), 0o644)
}
