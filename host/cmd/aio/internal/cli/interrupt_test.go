package cli

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// recorder is an output that tells when a text has been written to it.
type recorder struct {
	mu    sync.Mutex
	text  bytes.Buffer
	until string
	found chan struct{}
}

func newRecorder(until string) *recorder { return &recorder{until: until, found: make(chan struct{})} }

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := strings.Contains(r.text.String(), r.until)
	r.text.Write(p)
	if !before && strings.Contains(r.text.String(), r.until) {
		close(r.found)
	}
	return len(p), nil
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func noEnv(string) (string, bool) { return "", false }

// The simulator runs until the first interrupt and then lists what arrived.
func TestSimulateUntilInterrupted(t *testing.T) {
	t.Parallel()
	out, signals, code := newRecorder("Ctrl-C ends it."), make(chan os.Signal, 1), make(chan int, 1)
	go func() {
		code <- Run(context.Background(), Process{
			Args: []string{"simulate", "--ledger", "--key", "mine=secret-of-mine"}, Stdin: strings.NewReader(""), Stdout: out, Stderr: out,
			LookupEnv: noEnv, Interrupts: signals, Exit: func(int) {},
		})
	}()
	wait(t, out.found)
	base := regexp.MustCompile(`groq +(http://\S+)`).FindStringSubmatch(out.String())
	if base == nil {
		t.Fatalf("no address in %s", out)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base[1]+"/models", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer secret-of-mine")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	signals <- os.Interrupt
	select {
	case c := <-code:
		if c != exitOK {
			t.Errorf("exit code %d", c)
		}
	case <-time.After(time.Minute):
		t.Fatal("it did not end")
	}
	if !regexp.MustCompile(`1 +\S+ +groq +mine +200 +done`).MatchString(out.String()) {
		t.Errorf("the ledger is not told:\n%s", out)
	}
	if strings.Contains(out.String(), "secret-of-mine") {
		t.Errorf("the key is told:\n%s", out)
	}
}

func wait(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		t.Fatal("waited a minute in vain")
	}
}

// The first interrupt of an answer ends the answer, the next the command, the last the process.
func TestInterruptsInTurn(t *testing.T) {
	t.Parallel()
	signals, forced := make(chan os.Signal), make(chan int, 1)
	a := &app{Process: Process{Interrupts: signals, Exit: func(code int) { forced <- code }}}
	ctx, stop := a.interruptible(t.Context())
	defer stop()
	answer, done := a.answering(ctx)
	defer done()

	signals <- os.Interrupt
	wait(t, answer.Done())
	if ctx.Err() != nil {
		t.Fatal("the interrupt of an answer ended the command")
	}
	signals <- os.Interrupt
	wait(t, ctx.Done())
	if !errors.Is(context.Cause(ctx), errInterrupted) {
		t.Errorf("the command ended because of %v", context.Cause(ctx))
	}
	signals <- os.Interrupt
	if code := <-forced; code != exitForced {
		t.Errorf("forced exit with %d", code)
	}
}

// A request to terminate is no answer's business.
func TestTerminateEndsTheCommand(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal)
	a := &app{Process: Process{Interrupts: signals}}
	ctx, stop := a.interruptible(t.Context())
	defer stop()
	_, done := a.answering(ctx)
	defer done()
	signals <- syscall.SIGTERM
	wait(t, ctx.Done())
}
