package canary_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/internal/canary"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/sdktest"
)

func scanner(t *testing.T, canaries ...canary.Canary) *canary.Scanner {
	t.Helper()
	s, err := canary.NewScanner(canaries)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each form of each canary is found, told by its label, and the value is not told.
func TestPlantedCanariesAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range canary.List() {
		s := scanner(t, c)
		for form, text := range sdktest.Traces(c.Value.Reveal()) {
			want := !c.Whole || !strings.HasPrefix(form, "by its ")
			findings, _, err := s.Find("log", strings.NewReader("before it "+string(text)+" behind it"))
			if err != nil {
				t.Fatal(err)
			}
			var found bool
			for _, f := range findings {
				found = found || f.Form == form && f.Label == c.Label && f.Path == "log"
			}
			if found != want {
				t.Errorf("%s, %s: found is %t, want %t", c.Label, form, found, want)
			}
			if told := fmt.Sprint(findings); strings.Contains(told, c.Value.Reveal()) {
				t.Errorf("%s is told by its finding", c.Label)
			}
		}
	}
}

func TestTooShortACanary(t *testing.T) {
	t.Parallel()
	_, err := canary.NewScanner([]canary.Canary{{Label: "a word", Value: sdk.NewSecret("s3cr3t!")}})
	if err == nil || !strings.Contains(err.Error(), `"a word"`) || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("it is looked for: %v", err)
	}
}

// A large file is looked at in windows; what lies across two of them is found too, however the reads fall.
func TestFindAcrossWindows(t *testing.T) {
	t.Parallel()
	const window = 1 << 18
	s := scanner(t, canary.Of("a")...)
	value := canary.Value("a")
	for _, at := range []int{0, 1, window - len(value), window - 20, window - 1, window, 2*window - 7, 3*window - 1} {
		text := bytes.Repeat([]byte{'.'}, at)
		text = append(text, value...)
		for name, r := range map[string]io.Reader{"whole": bytes.NewReader(text), "halves": iotest.HalfReader(bytes.NewReader(text)), "end with data": iotest.DataErrReader(bytes.NewReader(text))} {
			findings, size, err := s.Find("f", r)
			if err != nil || size != int64(len(text)) || len(findings) != 3 { // as it is, and both ends
				t.Errorf("at %d, %s: %d of %d bytes, %v, %v", at, name, size, len(text), findings, err)
			}
		}
	}
	if _, _, err := s.Find("f", iotest.ErrReader(errors.New("broken"))); err == nil {
		t.Error("a broken file is no error")
	}
}

// Folders are scanned with hidden files, names and links; nothing in them is opened that could block, and nothing
// is passed over in silence.
func TestPaths(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "scan") //nolint:usetesting // its path would be too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := scanner(t, canary.Of("a", "b")...)
	write(t, filepath.Join(dir, "clean", ".hidden"), "nothing")
	log := write(t, filepath.Join(dir, "log"), "nothing either")
	l, err := net.Listen("unix", filepath.Join(dir, "s.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got, err := s.Paths(filepath.Join(dir, "clean"), log, filepath.Join(dir, "s.sock"))
	if diff := cmp.Diff(canary.Result{Files: 2, Bytes: 21, Unread: []string{filepath.Join(dir, "s.sock")}}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}

	head := canary.Value("b")[:8]
	write(t, filepath.Join(dir, ".deep", "er", ".x"), "k="+canary.Value("a")[28:])
	write(t, filepath.Join(dir, head, "file"), "nothing")
	if err := os.Symlink("/nowhere/"+head, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	got, err = s.Paths(dir, filepath.Join(dir, "absent", head))
	want := []canary.Finding{
		{Path: filepath.Join(dir, ".deep", "er", ".x"), Label: "a", Form: "by its last characters"},
		{Path: filepath.Join(dir, "[redacted]") + " (its name)", Label: "b", Form: "by its first characters"},
		{Path: filepath.Join(dir, "link") + " (where it points)", Label: "b", Form: "by its first characters"},
	}
	if diff := cmp.Diff(want, got.Findings); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), head) {
		t.Errorf("what is not there: %v", err)
	}
}
