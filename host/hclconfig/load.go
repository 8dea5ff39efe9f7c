package hclconfig

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/sdk"
)

// MaxSize is the size a configuration file may have when Options say nothing: 1 MiB, a few thousand
// providers.
const MaxSize = 1 << 20

// Options say how a file is loaded. The zero value reads the process environment.
type Options struct {
	// Getenv looks a variable up; nil is os.LookupEnv.
	Getenv func(name string) (value string, set bool)
	// EnvFiles are .env files looked at before Getenv, the first first. They never become part of the
	// process environment.
	EnvFiles []string
	// MaxSize bounds the file in bytes; 0 means MaxSize.
	MaxSize int64
}

// File is a configuration file that was read.
type File struct {
	// Config is what the host is made from.
	Config host.Config
	// Logging is how the command logs.
	Logging Logging
	// Gateway is how aio serve answers, Alerts what it raises.
	Gateway Gateway
	Alerts  alerts.Config
	// State is a block that another part of the program reads; nil when absent.
	State hcl.Body
	// Lock is the path of the plugin lock file; empty when there is none.
	Lock string
	// Path is the file's path as given.
	Path string
	// Read are the files that file() read.
	Read []string
	// Secrets are all secrets the file revealed, for redaction.
	Secrets []sdk.Secret
	// Unset are the keys that are disabled because their variable is not set.
	Unset []UnsetKey
	// Warnings are what should be mended but stops nothing.
	Warnings Diagnostics

	settings map[string]*settings // by provider
}

// UnsetKey is a key whose variable is not set.
type UnsetKey struct{ Provider, Label, Var string }

// UnsetSummary says in one line a provider which of its keys are disabled because their variables are not
// set.
func (f *File) UnsetSummary() []string {
	var out []string
	for _, p := range f.Config.Providers {
		var names []string
		for _, u := range f.Unset {
			if u.Provider == p.Name {
				names = append(names, u.Var)
			}
		}
		if len(names) == 0 {
			continue
		}
		verb := "is"
		if len(names) > 1 {
			verb = "are"
		}
		out = append(out, fmt.Sprintf("%s: %d of %d keys disabled, %s %s not set",
			p.Name, len(names), len(p.Keys), strings.Join(names, ", "), verb))
	}
	return out
}

// Load reads the configuration file at path. Its error is a Diagnostics with every mistake in the order of
// the file, and then File is nil. A key whose variable is not set is no mistake: it is disabled and listed in
// File.Unset.
func Load(path string, opts Options) (*File, error) {
	getenv := opts.Getenv
	if getenv == nil {
		getenv = os.LookupEnv
	}
	for i := len(opts.EnvFiles) - 1; i >= 0; i-- {
		vars, err := ReadEnvFile(opts.EnvFiles[i])
		if err != nil {
			return nil, err
		}
		getenv = overlay(vars, getenv)
	}
	limit := opts.MaxSize
	if limit <= 0 {
		limit = MaxSize
	}
	text, err := readConfig(path, limit)
	if err != nil {
		return nil, Diagnostics{{File: path, Summary: err.Error(), Detail: wayOut(err)}}
	}
	return parse(path, text, getenv, nil)
}

func overlay(vars map[string]string, under func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if v, ok := vars[name]; ok {
			return v, true
		}
		return under(name)
	}
}

func readConfig(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, &hint{"the configuration file does not exist", "Run aio init to write one, or name another with --config."}
	case err != nil:
		return nil, &hint{"cannot read the configuration file: " + reason(err), ""}
	case !info.Mode().IsRegular():
		return nil, &hint{"the configuration is no regular file", "Name a file with --config."}
	}
	text, err := readBounded(path, limit)
	if err != nil {
		return nil, &hint{"cannot read the configuration file: " + reason(err), ""}
	}
	return text, nil
}

// parse reads the text of a file. observe is for tests, see decoder.
func parse(path string, text []byte, getenv func(string) (string, bool), observe func(string, []string)) (*File, error) {
	src := &source{name: path, text: text}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, Diagnostics{{File: path, Summary: "the working folder is gone: " + err.Error()}}
	}
	d := &decoder{src: src, dir: dir, getenv: getenv, observe: observe, known: map[sdk.Secret]bool{}, owners: map[sdk.Secret]owner{}}
	if d.bounds(); len(d.errors) > 0 {
		hideUnparsed(src)
		return nil, d.render(d.errors, false)
	}
	parsed, diags := hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	body, ok := parsed.Body.(*hclsyntax.Body)
	if diags.HasErrors() || !ok {
		hideUnparsed(src)
		d.syntax(diags)
		return nil, d.render(d.errors, false)
	}
	file := &File{Path: path, settings: map[string]*settings{}}
	blankComments(src)
	src.tokens = nil // lives as long as the settings otherwise
	d.file(body, file)
	for _, check := range d.checks {
		check()
	}
	src.seal()
	file.Secrets, file.Read = d.secrets, d.read
	file.Config.Secrets = d.secrets
	file.Warnings = d.render(d.warnings, true)
	if err := d.render(d.errors, false).errorOrNil(); err != nil {
		return nil, err
	}
	return file, nil
}

// render turns what was found into diagnostics, with lines, without secrets.
func (d *decoder) render(all []found, warning bool) Diagnostics {
	all, more := tidy(all)
	d.src.seal()
	var out Diagnostics
	for _, f := range all {
		out = append(out, d.diagnostic(f, warning))
	}
	if more > 0 {
		out = append(out, Diagnostic{Warning: warning, File: d.src.name, Summary: fmt.Sprintf("%d more like these are not shown", more)})
	}
	return out
}

// maxDiagnostics bounds what one broken file can print.
const maxDiagnostics = 30

// tidy sorts by place, keeps the first of several at one place (the rest is noise that follows from it) and
// bounds the number; more is how many it left out.
func tidy(all []found) (kept []found, more int) {
	slices.SortStableFunc(all, func(a, b found) int { return a.at.Start.Byte - b.at.Start.Byte })
	kept = slices.CompactFunc(all, func(a, b found) bool { return a.at.Start == b.at.Start && a.at.Start.Line > 0 })
	if more = len(kept) - maxDiagnostics; more > 0 {
		return kept[:maxDiagnostics], more
	}
	return kept, 0
}

// clean takes secrets out of a text, also where they stand in a place nobody expected.
func (d *decoder) clean(text string) string {
	for _, s := range d.secrets {
		text = s.Redact(text)
	}
	return redactShapes(text)
}

// diagnostic renders one mistake. It changes nothing: hosts check the settings of many providers at once.
func (d *decoder) diagnostic(f found, warning bool) Diagnostic {
	out := Diagnostic{
		Warning: warning, File: d.src.name, Line: f.at.Start.Line, Column: f.at.Start.Column,
		Summary: d.clean(f.summary), Detail: d.clean(f.detail),
	}
	if f.at.Start.Line == 0 {
		return out
	}
	line, mark, length := d.src.around(f.at, d.secrets).snippet(f.at)
	if out.Snippet = d.clean(line); out.Snippet != line { // the places have moved
		mark, length = len(line)-len(bytes.TrimLeft([]byte(line), " ")), 1
	}
	out.Mark, out.MarkLen = mark, length
	return out
}
