package pluginproc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrClosed is what a closed Spawner or Supervisor answers.
var ErrClosed = errors.New("plugins are shut down")

// Cause says in one word why a plugin could not be started.
type Cause string

// The causes. The first group is found without running anything.
const (
	CauseName          Cause = "name"           // not a plugin name
	CauseMissing       Cause = "missing"        // no such binary or directory
	CauseSymlink       Cause = "symlink"        // a symbolic link, which may lead anywhere
	CauseNotFile       Cause = "not_file"       // a directory, FIFO, socket or device
	CauseOwner         Cause = "owner"          // it, or a directory above it, belongs to somebody else
	CauseMode          Cause = "mode"           // it, or a directory above it, can be written by others
	CauseSetuid        Cause = "setuid"         // it would run with other rights
	CauseNotExecutable Cause = "not_executable" // no execute permission
	CauseUnreadable    Cause = "unreadable"     // cannot be opened

	CauseFormat    Cause = "format"       // the system cannot execute it: empty, text, damaged
	CauseArch      Cause = "architecture" // built for another machine
	CauseLibrary   Cause = "library"      // a shared library or interpreter is missing
	CauseExited    Cause = "exited"       // ended before it was ready
	CauseNotPlugin Cause = "not_plugin"   // no aio plugin
	CauseProtocol  Cause = "protocol"     // speaks no contract version of this host
	CauseTimeout   Cause = "timeout"      // not ready in time
	CauseIdentity  Cause = "identity"     // says it is another plugin than its file name does
	CauseRefused   Cause = "refused"      // answered the host's first calls with an error
	CauseSystem    Cause = "system"       // the system has no process, descriptor or directory left for it
	CauseCanceled  Cause = "canceled"     // the caller or Close gave up
)

// toldByPlugin says that the plugin's own last words are likely to explain the cause.
func (c Cause) toldByPlugin() bool {
	return c == CauseExited || c == CauseLibrary || c == CauseTimeout || c == CauseRefused
}

// StartError is why a plugin could not be started. Its text names the plugin, the cause and the way out.
type StartError struct {
	// Plugin is the plugin's name, Path the file or directory at fault.
	Plugin string
	Path   string
	Cause  Cause
	// Detail is the cause in words, Hint what to do about it.
	Detail string
	Hint   string
	// Stderr is the last the process wrote, redacted and escaped; nil when it never ran.
	Stderr []string
	Err    error
}

// Error implements error.
func (e *StartError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "plugin %s: %s", quoteOdd(e.Plugin), e.Detail)
	if e.Cause.toldByPlugin() {
		b.WriteString(lastWords(e.Stderr))
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the underlying error.
func (e *StartError) Unwrap() error { return e.Err }

// maxWords bounds, in bytes, what an error's one line quotes of a plugin.
const maxWords = 200

func lastWords(stderr []string) string {
	for _, line := range slices.Backward(stderr) {
		if !chatter(line) {
			return fmt.Sprintf(" (its last words: %s)", clip(line, maxWords))
		}
	}
	return ""
}

// ExitError is the end of a process that had been ready.
type ExitError struct {
	Plugin string
	// Note is how it ended, e.g. "exit status 3" or "signal: killed (no answer to health checks)".
	Note   string
	Stderr []string
}

// Error implements error.
func (e *ExitError) Error() string {
	return fmt.Sprintf("plugin %s died: %s%s", e.Plugin, e.Note, lastWords(e.Stderr))
}

// BackoffError says that a plugin is down and resting before its next start.
type BackoffError struct {
	// Provider is the provider block's name.
	Provider string
	// Next is the time of the next start, Wait how long that was away when the error was made.
	Next time.Time
	Wait time.Duration
	// Err is the last cause: a *StartError, *ExitError or *sdk.SettingsError.
	Err error
}

// Error implements error.
func (e *BackoffError) Error() string {
	return fmt.Sprintf("provider %s is down, next start in %s: %v", e.Provider, e.Wait.Round(100*time.Millisecond), e.Err)
}

// Unwrap returns the last cause.
func (e *BackoffError) Unwrap() error { return e.Err }

// Stderr returns the last lines of the process that failed; nil when there are none.
func (e *BackoffError) Stderr() []string { return stderrOf(e.Err) }

func stderrOf(err error) []string {
	var start *StartError
	if errors.As(err, &start) {
		return start.Stderr
	}
	var exit *ExitError
	if errors.As(err, &exit) {
		return exit.Stderr
	}
	return nil
}
