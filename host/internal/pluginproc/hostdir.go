package pluginproc

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
)

// maxSocketPath is the longest path of a socket: the kernel takes 107 bytes on Linux, 103 on macOS.
const maxSocketPath = 100

// longestBelow is the longest a socket's path gets below a root: host directory, process directory, and
// the name go-plugin makes up.
const longestBelow = len("/aio-4194304-4294967295") + len("/9999999") + len("/plugin4294967295")

// hostDir holds one host's directories, one for each plugin process, as long as the host lives. A lock on
// it, which the kernel lifts when the host dies, tells a live one from a leftover.
type hostDir struct {
	path string
	lock *os.File
	last atomic.Int64
}

var leftover = regexp.MustCompile(`^aio-[0-9]+-[0-9]+$`)

// newHostDir makes a private directory under root, or where one is usual when root is empty or its path too
// long for sockets, and removes those of hosts that are gone.
func newHostDir(root string) (*hostDir, error) {
	candidates := []string{root, os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"}
	if root != "" {
		candidates = []string{root, "/tmp"}
		if err := os.MkdirAll(root, 0o700); err != nil {
			return nil, fmt.Errorf("make the socket directory: %w", err)
		}
	}
	var problem error
	for _, c := range candidates {
		if c == "" {
			continue
		}
		d, err := tryHostDir(c)
		if err == nil {
			return d, nil
		}
		if problem == nil {
			problem = err
		}
	}
	return nil, fmt.Errorf("no place for plugin sockets: %w", problem)
}

func tryHostDir(root string) (*hostDir, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return nil, err
	}
	if len(real)+longestBelow > maxSocketPath {
		return nil, fmt.Errorf("%s is too long: a socket's path may have %d bytes, %d of them here", real, maxSocketPath, maxSocketPath-longestBelow)
	}
	if err := trustedDir(real, true); err != nil {
		return nil, err
	}
	sweep(real)
	path, lock, err := lockedDir(real, "aio-"+strconv.Itoa(os.Getpid())+"-*")
	if err != nil {
		return nil, err
	}
	return &hostDir{path: path, lock: lock}, nil
}

// make returns a new directory for one process.
func (d *hostDir) make() (string, error) {
	path := filepath.Join(d.path, strconv.FormatInt(d.last.Add(1), 10))
	return path, os.Mkdir(path, 0o700)
}

// close removes the directory with all that is left in it.
func (d *hostDir) close() error {
	err := os.RemoveAll(d.path)
	if d.lock != nil {
		_ = d.lock.Close() // lifts the lock; nothing was written
	}
	return err
}

// sweep removes directories of hosts that are gone. What it cannot remove it leaves: it costs little.
func sweep(root string) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && leftover.MatchString(e.Name()) {
			removeIfDead(filepath.Join(root, e.Name()))
		}
	}
}
