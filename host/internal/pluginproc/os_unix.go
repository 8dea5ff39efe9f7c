//go:build unix

package pluginproc

import (
	"errors"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// killGroup kills a process and all it has forked. The leader must not have been reaped: until then its
// number cannot be another's.
func killGroup(cmd *exec.Cmd) {
	_ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL) // an error means that nobody is left
}

// retryable reports an exec failure that passes by itself: the file is still open for writing somewhere,
// be it in a child that another thread forked this very moment.
func retryable(err error) bool { return errors.Is(err, unix.ETXTBSY) }

// wasKilled reports an end by SIGKILL.
func wasKilled(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
