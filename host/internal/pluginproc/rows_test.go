//go:build unix

package pluginproc

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/aio-llm/aio/internal/rows"
)

// actAsHost makes the test binary a host that starts plugins and waits to be killed; its value is the order,
// in JSON.
const actAsHost = "PLUGINPROC_TEST_HOST"

type hostOrder struct {
	Root, Dir string
	Plugins   []string
}

// actHost starts what it was ordered, says which processes these are, and waits.
func actHost() {
	var order hostOrder
	if err := json.Unmarshal([]byte(os.Getenv(actAsHost)), &order); err != nil {
		panic(err)
	}
	s, err := NewSpawner(order.Root)
	if err != nil {
		panic(err)
	}
	var pids []int
	for _, name := range order.Plugins {
		p, err := s.Start(context.Background(), spec(order.Dir, name))
		if err != nil {
			panic(err)
		}
		pids = append(pids, p.Pid())
	}
	if err := json.NewEncoder(os.Stdout).Encode(pids); err != nil {
		panic(err)
	}
	forever()
}

// No plugin outlives a host that was killed, be it by the lifeline alone or by the parent-death signal
// alone, and the next host removes the sockets.
func TestRow_P3_HostKilled(t *testing.T) {
	dir := install(t, "good", "deaf", "loose")
	root := shortDir(t)
	plugins := []string{"good", "loose"}
	if runtime.GOOS == "linux" {
		plugins = append(plugins, "deaf") // has nothing but the parent-death signal, which is Linux's
	}
	rounds := rows.Dose(2, 20)
	for range rounds {
		host, pids := startHost(t, hostOrder{Root: root, Dir: dir, Plugins: plugins})
		if len(leftovers(t, root)) == 0 {
			t.Fatal("the host has no directory, so nothing is tested")
		}
		if err := host.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for i, pid := range pids {
			eventually(t, "end of plugin "+plugins[i], func() bool { return !alive(pid) })
		}
		_ = host.Wait() // killed, as it should be
		s, err := NewSpawner(root)
		if err != nil {
			t.Fatal(err)
		}
		if left := leftovers(t, root); len(left) != 1 {
			t.Errorf("beside its own, the next host leaves %v", left)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if left := leftovers(t, root); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	rows.Report(t, "P3", fmt.Sprintf("%d hosts killed with -9", rounds), "no plugin outlives its host; the next host finds no stale socket", func() string {
		return fmt.Sprintf("%d plugins watched to their end", rounds*len(plugins))
	})
}

func startHost(t *testing.T, order hostOrder) (*exec.Cmd, []int) {
	t.Helper()
	value, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	host := exec.Command(self)
	host.Env = append(os.Environ(), actAsHost+"="+string(value))
	host.Stderr = os.Stderr
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = host.Process.Kill() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the host does not get ready: %v", err)
	}
	var pids []int
	if err := json.Unmarshal(line, &pids); err != nil {
		t.Fatal(err)
	}
	for i, pid := range pids {
		if !alive(pid) {
			t.Fatalf("plugin %s is not alive before the host is killed", order.Plugins[i])
		}
	}
	return host, pids
}

func leftovers(t *testing.T, root string) []string {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Bad binaries fail with a typed error and leave neither process nor descriptor, goroutine or file.
func TestRow_P7_BadBinaries(t *testing.T) {
	s := newSpawner(t)
	for _, bad := range badPlugins { // what is made once, such as the runtime's poller, is made now
		bad.check(t, s)
	}
	before := inUse(t)
	began := time.Now()
	rounds := rows.Dose(1, 200)
	for range rounds {
		for _, bad := range badPlugins {
			bad.check(t, s)
		}
	}
	t.Logf("%d failed starts in %s", rounds*len(badPlugins), time.Since(began))
	eventually(t, fmt.Sprintf("return to %+v (now %+v)", before, inUse(t)), func() bool {
		now := inUse(t)
		return now.files <= before.files && now.goroutines <= before.goroutines
	})
	if left := leftovers(t, s.dir.path); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if left := children(s); len(left) != 0 {
		t.Errorf("%d processes left", len(left))
	}
	rows.Report(t, "P7", fmt.Sprintf("%d bad binaries x%d", len(badPlugins), rounds), "a typed error each; nothing left: process, descriptor, goroutine, file", func() string {
		return fmt.Sprintf("%d failed starts in %s", rounds*len(badPlugins), time.Since(began).Round(time.Millisecond))
	})
}

type resources struct{ files, goroutines int }

func inUse(t testing.TB) resources {
	t.Helper()
	return resources{files: openCount(t), goroutines: runtime.NumGoroutine()}
}

func openCount(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
