package demo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A demo that cannot run its plugins fails, says at which step, and leaves nothing behind.
func TestRunWithoutPlugins(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	var out bytes.Buffer
	err := Run(t.Context(), Options{Out: &out, Plugins: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "step 1") || !strings.Contains(err.Error(), "aio-provider-groq") {
		t.Errorf("error %v, want one about step 1 and the missing binary", err)
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRunCanceled(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if err := Run(ctx, Options{Out: &bytes.Buffer{}, Plugins: t.TempDir()}); err == nil {
		t.Error("a demo that was canceled succeeded")
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// One check that does not hold makes the whole demo fail.
func TestVerdict(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	good := &teller{out: &out}
	good.check(true, "the sky is blue")
	if err := good.verdict(); err != nil {
		t.Errorf("verdict %v", err)
	}
	bad := &teller{out: &out, color: true}
	bad.check(true, "the sky is blue")
	bad.check(false, "grass is %s", "red")
	err := bad.verdict()
	if err == nil || err.Error() != "not as it should be: grass is red" {
		t.Errorf("verdict %v", err)
	}
	for _, want := range []string{"[ok] the sky is blue", "All 1 checks hold.", "[FAILED]", "1 of 2 checks failed."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
