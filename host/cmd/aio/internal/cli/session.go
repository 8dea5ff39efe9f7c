package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/host/logging"
)

// session is an open configuration with a host on it.
type session struct {
	*host.Host
	file *hclconfig.File
	log  hclog.InterceptLogger
	logs io.Closer
}

// closing bounds how long a command waits for its plugins to go.
const closing = 10 * time.Second

// load finds and reads the configuration file.
func (a *app) load() (*hclconfig.File, error) {
	path, err := hclconfig.Find(a.flags.config, a.LookupEnv)
	if err != nil {
		return nil, err
	}
	file, err := hclconfig.Load(path, hclconfig.Options{Getenv: a.LookupEnv, EnvFiles: a.flags.envFiles})
	if err != nil {
		return nil, err
	}
	if len(file.Warnings) > 0 {
		_ = hclconfig.WriteDiagnostics(a.err, file.Warnings, a.err.color, a.err.width())
	}
	return file, nil
}

// open reads the configuration and makes a host of it. No plugin is started.
func (a *app) open(ctx context.Context) (*session, error) {
	file, err := a.load()
	if err != nil {
		return nil, err
	}
	s := &session{file: file}
	if s.log, s.logs, err = logging.New(a.logging(file), a.err, a.err.tty); err != nil {
		return nil, &misuse{err: err}
	}
	for _, line := range file.UnsetSummary() {
		s.log.Info(line)
	}
	config := file.Config
	config.Plugins.AllowRoot = true // a command is run by a person, who is told; see warnRoot
	if s.Host, err = host.New(ctx, config, host.WithLogger(s.log)); err != nil {
		return nil, errors.Join(err, s.logs.Close())
	}
	return s, nil
}

// with runs do on an open session.
func (a *app) with(ctx context.Context, do func(*session) error) (err error) {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close(ctx, &err)
	return do(s)
}

// close stops the plugins and waits for them, also when ctx is over. It adds what goes wrong to *err.
func (s *session) close(ctx context.Context, err *error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	if failed := errors.Join(s.Close(ctx), s.logs.Close()); *err == nil {
		*err = failed
	}
}

// logging keeps the console of a command that prints an answer free of all but warnings, unless asked.
func (a *app) logging(file *hclconfig.File) logging.Config {
	l := file.Logging
	asked := a.askedLevel()
	var skips []string
	if asked == "" { // the command's own words tell it
		skips = []string{"request failed", "plugin is down"}
	}
	return logging.Config{
		Level: cmp.Or(asked, l.Level), ConsoleLevel: cmp.Or(asked, "warn"), Format: l.Format, NoColor: !a.err.color,
		NoConsole: l.NoConsole, File: l.File, ErrorsFile: l.ErrorsFile, MaxSize: l.MaxSize, MaxFiles: l.MaxFiles,
		Secrets: file.Secrets, ConsoleSkips: skips,
	}
}

// askedLevel is what the flag says, or else the environment.
func (a *app) askedLevel() string {
	if a.flags.logLevel != "" {
		return a.flags.logLevel
	}
	level, _ := a.LookupEnv("LOG_LEVEL")
	return level
}

func (a *app) checkLogLevel() error {
	if err := logging.CheckLevel(a.askedLevel()); err != nil {
		return misusef("It comes from --log-level or the variable LOG_LEVEL.", "%w", err)
	}
	return nil
}

// warnRoot warns whoever is about to run plugins as root.
func (a *app) warnRoot() {
	if a.Root {
		a.err.say("%s running as root: provider plugins get root's rights too; use an ordinary user instead", a.err.paint(styleYellow, "warning:"))
	}
}
