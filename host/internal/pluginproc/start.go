package pluginproc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"github.com/aio-llm/aio/sdk"
)

// Spec says which plugin to start and with what.
type Spec struct {
	// Name is the provider block's name, as logs and errors show it; empty means the plugin's.
	Name   string
	Binary Binary
	// Settings go to the plugin after they were checked against its schema, with its defaults filled in.
	Settings sdk.Settings
	// Env is added to the plugin's environment, "NAME=value" each. It must not hold keys.
	Env []string
	// HostVersion is what the plugin is told about the host.
	HostVersion string
	// StartTimeout bounds the time from fork to ready; 0 means 5 s.
	StartTimeout time.Duration
	// Log receives what the plugin logs; nil drops it.
	Log hclog.Logger
	// Redact takes secrets out of a text; nil leaves texts as they are. It must be safe for concurrent use.
	Redact func(string) string
}

// defaultStartTimeout is go-plugin's 60 s brought down to what a person waits for; plugins are ready in
// about 0.1 s.
const defaultStartTimeout = 5 * time.Second

// settleLimit bounds the wait for the end of a process that was killed because its start had failed.
const settleLimit = 2 * time.Second

func (s Spec) withDefaults() Spec {
	if s.Name == "" {
		s.Name = s.Binary.Plugin
	}
	if s.StartTimeout <= 0 {
		s.StartTimeout = defaultStartTimeout
	}
	if s.Log == nil {
		s.Log = hclog.NewNullLogger()
	}
	if s.Redact == nil {
		s.Redact = func(text string) string { return text }
	}
	return s
}

var errStartTimeout = errors.New("start timeout")

// Start checks the binary anew, runs it, and returns when the plugin has accepted its settings. ctx bounds
// the start only. Failures are *StartError, or the plugin's own *sdk.SettingsError; they leave nothing
// behind.
func (s *Spawner) Start(ctx context.Context, spec Spec) (*Process, error) {
	spec = spec.withDefaults()
	binary, err := Find(spec.Binary.Dir, spec.Binary.Plugin)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, spec.StartTimeout, errStartTimeout)
	defer cancel()
	l, err := s.launch(binary, spec)
	if err != nil {
		return nil, err
	}
	if err := l.introduce(ctx, spec); err != nil {
		l.settle(ctx, err)
		return nil, l.explain(ctx, err)
	}
	return l.process, nil
}

// launch is a start under way.
type launch struct {
	binary  Binary
	timeout time.Duration
	process *Process
	child   *child
	rpc     *goplugin.Client
	dialed  chan dialed
}

type dialed struct {
	client *sdk.Client
	err    error
}

// launch gives the process its directory, forks it and connects to it, all in the background.
func (s *Spawner) launch(binary Binary, spec Spec) (*launch, error) {
	closed := &StartError{Plugin: binary.Plugin, Path: binary.Path, Cause: CauseCanceled, Detail: "not started: " + ErrClosed.Error(), Err: ErrClosed}
	if s.isClosed() {
		return nil, closed
	}
	dir, err := s.dir.make()
	if err != nil {
		return nil, systemError(binary, err)
	}
	c := &child{
		path: binary.Path, dir: dir, extra: spec.Env, fork: s.fork, strays: s.strays,
		stdout: newStdout(), stderr: newStderr(spec.Log.Named(spec.Name), spec.Redact),
		connected: make(chan struct{}), done: make(chan struct{}),
	}
	rpc := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig:  sdk.Handshake(),
		VersionedPlugins: sdk.VersionedPlugins(),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		RunnerFunc:       c.attach,
		StartTimeout:     spec.StartTimeout + settleLimit, // ours comes first
		GRPCDialOptions: append(sdk.DialOptions(), grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.DefaultConfig, MinConnectTimeout: spec.StartTimeout,
		})),
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: dir},
		Logger:           hclog.NewNullLogger(),
	})
	p := newProcess(binary.Plugin, c, rpc.Kill)
	if err := s.add(p); err != nil {
		_ = os.Remove(dir)
		return nil, closed
	}
	l := &launch{binary: binary, timeout: spec.StartTimeout, process: p, child: c, rpc: rpc, dialed: make(chan dialed, 1)}
	go l.connect()
	go p.release(func() {
		_ = os.RemoveAll(dir) // Close tries again
		s.remove(p)
	})
	return l, nil
}

// connect lets go-plugin fork, shake hands and dial, and ends when that has ended, one way or the other.
func (l *launch) connect() {
	client, err := dial(l.rpc)
	if err != nil && l.child.pid() == 0 {
		close(l.child.done) // nothing was forked, so nobody else will
	}
	close(l.child.connected)
	l.dialed <- dialed{client: client, err: err}
}

func dial(rpc *goplugin.Client) (*sdk.Client, error) {
	conn, err := rpc.Client()
	if err != nil {
		return nil, err
	}
	raw, err := conn.Dispense(sdk.PluginName)
	if err != nil {
		return nil, err
	}
	client, ok := raw.(*sdk.Client)
	if !ok {
		return nil, fmt.Errorf("go-plugin dispensed a %T", raw)
	}
	return client, nil
}

// introduce waits for the connection, asks the plugin who it is and hands over its settings.
func (l *launch) introduce(ctx context.Context, spec Spec) error {
	p := l.process
	select {
	case d := <-l.dialed:
		if d.err != nil {
			return d.err
		}
		p.client, p.health = d.client, d.client.Health
	case <-ctx.Done():
		return ctx.Err()
	}
	var err error
	if p.description, err = p.client.Describe(ctx, spec.HostVersion); err != nil {
		return err
	}
	if p.description.Name != l.binary.Plugin {
		return errIdentity
	}
	p.description.Protocol = l.rpc.NegotiatedVersion()
	settings, refused := p.description.Settings.Check(spec.Settings)
	if refused != nil {
		return refused
	}
	p.description.Capabilities, err = p.client.Configure(ctx, settings)
	return err
}

var errIdentity = errors.New("another name than the file's")

// settle ends a process that did not get ready, so that all it had to say is there.
func (l *launch) settle(ctx context.Context, err error) {
	var refused *sdk.SettingsError
	if ctx.Err() == nil && !errors.Is(err, errIdentity) && !errors.As(err, &refused) {
		// The error is most likely its end, and how it ended by itself is what there is to tell.
		select {
		case <-l.process.done:
		case <-time.After(drainLimit):
		}
	}
	l.process.kill("it was not ready")
	select {
	case <-l.process.released:
	case <-time.After(settleLimit):
	}
}
