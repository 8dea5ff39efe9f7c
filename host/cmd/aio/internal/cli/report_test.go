package cli

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func TestReport(t *testing.T) {
	t.Parallel()
	tried := &host.Trail{Attempts: []host.Attempt{{Provider: "p", Model: "m", Kind: sdk.KindAuthInvalid}}}
	for _, tt := range []struct {
		name string
		err  error
		code int
		text string
	}{
		{name: "nothing", code: 0},
		{name: "misuse", err: misusef("Do this.", "that is wrong"), code: 2, text: "error: that is wrong\n\n  Do this.\n"},
		{
			name: "a mistake in the file", err: hclconfig.Diagnostics{{File: "c.hcl", Line: 1, Column: 2, Summary: "bad", Detail: "Mend it."}}, code: 2,
			text: "error: c.hcl:1:2: bad\n\n  Mend it.\n",
		},
		{name: "no file", err: fmt.Errorf("open: %w", &hclconfig.NotFoundError{Looked: []string{"a"}}), code: 2, text: "error: open: no configuration file: looked for a; run aio init to write one, or name one with --config or AIO_CONFIG\n"},
		{name: "unknown model", err: &host.Error{Kind: sdk.KindNoTarget, Message: "unknown"}, code: 2, text: "error: no_target: unknown\n\n  aio models lists what is configured.\n"},
		{name: "refused request", err: &host.Error{Kind: sdk.KindBadRequest, Message: "no", Trail: tried}, code: 1, text: "error: bad_request: no (tried p/m auth_invalid)\n"},
		{
			name: "limited", err: &host.Error{Kind: sdk.KindKeysExhausted, Message: "all rest", RetryAfter: 90 * time.Second}, code: 1,
			text: "error: keys_exhausted: all rest\n\n  Try again in 1m30s, or add keys or targets; aio keys shows the ones there are.\n",
		},
		{
			name: "several", err: errors.Join(errors.New("one"), errors.Join(errors.New("two"), hclconfig.Diagnostic{File: "c", Summary: "three"})), code: 2,
			text: "error: one\nerror: two\nerror: c: three\n",
		},
		{name: "an upstream that plays with the terminal", err: errors.New("\x1b[2Jgone\x07"), code: 1, text: "error: [2Jgone\n"},
		{name: "a reader that is gone", err: fmt.Errorf("write: %w", syscall.EPIPE), code: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			a := &app{err: &screen{Writer: &out}}
			if code := a.report(tt.err); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if diff := cmp.Diff(tt.text, out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every kind of failure has a way out, or is one where the message must do.
func TestEveryKindHasAHint(t *testing.T) {
	t.Parallel()
	none := map[sdk.Kind]bool{
		sdk.KindUnknown: true, sdk.KindCanceled: true, sdk.KindInternal: true, sdk.KindBadRequest: true, sdk.KindBlocked: true,
		sdk.KindGenFailed: true, sdk.KindLimitLocal: true, sdk.KindStateUnavailable: true,
	}
	for _, kind := range sdk.Kinds() {
		if hint := hintFor(&host.Error{Kind: kind}); (hint == "") != none[kind] || strings.Contains(hint, "\n") {
			t.Errorf("%s: hint %q", kind, hint)
		}
	}
}
