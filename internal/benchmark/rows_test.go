package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aio-llm/aio/sdk"
)

// Two loads, three rounds: the value is the median of the loads' medians, and one wild round changes nothing.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	round := func(direct, host, plugin time.Duration) map[string]sample {
		return map[string]sample{
			directVariant: {units: 10, host: direct},
			bytesVariant:  {units: 10, host: host, plugin: plugin},
		}
	}
	taken := results{
		unary16: {round(100, 50, 100), round(100, 100, 100), round(100, 800, 100)},
		unary64: {round(100, 100, 200), round(100, 100, 200), round(100, 100, 200)},
	}
	rows := []row{{"ratio", "x", 2.2, 1.5, []string{unary16, unary64}, bytesVariant, directVariant, cpuRatio}}
	want := []figure{{Name: "ratio", Value: 2.5, Unit: "x", Must: 2.2, Aim: 1.5, low: 1.5, high: 9}}
	got := evaluate(rows, taken)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(figure{}), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ratio"}, overMust(got)); diff != "" {
		t.Error(diff)
	}
}

func TestAdded(t *testing.T) {
	t.Parallel()
	direct, ours := sample{waits: []time.Duration{100, 900, 110}}, sample{waits: []time.Duration{310, 300, 320, 9000}}
	if got := added(0.5, 1)(direct, ours); got != 205 {
		t.Errorf("got %v, want the difference of the medians, 205", got)
	}
	if got := added(0.5, 1)(sample{}, ours); got != 315 {
		t.Errorf("without a direct side: got %v, want 315", got)
	}
}

// Every row's loads exist and have both its sides, so that no figure is silently 0.
func TestRowsHaveTheirLoads(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		cells := needed([]row{r}, everySide().cells(time.Second))
		if len(cells) != len(r.cells) {
			t.Errorf("%s: %d loads of %d", r.name, len(cells), len(r.cells))
		}
		for _, c := range cells {
			if last := c.variants[len(c.variants)-1].name; last != r.side {
				t.Errorf("%s, %s: last side %s, want %s", r.name, c.name, last, r.side)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range choose(libraryRows(), "start,first") {
		names = append(names, r.name)
	}
	want := []string{"library_first_token_added_ms", "plugin_start_ms", "plugin_start_20_parallel_ms"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestPrintFigures(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	printFigures(&out, []figure{
		{Name: "a", Value: 1.1, Unit: "x", Must: 1.8, Aim: 1.2, low: 1, high: 1.3},
		{Name: "b", Value: 1.5, Unit: "x", Must: 1.8, Aim: 1.2, Nginx: sdk.Ptr(0.3), low: 1, high: 2},
		{Name: "c", Value: 120, Unit: "ms", Must: 100, low: 90, high: 130},
	})
	const want = "" +
		"  figure  value  unit  must   aim           lowest to highest round  nginx\n" +
		"       a   1.10     x  1.80  1.20  ok, aim             1.00 to 1.30       \n" +
		"       b   1.50     x  1.80  1.20       ok             1.00 to 2.00   0.30\n" +
		"       c    120    ms   100     -     OVER                90 to 130       \n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// everySide is a rig in which all sides take part, none of them running.
func everySide() *rig {
	r := &rig{}
	for _, name := range []string{directVariant, proxyVariant, nginxVariant, gatewayVariant} {
		r.servers = append(r.servers, server{name: name, endpoint: &endpoint{}})
	}
	return r
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	values := []time.Duration{9, 1, 5, 3, 7}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 5, 0.99: 9, 1: 9} {
		if got := quantile(values, q); got != want {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// The operations of a rate begin on time, whatever becomes of them, and none is lost.
func TestSchedule(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := cell{rate: 100, length: 250 * time.Millisecond}
		start := make(chan struct{})
		due := c.schedule(t.Context(), start)
		began := time.Now()
		close(start)
		n := 0
		for at := range due {
			if late := time.Since(at); late != 0 || at.Sub(began) != time.Duration(n)*10*time.Millisecond {
				t.Errorf("operation %d is %v late, due after %v", n, late, at.Sub(began))
			}
			n++
		}
		if n != 25 {
			t.Errorf("%d operations, want 25", n)
		}
	})
}
