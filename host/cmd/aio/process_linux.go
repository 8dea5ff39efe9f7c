package main

import "golang.org/x/sys/unix"

// protect keeps other processes of the same user from reading our memory, where API keys are, and a crash
// from writing it to a core file.
func protect() {
	privateFiles()
	noCores()
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) // a kernel without it protects as well as it can
}
