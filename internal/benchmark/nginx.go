package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/aio-llm/aio/internal/benchmark/upstream"
)

// nginxConfig passes on like the proxy: two workers, nothing buffered, connections kept.
const nginxConfig = `daemon off; pid %[1]s/nginx.pid; error_log stderr error; worker_processes 2;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000;
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
  upstream fake { server %[2]s; keepalive 1024; keepalive_requests 1000000; }
  server {
    listen %[3]s;
    location / { proxy_pass http://fake; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}
`

// nginx starts nginx; where there is none it takes no part, and that is said.
func (r *rig) nginx(ctx context.Context) (*server, error) {
	program, err := exec.LookPath("nginx")
	if errors.Is(err, exec.ErrNotFound) {
		fmt.Fprintln(os.Stderr, "nginx is not installed: it is left out")
		return nil, nil //nolint:nilnil // nothing to start is no error
	}
	if err != nil {
		return nil, err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(r.dir, "nginx")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, nginxConfig, dir, r.upstream.Address, address), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "-c", config, "-e", "stderr")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start nginx: %w", err)
	}
	s := &server{name: nginxVariant, endpoint: &endpoint{address: address, token: apiKey}, stop: func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // how it ended is of no interest
	}}
	if err := ready(ctx, s.endpoint, r.requests.body[upstream.Unary]); err != nil {
		s.stop()
		return nil, err
	}
	workers, err := children(cmd.Process.Pid)
	if err != nil {
		s.stop()
		return nil, err
	}
	s.pids = func() []int { return workers }
	return s, nil
}

// freeAddress is a loopback address that nobody listens on just now.
func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
