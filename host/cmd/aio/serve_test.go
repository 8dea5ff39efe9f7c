package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/aio-llm/aio/internal/rows"
)

// patience bounds every wait of a script.
const patience = time.Minute

// clientOf talks to a server on a unix socket; the path may be a pattern.
func clientOf(ts *testscript.TestScript, socket string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		found, err := filepath.Glob(ts.MkAbs(socket))
		if err != nil || len(found) != 1 {
			return nil, fmt.Errorf("%d sockets at %s", len(found), socket)
		}
		return (&net.Dialer{}).DialContext(ctx, "unix", found[0])
	}}}
}

// request reads: [header=value ...] SOCKET METHOD PATH [BODY-FILE]. The value of a header may be @FILE.
func request(ctx context.Context, ts *testscript.TestScript, args []string) (*http.Response, error) {
	header := http.Header{}
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		if file, ok := strings.CutPrefix(value, "@"); ok {
			value = "Bearer " + strings.TrimSpace(ts.ReadFile(file))
		}
		header.Set(name, value)
		args = args[1:]
	}
	if len(args) < 3 {
		ts.Fatalf("want: [header=value ...] SOCKET METHOD PATH [BODY]")
	}
	var body io.Reader
	if len(args) > 3 {
		body = strings.NewReader(ts.ReadFile(args[3]))
		header.Set("Content-Type", "application/json")
	}
	r, err := http.NewRequestWithContext(ctx, args[1], "http://localhost"+args[2], body)
	if err != nil {
		return nil, err
	}
	r.Header = header
	return clientOf(ts, args[0]).Do(r)
}

// ask makes a request whose status must be STATUS, and prints the answer: ask STATUS request...
func askCommand(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	reply, err := request(ctx, ts, args[1:])
	ts.Check(err)
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), string(text))
	if strconv.Itoa(reply.StatusCode) != args[0] {
		ts.Fatalf("status %d, want %s: %s", reply.StatusCode, args[0], text)
	}
}

// until repeats a request until its status is STATUS and its answer matches PATTERN: until STATUS PATTERN request...
func until(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pattern := regexp.MustCompile(args[1])
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last string
	for {
		reply, err := request(ctx, ts, args[2:])
		if err != nil {
			last = err.Error()
		} else {
			text, _ := io.ReadAll(reply.Body)
			reply.Body.Close()
			if strconv.Itoa(reply.StatusCode) == args[0] && pattern.Match(text) {
				fmt.Fprintln(ts.Stdout(), string(text))
				return
			}
			last = reply.Status + " " + string(text)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			ts.Fatalf("not within %s; last: %s", patience, last)
		}
	}
}

type streamsKey struct{}

// streams are the answers a script reads on the side, by name.
type streams struct {
	mu    sync.Mutex
	named map[string]*sideStream
}

type sideStream struct {
	leave context.CancelFunc
	ended chan struct{}
	text  bytes.Buffer
}

// stream begins to read an answer on the side, and goes on when its first event is there: stream NAME request...
func streamCommand(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	reply, err := request(ctx, ts, args[1:])
	if err != nil {
		cancel()
		ts.Fatalf("%v", err)
	}
	in := bufio.NewReader(reply.Body)
	s := &sideStream{leave: cancel, ended: make(chan struct{})}
	for {
		line, err := in.ReadString('\n')
		ts.Check(err)
		s.text.WriteString(line)
		if strings.HasPrefix(line, "data:") {
			break
		}
	}
	all := ts.Value(streamsKey{}).(*streams)
	all.mu.Lock()
	all.named[args[0]] = s
	all.mu.Unlock()
	go func() {
		defer close(s.ended)
		defer cancel()
		defer reply.Body.Close()
		if _, err := io.Copy(&s.text, in); err != nil {
			fmt.Fprintln(&s.text, "BROKEN OFF:", err)
		}
	}()
}

// rest waits for the end of a stream and prints all of it: rest NAME
func rest(ts *testscript.TestScript, _ bool, args []string) {
	all := ts.Value(streamsKey{}).(*streams)
	all.mu.Lock()
	s := all.named[args[0]]
	all.mu.Unlock()
	select {
	case <-s.ended:
		fmt.Fprint(ts.Stdout(), s.text.String())
	case <-time.After(patience):
		ts.Fatalf("stream %s did not end within %s", args[0], patience)
	}
}

// put replaces a file by renaming another: put NEW OLD
func put(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Rename(ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

// signalCommand sends a signal to the aio serve behind an admin socket: signal NAME [header=value ...] SOCKET
func signalCommand(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	reply, err := request(ctx, ts, append(slices.Clone(args[1:]), "GET", "/status"))
	ts.Check(err)
	defer reply.Body.Close()
	var status struct{ Gateway struct{ Pid int } }
	ts.Check(json.NewDecoder(reply.Body).Decode(&status))
	process, err := os.FindProcess(status.Gateway.Pid)
	ts.Check(err)
	ts.Check(process.Signal(signalNamed(args[0])))
}

func signalNamed(name string) os.Signal {
	return map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "QUIT": syscall.SIGQUIT}[name]
}

// hygiene looks at the processes a status tells of, as anybody can: hygiene STATUS-FILE
func hygiene(ts *testscript.TestScript, _ bool, args []string) {
	pids := map[string]bool{}
	for _, m := range regexp.MustCompile(`"pid": (\d+)`).FindAllStringSubmatch(ts.ReadFile(args[0]), -1) {
		pids[m[1]] = true
	}
	if len(pids) != 3 {
		ts.Fatalf("want aio serve and two plugins, have %v", pids)
	}
	core := regexp.MustCompile(`Max core file size +0 +0 `)
	for pid := range pids {
		limits, err := os.ReadFile("/proc/" + pid + "/limits")
		ts.Check(err)
		line, err := os.ReadFile("/proc/" + pid + "/cmdline")
		ts.Check(errors.Join(err, noSecret("/proc/"+pid+"/cmdline", string(line))))
		if !core.Match(limits) {
			ts.Fatalf("process %s may write cores:\n%s", pid, limits)
		}
		fmt.Fprintf(ts.Stdout(), "%s no cores\n", strings.ReplaceAll(string(line), "\x00", " "))
	}
}

func noSecret(where, text string) error {
	for _, part := range []string{keyOne[4:], keyTwo[4:], keyMain[6:], "canary"} {
		if strings.Contains(text, part) {
			return fmt.Errorf("%s holds a secret: %q", where, part)
		}
	}
	return nil
}

func TestRow_X15_NothingLeaksByTheProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/limits"); err != nil {
		t.Log("no /proc here: what processes show cannot be seen")
		return
	}
	testscript.Run(t, testscript.Params{
		Files: []string{"testdata/rows/x15.txtar"}, RequireUniqueNames: true, RequireExplicitExec: true, Setup: setup, Cmds: commands(),
	})
	rows.Report(t, "X15", "aio serve with two plugins, ended by SIGQUIT", "no core file, no secret in any argument list or stack trace", func() string { return "3 processes" })
}
