package cli

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

// misuse is a mistake in the arguments or the configuration.
type misuse struct {
	err error
	// hint is the way out; it may be empty.
	hint string
}

func (m *misuse) Error() string { return m.err.Error() }
func (m *misuse) Unwrap() error { return m.err }

// misused marks err as a mistake in the arguments of c; nil stays nil.
func misused(c *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	return &misuse{err: err, hint: "Run " + c.CommandPath() + " --help to see how it is used."}
}

func misusef(hint, format string, args ...any) error {
	return &misuse{err: fmt.Errorf(format, args...), hint: hint}
}

// told is an error that has been printed already.
type told struct{ error }

func (t told) Unwrap() error { return t.error }

// report prints what went wrong and returns the exit code.
func (a *app) report(err error) int {
	if err == nil {
		return exitOK
	}
	var printed told
	if !errors.As(err, &printed) && !errors.Is(err, syscall.EPIPE) { // whoever read us has had enough
		for _, e := range branches(err) {
			a.print(e)
		}
	}
	return exitCode(err)
}

// branches are the errors that were joined, each printed by itself. An error that wraps a joined one has words
// of its own and stays whole.
func branches(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, branches(e)...)
	}
	return out
}

func (a *app) print(err error) {
	hint := hintFor(err)
	var diagnostics hclconfig.Diagnostics
	var diagnostic hclconfig.Diagnostic
	if !errors.As(err, &diagnostics) && !errors.As(err, &diagnostic) {
		err = errors.New(harmless(err.Error()))
	}
	_ = hclconfig.WriteDiagnostics(a.err, err, a.err.color, a.err.width())
	if hint != "" {
		a.err.say("\n  %s", hint)
	}
}

// hintFor is the way out of an error that does not say it itself.
func hintFor(err error) string {
	var m *misuse
	if errors.As(err, &m) {
		return m.hint
	}
	var e *host.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Kind {
	case sdk.KindNoTarget:
		return "aio models lists what is configured."
	case sdk.KindKeysExhausted, sdk.KindRateMinute, sdk.KindRateDay:
		if e.RetryAfter > 0 {
			return fmt.Sprintf("Try again in %s, or add keys or targets; aio keys shows the ones there are.", rounded(e.RetryAfter))
		}
		return "Add keys or targets; aio keys shows the keys there are."
	case sdk.KindAuthInvalid, sdk.KindNoCredit, sdk.KindForbidden:
		return "Check the key and its account with the provider; aio keys shows which one it was."
	case sdk.KindUnsupported, sdk.KindTooLong:
		return "Choose another model; aio route explain shows what each target can do."
	case sdk.KindTimeout:
		return "Give it more time with --timeout, or in the timeouts block of the configuration."
	case sdk.KindNetwork:
		return "Check the connection, the proxy and base_url in the provider's settings."
	case sdk.KindModelGone:
		return "Correct the model's id in the configuration; aio doctor names the nearest that exist."
	case sdk.KindOverloaded, sdk.KindServerError, sdk.KindBadReply, sdk.KindBrokenStream:
		return "Try again, or add another target: --route takes a list of them, as the configuration says."
	case sdk.KindPluginDown:
		return "aio plugins --start shows what is wrong with it."
	default:
		return ""
	}
}

// exitCode tells a mistake of the caller from one of the world.
func exitCode(err error) int {
	var m *misuse
	var diagnostics hclconfig.Diagnostics
	var diagnostic hclconfig.Diagnostic
	var config *host.ConfigError
	var notFound *hclconfig.NotFoundError
	var settings *sdk.SettingsError
	switch {
	case errors.As(err, &m), errors.As(err, &diagnostics), errors.As(err, &diagnostic), errors.As(err, &config),
		errors.As(err, &notFound), errors.As(err, &settings):
		return exitMisused
	}
	var e *host.Error
	if errors.As(err, &e) && (e.Trail == nil || len(e.Trail.Attempts) == 0) {
		switch e.Kind {
		case sdk.KindNoTarget, sdk.KindBadRequest, sdk.KindUnsupported:
			return exitMisused
		default:
		}
	}
	return exitFailed
}

// rounded is a duration as people say it.
func rounded(d time.Duration) time.Duration {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second)
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond)
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(100 * time.Microsecond)
	default:
		return d.Round(time.Microsecond)
	}
}
