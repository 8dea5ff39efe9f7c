//go:build unix

package pluginproc

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lockedDir makes a new directory and locks it. Another host may sweep it away between the two steps; the
// next try then gets a new one.
func lockedDir(root, pattern string) (string, *os.File, error) {
	for {
		path, err := os.MkdirTemp(root, pattern)
		if err != nil {
			return "", nil, err
		}
		dir, err := openDir(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		if err := unix.Flock(int(dir.Fd()), unix.LOCK_EX); err != nil {
			_ = dir.Close()
			return "", nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
		if stillThere(path, dir) {
			return path, dir, nil
		}
		_ = dir.Close()
	}
}

// removeIfDead removes a host's directory unless that host lives, that is holds its lock.
func removeIfDead(path string) {
	dir, err := openDir(path)
	if err != nil {
		return
	}
	defer dir.Close() // only locked
	if !ours(dir) || unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return
	}
	if stillThere(path, dir) {
		_ = os.RemoveAll(path)
	}
}

func openDir(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
}

func ours(dir *os.File) bool {
	info, err := dir.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

func stillThere(path string, dir *os.File) bool {
	held, err := dir.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(held, named)
}
