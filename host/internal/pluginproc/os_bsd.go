//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package pluginproc

import (
	"errors"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolate gives the process a group of its own. There is no parent-death signal here: the lifeline alone
// ends plugins whose host was killed.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// awaitExit returns when the process has ended, and leaves it to be reaped.
func awaitExit(cmd *exec.Cmd) {
	queue, err := unix.Kqueue()
	if err != nil {
		return
	}
	defer unix.Close(queue) // only read
	var watch unix.Kevent_t
	unix.SetKevent(&watch, cmd.Process.Pid, unix.EVFILT_PROC, unix.EV_ADD|unix.EV_ONESHOT)
	watch.Fflags = unix.NOTE_EXIT
	for {
		_, err := unix.Kevent(queue, []unix.Kevent_t{watch}, make([]unix.Kevent_t, 1), nil)
		if !errors.Is(err, unix.EINTR) {
			return // it ended, or had ended before
		}
	}
}
