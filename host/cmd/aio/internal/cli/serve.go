package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host/cmd/aio/internal/serve"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/host/logging"
)

// serveFlags are the flags of aio serve.
type serveFlags struct {
	listen, admin string
	demo          bool
	plugins       string
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Answer OpenAI clients over HTTP",
		Long: "Answer OpenAI clients over HTTP, until Ctrl-C or SIGTERM: then requests under way are finished first, and a\n" +
			"second signal ends it at once. A change of the configuration file is put into force by itself, or by SIGHUP.\n\n" +
			"Clients show a token. Without one in the configuration one is made, kept readable by you alone in\n" +
			"$XDG_STATE_HOME/aio (~/.local/state/aio), and shown once. Health, metrics and state are on a listener of their\n" +
			"own, by default a unix socket beside it.",
		Example: "  aio serve --demo        # a fake upstream: no key needed\n" +
			"  aio serve --listen 127.0.0.1:8080\n" +
			"  aio serve --env-file .env --admin 127.0.0.1:9090",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.demo {
				return a.serveDemo(c.Context(), f)
			}
			return a.serve(c.Context(), f)
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.listen, "listen", "", "`address`: host:port or unix:/path (default: the configuration's, then "+hclconfig.DefaultListen+")")
	fs.StringVar(&f.admin, "admin", "", "`address` for those who run it, or off (default: the configuration's, then a unix socket)")
	fs.BoolVar(&f.demo, "demo", false, "serve a fake upstream, without keys or internet, and say how to try it")
	fs.StringVar(&f.plugins, "plugins", "", "`folder` with the plugin binaries of --demo (default: plugins, beside aio)")
	return c
}

func (a *app) serve(ctx context.Context, f serveFlags) error {
	path, err := hclconfig.Find(a.flags.config, a.LookupEnv)
	if err != nil {
		return err
	}
	load := func() (*hclconfig.File, error) {
		return hclconfig.Load(path, hclconfig.Options{Getenv: a.LookupEnv, EnvFiles: a.flags.envFiles})
	}
	return a.run(ctx, f, path, load, nil)
}

// gcPercent: a gateway's heap is small and its garbage plentiful, like a plugin's. GOGC in the environment wins.
const gcPercent = 400

// run serves the configuration at path until ctx ends. about, if not nil, says what is special about it.
func (a *app) run(ctx context.Context, f serveFlags, path string, load func() (*hclconfig.File, error), about func(*serve.Server)) (err error) {
	if _, set := a.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
	}
	if _, set := a.LookupEnv("GOMAXPROCS"); !set {
		// The other half is the plugins', which do as much: threads beyond that only wake each other up (measured:
		// a tenth of a paced stream's CPU, and a slower tail).
		runtime.SetDefaultGOMAXPROCS()
		runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2))
	}
	file, err := load()
	if err != nil {
		return err
	}
	if a.Root && !file.Config.Plugins.AllowRoot {
		return misusef("Run it as a user of its own, or write plugins { allow_root = true } into the configuration.",
			"aio serve does not run as root: its provider plugins would get root's rights")
	}
	log, logs, err := logging.New(a.serveLogging(file), a.err, a.err.tty)
	if err != nil {
		return &misuse{err: err}
	}
	defer func() { err = errors.Join(err, logs.Close()) }()
	options := a.serveOptions(path)
	options.Log, options.Listen, options.Admin, options.Explain = log, f.listen, f.admin, explained
	options.Load = func() (*hclconfig.File, error) {
		loaded, err := load()
		if err != nil {
			return nil, err
		}
		for _, w := range loaded.Warnings {
			log.Warn(w.Error())
		}
		for _, line := range loaded.UnsetSummary() {
			log.Info(line)
		}
		return loaded, nil
	}
	if a.Hangups != nil {
		options.Hangups = a.Hangups()
	}
	s, err := serve.Open(ctx, options)
	if err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it had begun
		}
		var open *serve.AddressError
		if errors.As(err, &open) {
			return &misuse{err: err}
		}
		return err
	}
	a.introduce(s)
	if about != nil {
		about(s)
	}
	return s.Serve(ctx)
}

// serveOptions are what depends on the machine and the user alone.
func (a *app) serveOptions(path string) serve.Options {
	o := serve.Options{Path: path}
	state, _ := a.LookupEnv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // as its specification wants
		home, err := os.UserHomeDir()
		if err != nil {
			home = os.TempDir()
		}
		state = filepath.Join(home, ".local", "state")
	}
	o.StateDir = filepath.Join(state, "aio")
	if runtime, _ := a.LookupEnv("XDG_RUNTIME_DIR"); filepath.IsAbs(runtime) {
		if info, err := os.Stat(runtime); err == nil && info.IsDir() {
			o.RuntimeDir = filepath.Join(runtime, "aio")
		}
	}
	return o
}

// serveLogging logs to the console too: nobody reads answers there.
func (a *app) serveLogging(file *hclconfig.File) logging.Config {
	l := file.Logging
	return logging.Config{
		Level: cmp.Or(a.askedLevel(), l.Level), Format: l.Format, NoColor: !a.err.color, NoConsole: l.NoConsole,
		File: l.File, ErrorsFile: l.ErrorsFile, MaxSize: l.MaxSize, MaxFiles: l.MaxFiles, Secrets: file.Secrets,
	}
}

// explained is an error as aio config check tells it.
func explained(err error) string {
	var b bytes.Buffer
	for _, e := range branches(err) {
		_ = hclconfig.WriteDiagnostics(&b, e, false, 0) // into memory
	}
	return strings.TrimSpace(b.String())
}

// introduce says where it listens and how to try it.
func (a *app) introduce(s *serve.Server) {
	models, providers := s.Models()
	a.out.say("aio serves %s of %s at %s", count(models, "model"), count(providers, "provider"), a.out.paint(styleBold, s.URL()))
	if url, socket := s.Admin(); url != "" {
		a.out.say("\n  state:  curl %s%s/status", unixFlag(socket), url)
	}
	switch token := s.Token(); {
	case s.NoAuth():
		a.out.say("  token:  none is asked for; only this machine can call")
	case !token.Value.IsZero():
		a.out.say("  token:  %s\n          made now and not shown again; it is kept in %s", token.Value.Reveal(), token.Path)
	case token.Path != "":
		a.out.say("  token:  the one in %s", token.Path)
	default:
		a.out.say("  token:  those of the configuration")
	}
	a.out.say("  try:    %s", tryLine(s))
	if problems := s.Problems(); len(problems) > 0 {
		a.out.say("\n%s not ready: %s", a.out.paint(styleYellow, "warning:"), strings.Join(problems, "; "))
		a.out.say("aio doctor tells what is missing; requests fail until then.")
	}
	a.out.say("\nCtrl-C ends it.")
}

// tryLine is a command that asks the gateway something.
func tryLine(s *serve.Server) string {
	auth := ""
	switch token := s.Token(); {
	case s.NoAuth():
	case token.Path != "":
		auth = fmt.Sprintf(` -H "Authorization: Bearer $(cat %s)"`, token.Path)
	default:
		auth = ` -H "Authorization: Bearer $TOKEN"`
	}
	return fmt.Sprintf(`curl %s%s/chat/completions%s -H "Content-Type: application/json" -d '{"model":"auto","messages":[{"role":"user","content":"hello"}]}'`,
		unixFlag(s.Socket()), s.URL(), auth)
}

func unixFlag(socket string) string {
	if socket == "" {
		return ""
	}
	return "--unix-socket " + socket + " "
}
