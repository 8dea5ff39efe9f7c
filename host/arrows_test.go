package host_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The arrows between the packages, as go list sees them: what may not be reached from where.
func TestArrows(t *testing.T) {
	t.Parallel()
	const module = "github.com/aio-llm/aio/"
	for _, arrow := range []struct {
		from string
		// never are prefixes of packages that must not be among the dependencies.
		never []string
	}{
		{"./sdk/...", []string{"host", "plugins"}},
		{"./plugins/...", []string{"host"}},
		{"./host", []string{
			"host/hclconfig", "host/gateway", "host/cmd", "host/metrics", "host/telemetry", "host/alerts", "host/accesslog", "plugins", "sdk/simulator", "sdk/sdktest",
		}},
		{"./host/hclconfig", []string{"host/gateway", "host/cmd", "plugins", "sdk/simulator"}},
	} {
		for _, dep := range deps(t, arrow.from) {
			for _, never := range arrow.never {
				if p := module + never; dep == p || strings.HasPrefix(dep, p+"/") {
					t.Errorf("%s reaches %s", arrow.from, dep)
				}
			}
		}
	}
	// Observers see no more of a host than any embedding program.
	for _, observer := range []string{"metrics", "telemetry", "alerts", "accesslog"} {
		for _, imported := range list(t, "-e", "-f", `{{join .Imports "\n"}}`, "./host/"+observer) {
			if own, ok := strings.CutPrefix(imported, module); ok && own != "host" && own != "sdk" {
				t.Errorf("observer %s imports %s", observer, imported)
			}
		}
	}
	for _, leaf := range list(t, "./host/internal/...") {
		for _, dep := range deps(t, leaf) {
			inside := dep == leaf || strings.HasPrefix(dep, leaf+"/") || strings.HasPrefix(leaf, dep+"/")
			if strings.HasPrefix(dep, module+"host") && !inside {
				t.Errorf("leaf %s reaches %s", leaf, dep)
			}
		}
	}
}

func deps(t *testing.T, pattern string) []string { return list(t, "-deps", pattern) }

func list(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Fields(string(out))
}
