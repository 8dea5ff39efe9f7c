package sdktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// Runner runs cases against a plugin.
type Runner struct {
	Target   Target
	Upstream Upstream
	// Large adds the cases with bodies at the limit of the contract, which take memory and a few seconds.
	Large bool
	// Patience bounds each case; zero means 30 s. It is a limit for failures only, nothing waits for it.
	Patience time.Duration
	// Parallel is how many cases Run runs at a time; zero means 8. Most of them wait.
	Parallel int
}

// Session is a plugin that was started and configured, with its upstream.
type Session struct {
	runner   Runner
	main     *Instance
	can      []sdk.Capability
	schema   sdk.Schema
	path     string // of the dialect, below the upstream
	upstream *front
	decoy    *front // another host, to which no request may go

	mu      sync.Mutex
	keys    []canary
	outputs []func() []byte // of all instances
}

// Open starts the plugin and configures it for the simulated upstream. Close the Session.
func (r Runner) Open(ctx context.Context) (*Session, error) {
	if r.Patience == 0 {
		r.Patience = 30 * time.Second
	}
	if r.Parallel == 0 {
		r.Parallel = 8
	}
	path, err := basePath(r.Upstream.Dialect)
	if err != nil {
		return nil, err
	}
	s := &Session{runner: r, path: path}
	if s.upstream, err = newFront(ctx); err != nil {
		return nil, err
	}
	if s.decoy, err = newFront(ctx); err != nil {
		s.upstream.close()
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) start(ctx context.Context) (err error) {
	if s.main, err = s.launch(ctx); err != nil {
		return err
	}
	settings, err := s.runner.Upstream.settings(s.baseURL())
	if err != nil {
		return fmt.Errorf("settings of the upstream: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.runner.Patience)
	defer cancel()
	if s.can, err = s.main.Client.Configure(ctx, settings); err != nil {
		return fmt.Errorf("configure the plugin for the simulator: %w", err)
	}
	described, err := s.main.Client.Describe(ctx, "sdktest")
	if err != nil {
		return fmt.Errorf("describe: %w", err)
	}
	s.schema = described.Settings
	return nil
}

func (s *Session) hasSetting(name string) bool {
	return slices.ContainsFunc(s.schema, func(have sdk.Setting) bool { return have.Name == name })
}

// baseURL is where the plugin finds the upstream of the session.
func (s *Session) baseURL() string { return s.upstream.url() + s.path }

// basePath asks the simulator where it mounts a dialect.
func basePath(dialect string) (string, error) {
	server := simulator.New(simulator.Options{}).StartMemory()
	base := server.BaseURL(dialect)
	path := strings.TrimPrefix(base, server.URL())
	if err := server.Close(); err != nil {
		return "", err
	}
	if base == "" {
		return "", fmt.Errorf("the simulator has no dialect %q", dialect)
	}
	return path, nil
}

// launch starts an instance and keeps an eye on its output.
func (s *Session) launch(ctx context.Context) (*Instance, error) {
	in, err := s.runner.Target.Start(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outputs = append(s.outputs, in.Log)
	if in.Stdout != nil {
		s.outputs = append(s.outputs, in.Stdout)
	}
	return in, nil
}

// Close ends the plugin and the upstream.
func (s *Session) Close() error {
	var err error
	if s.main != nil {
		err = s.main.Close()
	}
	s.upstream.close()
	s.decoy.close()
	return err
}

// Run runs one case. It may be called concurrently, but a case that is Last only when no other runs.
func (s *Session) Run(ctx context.Context, c Case) Result {
	began := time.Now()
	if missing := s.missing(c); missing != "" {
		return Result{Verdict: NotApplicable, Detail: missing}
	}
	err := s.judge(ctx, c)
	r := Result{Verdict: Pass, Duration: time.Since(began)}
	if err != nil {
		r.Verdict, r.Detail = Fail, err.Error()
	}
	return r
}

// Applies reports whether all needs of the case are met.
func (s *Session) Applies(c Case) bool { return s.missing(c) == "" }

// missing names a need of the case that is not met.
func (s *Session) missing(c Case) string {
	for _, need := range c.Needs {
		switch need {
		case NeedProcess:
			if s.main.Stdout == nil {
				return "the plugin is no process of its own"
			}
		case NeedLarge:
			if !s.runner.Large {
				return "large bodies were not asked for"
			}
		case NeedModels, NeedEmbeddings, NeedTokens, NeedKeys:
			if !slices.Contains(s.can, sdk.Capability(need)) {
				return "the plugin does not announce " + string(need)
			}
		case needRefusal:
			if !s.hasSetting(unsupportedParams) {
				return "the plugin has no setting " + unsupportedParams
			}
		default:
			if !s.runner.Upstream.meets(need) {
				return "the upstream has no " + string(need)
			}
		}
	}
	return ""
}

func (s *Session) judge(ctx context.Context, c Case) error {
	ctx, cancel := context.WithTimeout(ctx, s.runner.Patience)
	defer cancel()
	b, err := s.bench()
	if err != nil {
		return err
	}
	defer b.close()
	err = c.Run(ctx, b)
	if ctx.Err() != nil {
		err = errors.Join(fmt.Errorf("the case did not end within %v", s.runner.Patience), err)
	}
	return errors.Join(err, b.verdict())
}

// Run runs the cases against a freshly started plugin and reports each. Its error is one of the kit or of
// starting the plugin; failed cases are the Reporter's.
func (r Runner) Run(ctx context.Context, cases []Case, to Reporter) (err error) {
	s, err := r.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var mu sync.Mutex
	run := func(c Case) {
		mu.Lock()
		to.Start(c)
		mu.Unlock()
		result := s.Run(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		to.End(c, result)
	}
	var group errgroup.Group
	group.SetLimit(s.runner.Parallel)
	for _, c := range cases {
		if !c.Last {
			group.Go(func() error {
				run(c)
				return nil
			})
		}
	}
	_ = group.Wait() // nothing returns one
	for _, c := range cases {
		if c.Last {
			run(c)
		}
	}
	return ctx.Err()
}
