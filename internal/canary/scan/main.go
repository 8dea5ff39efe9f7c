// Command scan fails if a secret of the tests shows in files: scan PATH...
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/aio-llm/aio/internal/canary"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program but for the process around it. It returns 1 when a secret shows, 2 when not all could be
// looked at.
func run(paths []string, out, errs io.Writer) int {
	if len(paths) == 0 {
		_, _ = fmt.Fprintln(errs, "usage: scan PATH...")
		return 2
	}
	scanner, err := canary.NewScanner(canary.List())
	if err != nil {
		_, _ = fmt.Fprintln(errs, "scan:", err)
		return 2
	}
	result, err := scanner.Paths(paths...)
	for _, finding := range result.Findings {
		_, _ = fmt.Fprintln(errs, "scan:", finding)
	}
	if err != nil {
		_, _ = fmt.Fprintln(errs, "scan:", err)
	}
	switch {
	case len(result.Findings) > 0:
		_, _ = fmt.Fprintln(errs, "scan: what is told above must not be kept, nor given to others, before its cause is found")
		return 1
	case err != nil:
		return 2
	}
	_, _ = fmt.Fprintf(out, "no canary in what the tests left behind: %d files, %d bytes\n", result.Files, result.Bytes)
	return 0
}
