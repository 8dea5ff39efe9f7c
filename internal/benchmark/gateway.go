package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/aio-llm/aio/internal/benchmark/upstream"
)

// gatewayToken is what the benchmark calls the gateway with.
const gatewayToken = "benchmark-token-0123456789abcdef"

// gatewayConfig is a gateway as it is run: tokens checked, requests measured, keys counted, but no line logged a request.
const gatewayConfig = `plugins {
  dir        = %[1]q
  allow_root = true
}
gateway {
  listen = %[2]q
  admin {
    listen = "unix:%[1]s/admin.sock"
  }
  token "benchmark" { value = env("AIO_BENCHMARK_TOKEN") }
}
logging {
  level = "error"
}
provider "groq" {
  any_model = true
  settings { base_url = %[3]q }
  key "main" {
    value       = env("AIO_BENCHMARK_KEY")
    daily_limit = 100000000
  }
%[4]s}
`

// gateway builds aio and starts "aio serve".
func (r *rig) gateway(ctx context.Context) (*server, error) {
	program := filepath.Join(r.dir, "aio")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, module+"/host/cmd/aio")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build aio: %w\n%s", err, out)
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	var models strings.Builder
	for _, model := range upstream.Models() {
		fmt.Fprintf(&models, "  model %q {}\n", model)
	}
	config := filepath.Join(r.dir, "config.hcl")
	if err := os.WriteFile(config, fmt.Appendf(nil, gatewayConfig, r.dir, address, r.baseURL(), models.String()), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "serve", "--config", config)
	cmd.Env = append(os.Environ(), "AIO_BENCHMARK_TOKEN="+gatewayToken, "AIO_BENCHMARK_KEY="+apiKey)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	s := &server{name: gatewayVariant, endpoint: &endpoint{address: address, token: gatewayToken}, stop: func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // how it ended is of no interest
	}}
	if err := ready(ctx, s.endpoint, r.requests.body[upstream.Unary]); err != nil {
		s.stop()
		return nil, err
	}
	plugins, err := children(cmd.Process.Pid)
	if err != nil {
		s.stop()
		return nil, err
	}
	s.pids = func() []int { return append(plugins, cmd.Process.Pid) }
	return s, nil
}
