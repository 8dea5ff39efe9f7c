// Command aio talks to LLM providers through plugins. What it can do is in internal/cli; here is only what
// concerns the process as a whole.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // providers reset quotas in zones that small machines do not know

	"github.com/aio-llm/aio/host/cmd/aio/internal/cli"
)

func main() { os.Exit(run(os.Geteuid() == 0)) }

// run is the process but for its end; root says that it has root's rights.
func run(root bool) int {
	protect()
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	ignoreBrokenPipe()
	return cli.Run(context.Background(), cli.Process{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		LookupEnv: os.LookupEnv, Interrupts: interrupts, Exit: os.Exit, Root: root, Hangups: hangups,
	})
}

// hangups brings SIGHUP, which would end the process otherwise.
func hangups() <-chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c
}
