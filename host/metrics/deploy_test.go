package metrics_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"

	"github.com/aio-llm/aio/host/metrics"
)

// described are the labels of every metric, by its name.
func described(t *testing.T) map[string][]string {
	t.Helper()
	ch := make(chan *prometheus.Desc, 1000)
	metrics.New().Describe(ch)
	close(ch)
	pattern := regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{([^}]*)\}`)
	out := map[string][]string{}
	for d := range ch {
		m := pattern.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatalf("cannot read %s", d)
		}
		out[m[1]] = strings.Split(m[2], ",")
	}
	return out
}

var (
	metricName = regexp.MustCompile(`\baio_\w+`)
	selector   = regexp.MustCompile(`(aio_\w+)\{([^}]*)\}`)
	labelName  = regexp.MustCompile(`(\w+)\s*[!=]~?=?\s*"`)
)

// checkExpr reports what an expression names that no scrape will have.
func checkExpr(t *testing.T, where, expr string, known map[string][]string) {
	t.Helper()
	base := func(name string) string {
		for _, suffix := range []string{"_bucket", "_count", "_sum"} {
			if short, ok := strings.CutSuffix(name, suffix); ok && known[name] == nil {
				return short
			}
		}
		return name
	}
	if !metricName.MatchString(expr) {
		t.Errorf("%s names no metric: %s", where, expr)
	}
	for _, name := range metricName.FindAllString(expr, -1) {
		if known[base(name)] == nil {
			t.Errorf("%s: there is no %s", where, name)
		}
	}
	for _, s := range selector.FindAllStringSubmatch(expr, -1) {
		allowed := append([]string{"job", "instance", "le"}, known[base(s[1])]...)
		for _, l := range labelName.FindAllStringSubmatch(s[2], -1) {
			if !slices.Contains(allowed, l[1]) {
				t.Errorf("%s: %s has no label %s", where, s[1], l[1])
			}
		}
	}
	if strings.Count(expr, "(") != strings.Count(expr, ")") || strings.Count(expr, "{") != strings.Count(expr, "}") {
		t.Errorf("%s: brackets do not match: %s", where, expr)
	}
}

func TestRulesFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/prometheus/aio.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				KeepFiringFor       string `yaml:"keep_firing_for"`
				Labels, Annotations map[string]string
			}
		}
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	var alerts []string
	known := described(t)
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			alerts = append(alerts, r.Alert)
			checkExpr(t, r.Alert, r.Expr, known)
			if r.Annotations["summary"] == "" || r.Labels["severity"] == "" {
				t.Errorf("%s has no summary or severity", r.Alert)
			}
		}
	}
	for _, want := range []string{"AioErrorRate", "AioKeyLimit", "AioSlow", "AioProvidersDown"} {
		if !slices.Contains(alerts, want) {
			t.Errorf("no alert %s", want)
		}
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/grafana/aio.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Title, UID string
		Panels     []struct {
			ID      int
			Type    string
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	known, shown := described(t), map[string]bool{}
	for i, p := range board.Panels {
		if p.ID != i+1 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%s: id %d, place %+v", p.Title, p.ID, p.GridPos)
		}
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("%s shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			checkExpr(t, p.Title, target.Expr, known)
			for _, name := range metricName.FindAllString(target.Expr, -1) {
				shown[strings.TrimSuffix(name, "_bucket")] = true
			}
		}
	}
	for name := range known {
		if !shown[name] && !strings.HasPrefix(name, "aio_config_last") && name != "aio_plugin_changes_total" {
			t.Errorf("the dashboard does not show %s", name)
		}
	}
}

// The page for operators lists every metric with its labels.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/observability.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| (`aio_[^|]*) \\| ([^|]*?) ?\\|")
	documented := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		for _, name := range metricName.FindAllString(m[1], -1) {
			documented[name] = strings.Split(strings.ReplaceAll(m[2], " ", ""), ",")
		}
	}
	if diff := cmp.Diff(described(t), documented); diff != "" {
		t.Error(diff)
	}
}
