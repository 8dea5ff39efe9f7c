//go:build unix

package sdk

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// guardStdout keeps the real standard output for the handshake line alone. Anything else that writes to
// descriptor 1, now or later, lands on standard error: nobody reads a plugin's stdout after the handshake,
// so a careless print (or a C library's) would fill the pipe and block the plugin.
func guardStdout() error {
	kept, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return fmt.Errorf("keep standard output for the handshake: %w", err)
	}
	if err := unix.Dup2(2, 1); err != nil {
		return fmt.Errorf("send standard output to standard error: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make the handshake pipe: %w", err)
	}
	os.Stdout = w // go-plugin prints the handshake here
	// go-plugin gives os.Stderr another meaning later; what is passed on goes to the real one.
	go passHandshake(r, os.NewFile(uintptr(kept), "handshake"), os.Stderr)
	return nil
}

// passHandshake hands over the first line and sends the rest to standard error.
func passHandshake(r, host, stderr *os.File) {
	lines := bufio.NewReader(r)
	line, err := lines.ReadString('\n')
	if err == nil {
		_, _ = io.WriteString(host, line) // the host that does not read it will not call either
	}
	// The descriptor stays open: its end of file would tell the host that the plugin has gone.
	_, _ = io.Copy(stderr, lines)
}
