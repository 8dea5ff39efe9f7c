package pluginproc

import (
	"bytes"
	"io"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// maxHandshake bounds the first line of a plugin's standard output, in bytes. A handshake with its
// certificate has about 1,000.
const maxHandshake = 16 << 10

// stdout takes a plugin's standard output: the first line is the handshake and goes to go-plugin, the rest
// is thrown away, however much it is.
type stdout struct {
	handshake *io.PipeReader
	writer    *io.PipeWriter

	mu    sync.Mutex
	first []byte
}

func newStdout() *stdout {
	r, w := io.Pipe()
	return &stdout{handshake: r, writer: w}
}

// read reads until the process ends, so that nothing it writes ever blocks it. An end of file is passed on
// when the process is dead, or a moment later if it stays: go-plugin kills it then, and how it would have
// ended by itself were lost.
func (o *stdout) read(r io.Reader, dead <-chan struct{}) {
	buf := make([]byte, 4<<10)
	passed := false
	for {
		n, err := r.Read(buf)
		if !passed && o.collect(buf[:n]) {
			passed = true
			_, _ = o.writer.Write(append(o.line(), '\n')) // fails only when go-plugin has given up
		}
		if err != nil {
			select {
			case <-dead:
			case <-time.After(drainLimit):
			}
			_ = o.writer.Close()
			return
		}
	}
}

// collect adds to the first line and reports whether that is complete or hopeless.
func (o *stdout) collect(p []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	end := bytes.IndexByte(p, '\n')
	if end >= 0 {
		p = p[:end]
	}
	o.first = append(o.first, p[:min(len(p), maxHandshake-len(o.first))]...)
	return end >= 0 || len(o.first) == maxHandshake
}

// line returns the first line as far as it was read.
func (o *stdout) line() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.first)
}

// ownAddress reports whether a plugin with this directory may listen there: on a socket in it, or on the
// loopback interface.
func ownAddress(network, addr, dir string) bool {
	switch network {
	case "unix":
		return filepath.IsAbs(addr) && strings.HasPrefix(filepath.Clean(addr), dir+string(filepath.Separator))
	case "tcp":
		at, err := netip.ParseAddrPort(addr)
		return err == nil && at.Addr().Unmap().IsLoopback()
	}
	return false
}
