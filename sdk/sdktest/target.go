package sdktest

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/sdk"
)

// Target is a plugin that can be started any number of times.
type Target interface {
	// Start starts the plugin and does not configure it.
	Start(ctx context.Context) (*Instance, error)
}

// Instance is a plugin that runs.
type Instance struct {
	Client *sdk.Client
	// Name is the provider's name as its binary is called; empty when it has none.
	Name string
	// PID is the process, zero in this process.
	PID int
	// Log returns what the plugin has logged, or written to standard error, so far.
	Log func() []byte
	// Stdout returns what the process has written to standard output so far; nil in this process.
	Stdout func() []byte
	// Exited reports whether the process is gone; nil in this process.
	Exited func() bool
	// Close ends the plugin.
	Close func() error
}

// InProcess is a plugin that runs in this process, behind the same contract over real gRPC.
func InProcess(p sdk.Plugin) Target { return inProcess{plugin: p} }

type inProcess struct{ plugin sdk.Plugin }

// Start implements Target.
func (t inProcess) Start(context.Context) (*Instance, error) {
	var log capture
	local, err := sdk.NewLocal(t.plugin, hclog.New(&hclog.LoggerOptions{Name: t.plugin.Name, Level: hclog.Trace, Output: &log}))
	if err != nil {
		return nil, fmt.Errorf("start plugin %s in this process: %w", t.plugin.Name, err)
	}
	return &Instance{Client: local.Client, Log: log.bytes, Close: local.Close}, nil
}

// maxCapture bounds what is kept of a plugin's output; a run of the kit writes a few kilobytes.
const maxCapture = 8 << 20

// capture keeps what is written to it, up to a bound.
type capture struct {
	mu   sync.Mutex
	kept []byte
}

// Write implements io.Writer. It takes everything and keeps the first part.
func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, p[:min(len(p), maxCapture-len(c.kept))]...)
	return len(p), nil
}

func (c *capture) bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]byte(nil), c.kept...)
}

var _ io.Writer = (*capture)(nil)
