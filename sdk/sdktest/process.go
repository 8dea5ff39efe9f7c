package sdktest

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/aio-llm/aio/sdk"
)

const (
	startLimit = 20 * time.Second
	// go-plugin itself waits 2 s for a process to leave before it kills it.
	stopLimit = 10 * time.Second
	// binaryPrefix is how the file name of a plugin begins; the provider's name follows.
	binaryPrefix = "aio-provider-"
)

// Binary is the plugin at path, started as a host starts it: over go-plugin with mutual TLS, without this
// process's environment, its standard input the null device.
func Binary(path string) Target { return binary{path: path} }

type binary struct{ path string }

// Start implements Target.
func (t binary) Start(ctx context.Context) (*Instance, error) {
	path, err := filepath.Abs(t.path)
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", t.path, err)
	}
	var p *process
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: sdk.Handshake(), VersionedPlugins: sdk.VersionedPlugins(), GRPCDialOptions: sdk.DialOptions(),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, AutoMTLS: true, SkipHostEnv: true, StartTimeout: startLimit,
		Logger: hclog.NewNullLogger(),
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
			var err error
			p, err = newProcess(path, spec.Env)
			return p, err
		},
	})
	dispensed, err := dispense(client)
	if err != nil {
		stopped := stop(ctx, client, path) // before the last words are read: they may still be on their way
		stderr := ""
		if p != nil {
			stderr = lastLine(p.err.bytes())
		}
		return nil, errors.Join(fmt.Errorf("start plugin %s: %w%s", path, err, stderr), stopped)
	}
	return &Instance{
		Client: dispensed, PID: p.pid(), Log: p.err.bytes, Stdout: p.out.bytes, Exited: client.Exited,
		Name:  strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), binaryPrefix), ".exe"),
		Close: func() error { return stop(context.WithoutCancel(ctx), client, path) },
	}, nil
}

func dispense(client *plugin.Client) (*sdk.Client, error) {
	protocol, err := client.Client()
	if err != nil {
		return nil, err
	}
	raw, err := protocol.Dispense(sdk.PluginName)
	if err != nil {
		return nil, err
	}
	dispensed, ok := raw.(*sdk.Client)
	if !ok {
		return nil, fmt.Errorf("it offers a %T", raw)
	}
	return dispensed, nil
}

// stop ends the process. go-plugin waits for the ends of the output pipes, which something the process
// started may keep open: that is not waited for.
func stop(ctx context.Context, client *plugin.Client, path string) error {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		client.Kill()
	}()
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("plugin %s does not end though it was killed: something holds its output open", path)
	}
}

func lastLine(log []byte) string {
	text := strings.TrimSpace(string(log))
	if text == "" {
		return ""
	}
	return "; its last words: " + text[strings.LastIndexByte(text, '\n')+1:]
}
