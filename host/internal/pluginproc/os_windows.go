package pluginproc

import (
	"os"
	"os/exec"

	"golang.org/x/sys/windows"
)

func isolate(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() } // an error means that it has ended

// awaitExit returns when the process has ended.
func awaitExit(cmd *exec.Cmd) {
	h, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(cmd.Process.Pid))
	if err != nil {
		return
	}
	defer windows.CloseHandle(h) //nolint:errcheck // only waited for
	_, _ = windows.WaitForSingleObject(h, windows.INFINITE)
}

func retryable(error) bool { return false }

// wasKilled cannot tell here: a killed process looks like one that exited with 1.
func wasKilled(state *os.ProcessState) bool { return state.ExitCode() == 1 }
