package pluginproc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/status"

	"github.com/aio-llm/aio/sdk"
)

// explain turns a failed start into plain words, from what the process did rather than from go-plugin's
// text, which guesses. The process has ended.
func (l *launch) explain(ctx context.Context, err error) error {
	var refused *sdk.SettingsError
	if errors.As(err, &refused) {
		return err
	}
	e := l.diagnose(ctx, err)
	e.Plugin, e.Path, e.Err = l.binary.Plugin, l.binary.Path, err
	if e.Stderr = l.child.lastStderr(); e.Hint == "" && e.Cause.toldByPlugin() {
		e.Hint = "see what it wrote to standard error"
		if len(e.Stderr) == 0 {
			e.Hint = "it wrote nothing to standard error that says why: ask its author"
		}
	}
	return e
}

func (l *launch) diagnose(ctx context.Context, err error) *StartError {
	line, note := l.child.stdout.line(), l.child.endedByItself()
	var exec *fs.PathError
	switch {
	case errors.Is(context.Cause(ctx), errStartTimeout):
		return l.late(line)
	case ctx.Err() != nil, errors.Is(err, ErrClosed):
		return &StartError{Cause: CauseCanceled, Detail: "its start was called off: " + err.Error()}
	case l.child.pid() == 0 && errors.As(err, &exec) && exec.Op == "fork/exec":
		return explainExec(l.binary.Path, err)
	case l.child.pid() == 0:
		return systemError(l.binary, err)
	case errors.Is(err, errIdentity):
		name := quoteOdd(l.process.description.Name)
		return &StartError{Cause: CauseIdentity, Detail: "the binary says it is " + name, Hint: "name the file " + prefix + name}
	case len(line) > 0 && !parseHandshake(line).ok():
		return l.badHandshake(line)
	case note != "":
		return l.exited(note, len(line) > 0)
	case errors.Is(err, errAddress):
		return &StartError{
			Cause: CauseProtocol, Detail: shown(err.Error(), l.child.stderr.redact),
			Hint: "it must listen on a socket in the directory PLUGIN_UNIX_SOCKET_DIR names, or on the loopback interface",
		}
	case len(line) > 0:
		return &StartError{Cause: CauseRefused, Detail: "does not answer as a plugin should: " + shown(whole(err), l.child.stderr.redact)}
	default:
		return &StartError{Cause: CauseNotPlugin, Detail: "closed its standard output without a handshake", Hint: notOurs}
	}
}

// whole is err with what the transport said of it, which names sockets and is kept from callers.
func whole(err error) string {
	var e *sdk.Error
	if errors.As(err, &e) && e.Kind == sdk.KindPluginDown && e.Cause != nil {
		return err.Error() + ": " + status.Convert(e.Cause).Message()
	}
	return err.Error()
}

const notOurs = "is this an aio provider plugin?"

func (l *launch) late(line []byte) *StartError {
	phase := "it wrote no handshake to standard output"
	if len(line) > 0 {
		phase = "it does not answer the host's calls"
	}
	return &StartError{
		Cause: CauseTimeout, Detail: fmt.Sprintf("not ready within %s: %s", l.timeout, phase),
		Hint: "a plugin must not wait for its upstream at start; a slow machine needs a longer start timeout",
	}
}

// exited explains a process that left before it was ready.
func (l *launch) exited(note string, shook bool) *StartError {
	said := strings.Join(l.child.lastStderr(), "\n")
	switch {
	case strings.Contains(said, "error while loading shared libraries"), strings.Contains(said, "Library not loaded"):
		return &StartError{
			Cause: CauseLibrary, Detail: "a shared library it needs is missing",
			Hint: "install the library, or build the plugin statically (CGO_ENABLED=0)",
		}
	case !shook && (strings.Contains(said, "This binary is a plugin.") || strings.Contains(said, "not by hand")):
		return &StartError{
			Cause: CauseNotPlugin, Detail: "a plugin, but not for this host: it does not know the host's handshake cookie",
			Hint: "rebuild it with this host's SDK",
		}
	case shook:
		return &StartError{Cause: CauseExited, Detail: "ended right after its handshake: " + note}
	default:
		return &StartError{Cause: CauseExited, Detail: "ended before its handshake: " + note}
	}
}

// badHandshake explains a first line that is no handshake with this host.
func (l *launch) badHandshake(line []byte) *StartError {
	h := parseHandshake(line)
	switch {
	case !h.looksRight:
		return &StartError{
			Cause:  CauseNotPlugin,
			Detail: fmt.Sprintf("wrote %q to standard output instead of the handshake", clip(shown(string(line), l.child.stderr.redact), maxWords)),
			Hint:   notOurs + " It must write nothing else there",
		}
	case h.core != coreProtocol:
		return &StartError{
			Cause: CauseProtocol, Detail: fmt.Sprintf("speaks version %s of go-plugin's handshake, this host speaks %s", h.core, coreProtocol),
			Hint: "rebuild it with this host's SDK",
		}
	case !h.versionKnown():
		return &StartError{
			Cause: CauseProtocol, Detail: fmt.Sprintf("speaks contract version %s, this host speaks %s", h.version, hostVersions()),
			Hint: "update the older of the two",
		}
	default:
		return &StartError{
			Cause: CauseProtocol, Detail: fmt.Sprintf("speaks %q, this host speaks grpc", h.transport),
			Hint: "rebuild it with this host's SDK",
		}
	}
}

// handshake is go-plugin's first line: core|version|network|address|transport|certificate.
type handshake struct {
	looksRight               bool
	core, version, transport string
}

const coreProtocol = "1"

func parseHandshake(line []byte) handshake {
	f := strings.Split(string(bytes.TrimSpace(line)), "|")
	if len(f) < 4 || !isNumber(f[0]) || !isNumber(f[1]) {
		return handshake{}
	}
	h := handshake{looksRight: true, core: f[0], version: f[1], transport: "netrpc"} // what go-plugin takes an absent field for
	if len(f) > 4 {
		h.transport = clip(escape(f[4]), maxFieldName)
	}
	return h
}

func (h handshake) ok() bool {
	return h.looksRight && h.core == coreProtocol && h.versionKnown() && h.transport == "grpc"
}

func (h handshake) versionKnown() bool {
	version, err := strconv.Atoi(h.version)
	_, known := sdk.VersionedPlugins()[version]
	return err == nil && known
}

func isNumber(s string) bool {
	return len(s) > 0 && len(s) < 10 && strings.Trim(s, "0123456789") == ""
}

func hostVersions() string {
	var versions []int
	for v := range sdk.VersionedPlugins() {
		versions = append(versions, v)
	}
	slices.Sort(versions)
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(versions), " ", ", "), "[]")
}

func systemError(b Binary, err error) *StartError {
	return &StartError{
		Plugin: b.Plugin, Path: b.Path, Cause: CauseSystem, Detail: "the system cannot start it: " + err.Error(), Err: err,
		Hint: "is the disk full, or the limit of processes or open files reached?",
	}
}
