//go:build unix

package pluginproc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

const writableByOthers = 0o022

// trustedFile checks the file itself, by an open descriptor, so that what is looked at is one file.
func trustedFile(path string) error {
	// Without O_NONBLOCK opening a FIFO waits for a writer.
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	switch {
	case errors.Is(err, unix.ELOOP):
		return &StartError{
			Path: path, Cause: CauseSymlink, Detail: path + " is a symbolic link", Err: err,
			Hint: "put the binary itself into the plugin directory",
		}
	case errors.Is(err, unix.ENXIO): // a socket
		return notFile(path, fs.ModeSocket)
	case err != nil:
		return unreachable(path, err)
	}
	defer f.Close() // only read
	info, err := f.Stat()
	if err != nil {
		return unreachable(path, err)
	}
	mode := info.Mode()
	switch {
	case !mode.IsRegular():
		return notFile(path, mode)
	case mode&(fs.ModeSetuid|fs.ModeSetgid) != 0:
		return &StartError{
			Path: path, Cause: CauseSetuid, Detail: path + " is setuid or setgid",
			Hint: "chmod ug-s it",
		}
	}
	if err := trustedInfo(path, info, false); err != nil {
		return err
	}
	if mode.Perm()&0o111 == 0 {
		return &StartError{
			Path: path, Cause: CauseNotExecutable, Detail: path + " is not executable",
			Hint: "chmod u+x it",
		}
	}
	return nil
}

// trustedDir checks dir and every directory above it: who can rename one of them can swap all below. A
// sticky directory such as /tmp is fine above dir, since there only a file's owner can rename it; dir itself
// may be one if it is shared.
func trustedDir(dir string, shared bool) error {
	for path := dir; ; path = filepath.Dir(path) {
		info, err := os.Lstat(path)
		if err != nil {
			return unreachable(path, err)
		}
		if !info.IsDir() {
			return &StartError{
				Path: path, Cause: CauseNotFile, Detail: path + " is not a directory",
				Hint: "correct the plugin directory",
			}
		}
		if err := trustedInfo(path, info, shared || path != dir); err != nil {
			return err
		}
		if path == filepath.Dir(path) {
			return nil
		}
	}
}

func trustedInfo(path string, info fs.FileInfo, stickyOK bool) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return &StartError{Path: path, Cause: CauseOwner, Detail: "the owner of " + path + " is unknown"}
	}
	return judge(path, info.Mode(), int(stat.Uid), os.Geteuid(), privateGroup(stat.Gid), stickyOK)
}

// judge decides on an owner and a mode: only root and we may own, and nobody else may write.
func judge(path string, mode fs.FileMode, owner, we int, private, stickyOK bool) error {
	if owner != 0 && owner != we {
		return &StartError{
			Path: path, Cause: CauseOwner, Detail: fmt.Sprintf("%s belongs to user %d, who could replace the plugin", path, owner),
			Hint: fmt.Sprintf("chown it to user %d or root", we),
		}
	}
	writable := mode.Perm() & writableByOthers
	if private {
		writable &^= 0o020
	}
	if writable != 0 && (!stickyOK || mode&fs.ModeSticky == 0) {
		return &StartError{
			Path: path, Cause: CauseMode, Detail: fmt.Sprintf("%s can be written by others (mode %04o)", path, mode.Perm()),
			Hint: "chmod go-w it",
		}
	}
	return nil
}

func notFile(path string, mode fs.FileMode) error {
	what := "a device"
	switch {
	case mode.IsDir():
		what = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		what = "a FIFO"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	}
	return &StartError{
		Path: path, Cause: CauseNotFile, Detail: path + " is " + what + ", not a file",
		Hint: "put the plugin's binary there",
	}
}
