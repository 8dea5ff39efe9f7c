package upstream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// env asks a copy of the benchmark to be the upstream.
const env = "AIO_BENCHMARK_UPSTREAM"

// Asked reports whether this process is to be the upstream.
func Asked() bool { return os.Getenv(env) != "" }

// Process is a running upstream. It ends with this process at the latest.
type Process struct {
	// BaseURL is where its API is.
	BaseURL string
	cmd     *exec.Cmd
	stdin   io.Closer
}

// Start runs this executable anew as the upstream.
func Start(ctx context.Context) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), env+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the upstream: %w", err)
	}
	p := &Process{cmd: cmd, stdin: stdin}
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		p.Stop()
		return nil, fmt.Errorf("start the upstream: %w", err)
	}
	p.BaseURL = "http://" + strings.TrimSpace(address) + "/v1"
	return p, nil
}

// Stop ends it and waits for that.
func (p *Process) Stop() {
	_ = p.stdin.Close()
	_ = p.cmd.Wait() // how it ended is of no interest
}
