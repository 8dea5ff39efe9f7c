package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/aio-llm/aio/sdk/simulator"
)

// At a terminal Ctrl-C ends the running answer, upstream too, and the conversation goes on.
func TestConversationAtTerminal(t *testing.T) {
	sim := simulator.New(simulator.Options{AnyKey: true, Script: simulator.Script{Rules: []simulator.Rule{{
		Match: simulator.Match{From: 2, To: 2}, Fault: simulator.Fault{Kind: simulator.FaultStall, After: 3},
	}}}})
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.hcl"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	outside, inside := openTerminal(t)
	aio := &exec.Cmd{
		Path: self, Args: []string{"aio", "chat", "-m", "openrouter/gemma"}, Dir: dir,
		Stdin: inside, Stdout: inside, Stderr: inside, SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true},
		Env: []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TERM=xterm", "PLUGINS=" + os.Getenv("AIO_TEST_PLUGINS"),
			"GROQ_URL=" + server.BaseURL(simulator.Groq), "OPENROUTER_URL=" + server.BaseURL(simulator.OpenRouter),
			"KEY_ONE=" + keyOne, "KEY_TWO=" + keyTwo, "KEY_MAIN=" + keyMain,
		},
	}
	if err := aio.Start(); err != nil {
		t.Fatal(err)
	}
	inside.Close()
	screen := watch(t, outside)

	screen.await("Ctrl-D ends it")
	screen.await("> ")
	screen.enter("hello\r")
	screen.await("echo: hello")
	screen.await("> ")
	screen.enter("count 50\r")
	screen.await("1 2")
	screen.enter("\x03")
	screen.await("(canceled)")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := sim.Ledger().Wait(ctx, 1, func(e simulator.Entry) bool { return e.ClientGone }); err != nil {
		t.Errorf("the upstream did not notice: %v", err)
	}
	screen.await("> ")
	screen.enter("\x1b[A\x15and now?\r") // up brings the last line back, Ctrl-U clears it
	screen.await("echo: and now?")
	screen.await("> ")
	screen.enter("\x04")
	if err := aio.Wait(); err != nil {
		t.Errorf("aio ended with %v; the screen:\n%s", err, screen)
	}
	if n := strings.Count(screen.String(), "count 50"); n < 2 {
		t.Errorf("the history did not bring the line back; the screen:\n%s", screen)
	}
}

// openTerminal returns both ends of a pseudo-terminal.
func openTerminal(t *testing.T) (outside, inside *os.File) {
	t.Helper()
	outside, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { outside.Close() })
	fd := int(outside.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if inside, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(inside.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 120}); err != nil {
		t.Fatal(err)
	}
	return outside, inside
}

// watched is what a terminal shows.
type watched struct {
	t  *testing.T
	to io.Writer

	mu      sync.Mutex
	text    bytes.Buffer
	seen    int // what was awaited ends here
	changed chan struct{}
}

func watch(t *testing.T, f *os.File) *watched {
	w := &watched{t: t, to: f, changed: make(chan struct{}, 1)}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := f.Read(buf)
			w.mu.Lock()
			w.text.Write(buf[:n])
			w.mu.Unlock()
			select {
			case w.changed <- struct{}{}:
			default:
			}
			if err != nil { // the other end is closed
				return
			}
		}
	}()
	return w
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// await waits until text shows after what was awaited before.
func (w *watched) await(text string) {
	w.t.Helper()
	limit := time.After(time.Minute)
	for {
		w.mu.Lock()
		i := strings.Index(w.text.String()[w.seen:], text)
		if i >= 0 {
			w.seen += i + len(text)
		}
		w.mu.Unlock()
		if i >= 0 {
			return
		}
		select {
		case <-w.changed:
		case <-limit:
			w.t.Fatalf("no %q on the screen:\n%s", text, w)
		}
	}
}

func (w *watched) enter(keys string) {
	w.t.Helper()
	if _, err := io.WriteString(w.to, keys); err != nil {
		w.t.Fatal(err)
	}
}
