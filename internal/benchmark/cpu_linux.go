package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// ownCPU is the CPU this process has used, user and system.
func ownCPU() (time.Duration, error) {
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &use); err != nil {
		return 0, fmt.Errorf("read own CPU: %w", err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano()), nil
}

// processCPU is the CPU another process has used, by its clock, which counts nanoseconds where /proc counts
// hundredths of a second.
func processCPU(pid int) (time.Duration, error) {
	// clock_getcpuclockid(3) makes a clock's number from a process's this way.
	const scheduled = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &t); err != nil {
		return 0, fmt.Errorf("read the CPU of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}
