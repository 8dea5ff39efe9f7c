package logging

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host/internal/redact"
	"github.com/aio-llm/aio/sdk"
)

// Config says what is logged where. The zero value logs from info on to the console.
type Config struct {
	// Level is the least severe level logged: error, warn, info, debug, trace, or off; empty means info.
	Level string
	// ConsoleLevel replaces Level on the console; empty means Level.
	ConsoleLevel string
	// Format of the console is text, json, or auto: coloured text on a terminal, JSON otherwise. Empty means
	// auto.
	Format string
	// NoColor keeps text plain on a terminal too.
	NoColor bool
	// ConsoleSkips are messages the console leaves out, for a program that says them in its own words.
	ConsoleSkips []string
	// NoConsole turns the console off.
	NoConsole bool
	// File gets every line of Level, ErrorsFile errors only; empty is none.
	File, ErrorsFile string
	// MaxSize is when a file is rotated, in megabytes (0 means 100); MaxFiles is how many old files are kept
	// beside each (0 means 5).
	MaxSize, MaxFiles int
	// Secrets are cut out of every line, whoever wrote it.
	Secrets []sdk.Secret
}

// The defaults of Config.
const (
	DefaultLevel    = "info"
	DefaultMaxSize  = 100
	DefaultMaxFiles = 5
)

// Levels are the names a level may have, most severe first.
func Levels() []string { return []string{"off", "error", "warn", "info", "debug", "trace"} }

// CheckLevel returns an error that names the levels unless level is one of them, in any case of letters, or
// empty.
func CheckLevel(level string) error {
	if level == "" || slices.Contains(Levels(), strings.ToLower(strings.TrimSpace(level))) {
		return nil
	}
	return fmt.Errorf("unknown log level %q: use one of %s", level, strings.Join(Levels(), ", "))
}

// New returns the logger of c. The console is stderr, a terminal if isTTY. Close the closer when nothing logs
// any more; it closes the files.
func New(c Config, stderr io.Writer, isTTY bool) (hclog.InterceptLogger, io.Closer, error) {
	if err := errors.Join(CheckLevel(c.Level), CheckLevel(c.ConsoleLevel)); err != nil {
		return nil, nil, err
	}
	clean := redact.New(c.Secrets...)
	var outputs []output
	var files closers
	if !c.NoConsole {
		o, err := c.console(stderr, isTTY)
		if err != nil {
			return nil, nil, err
		}
		outputs = append(outputs, o)
	}
	for _, f := range []struct{ path, level string }{{c.File, c.Level}, {c.ErrorsFile, "error"}} {
		if f.path == "" {
			continue
		}
		file, err := openFile(f.path, cmp.Or(c.MaxSize, DefaultMaxSize), cmp.Or(c.MaxFiles, DefaultMaxFiles))
		if err != nil {
			return nil, nil, errors.Join(err, files.Close())
		}
		files = append(files, file)
		outputs = append(outputs, output{level: parse(f.level), json: true, to: file})
	}
	return join(outputs, clean), files, nil
}

// output is one place log lines go to.
type output struct {
	level hclog.Level
	json  bool
	color hclog.ColorOption
	skips hclog.ExcludeByMessage
	to    io.Writer
}

func (c Config) console(stderr io.Writer, isTTY bool) (output, error) {
	o := output{level: parse(cmp.Or(c.ConsoleLevel, c.Level)), json: !isTTY, to: stderr}
	for _, message := range c.ConsoleSkips {
		o.skips.Add(message)
	}
	switch c.Format {
	case "", "auto":
	case "text":
		o.json = false
	case "json":
		o.json = true
	default:
		return o, fmt.Errorf("unknown log format %q: use auto, text or json", c.Format)
	}
	if isTTY && !o.json && !c.NoColor {
		o.color = hclog.ForceColor
	}
	return o, nil
}

// join makes one logger of the outputs. The most verbose one is the logger itself, so that what it says of its
// level holds for all; the others are its sinks.
func join(outputs []output, clean *redact.Redactor) hclog.InterceptLogger {
	slices.SortStableFunc(outputs, func(a, b output) int { return cmp.Compare(a.level, b.level) })
	if len(outputs) == 0 {
		outputs = []output{{level: hclog.Off, to: io.Discard}}
	}
	log := hclog.NewInterceptLogger(outputs[0].options(clean))
	for _, o := range outputs[1:] {
		log.RegisterSink(hclog.NewSinkAdapter(o.options(clean)))
	}
	return log
}

func (o output) options(clean *redact.Redactor) *hclog.LoggerOptions {
	return &hclog.LoggerOptions{
		Level: o.level, JSONFormat: o.json, Output: clean.Writer(o.to), // the logger writes whole lines
		Color: o.color, ColorHeaderOnly: true, TimeFormat: timeFormat, Exclude: o.skips.Exclude,
	}
}

// Milliseconds order lines well enough, and a zone makes two machines' files comparable.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"

func parse(level string) hclog.Level { return hclog.LevelFromString(cmp.Or(level, DefaultLevel)) }
