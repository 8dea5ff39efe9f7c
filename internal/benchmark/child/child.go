package child

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// env names the role a copy has.
const env = "AIO_BENCHMARK_ROLE"

// Role is what this process was started to be; empty for the benchmark itself.
func Role() string { return os.Getenv(env) }

// Process is a running copy, or another program that is run in the same manner.
type Process struct {
	// Address is host:port.
	Address string
	cmd     *exec.Cmd
	stdin   io.Closer
}

// Start runs this executable anew in a role and waits for its address.
func Start(ctx context.Context, role string, args ...string) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), env+"="+role)
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
		return nil, fmt.Errorf("start the %s: %w", role, err)
	}
	p := &Process{cmd: cmd, stdin: stdin}
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		p.Stop()
		return nil, fmt.Errorf("start the %s: %w", role, err)
	}
	p.Address = strings.TrimSpace(address)
	return p, nil
}

// Pid is the copy's process.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop ends it and waits for that.
func (p *Process) Stop() {
	_ = p.stdin.Close()
	_ = p.cmd.Wait() // how it ended is of no interest
}

// Until closes what is served when in ends.
func Until(in io.Reader, served io.Closer) {
	_, _ = io.Copy(io.Discard, in) // only its end counts
	_ = served.Close()
}
