package examples_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"
)

var (
	update = flag.Bool("update", false, "write what the examples print into testdata")
	// built is where the programs (bin) and the plugins (bin/plugins) go; build makes them, once for all tests.
	built string
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if built, err = os.MkdirTemp("", "aio-examples-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(built)
	return m.Run()
}

// build builds the examples, with the race detector when the tests have it, and the plugins they use.
var build = sync.OnceValue(func() error {
	args := []string{"build", "-ldflags=-s -w"}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	if err := goTool(append(args, "-o", filepath.Join(built, "bin")+"/", "./...")...); err != nil {
		return err
	}
	plugins := []string{"build", "-ldflags=-s -w", "-o", filepath.Join(built, "bin", "plugins") + "/"}
	for _, name := range []string{"groq", "openrouter", "googleai"} {
		plugins = append(plugins, "../plugins/"+name+"/cmd/aio-provider-"+name)
	}
	return goTool(plugins...)
})

func goTool(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("go %v: %w\n%s", args, err, out)
	}
	return nil
}
