//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// privateFiles makes every file the process creates readable by its owner only.
func privateFiles() { syscall.Umask(0o077) }

// ignoreBrokenPipe turns a closed reader of our output into a failed write, so that plugins are stopped and
// folders removed before the process ends.
func ignoreBrokenPipe() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// noCores keeps a crash of the process, or of a plugin, from writing its memory to a file.
func noCores() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) } // 0 is always allowed
