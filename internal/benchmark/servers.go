package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aio-llm/aio/internal/benchmark/child"
)

// server is one side of the served loads.
type server struct {
	name     string
	endpoint *endpoint
	// pids are the processes whose CPU is its work; none for the upstream, called directly.
	pids func() []int
	stop func()
}

// serve starts everything that serves HTTP: the upstream itself, the proxy, nginx where there is one, and
// last, as ours, the gateway.
func (r *rig) serve(ctx context.Context) error {
	r.servers = append(r.servers, server{name: directVariant, endpoint: &endpoint{address: r.upstream.Address, token: apiKey}})
	p, err := child.Start(ctx, proxyRole, r.upstream.Address)
	if err != nil {
		return err
	}
	r.servers = append(r.servers, server{
		name: proxyVariant, endpoint: &endpoint{address: p.Address, token: apiKey}, pids: func() []int { return []int{p.Pid()} }, stop: p.Stop,
	})
	for _, start := range []func(context.Context) (*server, error){r.nginx, r.gateway} {
		s, err := start(ctx)
		if err != nil {
			return err
		}
		if s != nil {
			r.servers = append(r.servers, *s)
		}
	}
	return nil
}

func (r *rig) stopServers() {
	for _, s := range r.servers {
		s.endpoint.close()
		if s.stop != nil {
			s.stop()
		}
	}
}

// ready waits until the endpoint answers a request.
func ready(ctx context.Context, e *endpoint, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		_, _, err := e.unary(body)(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", e.address, err)
		}
	}
}

// children are the processes that pid started.
func children(pid int) ([]int, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil, err
	}
	var out []int
	for _, task := range tasks {
		list, err := os.ReadFile(task)
		if err != nil {
			return nil, err
		}
		for field := range strings.FieldsSeq(string(list)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				return nil, err
			}
			out = append(out, child)
		}
	}
	return out, nil
}
