package serve

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aio-llm/aio/host/admin"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/host/hclconfig"
)

// address is where the gateway listens.
func (s *Server) address(f *hclconfig.File) string {
	return cmp.Or(s.o.Listen, f.Gateway.Listen, hclconfig.DefaultListen)
}

// AdminAddress is where the admin listener of the configuration at path is: as the file says, else a unix
// socket named after the path, so that every configuration has its own and aio keys finds it.
func AdminAddress(o Options, g hclconfig.Gateway) string {
	if said := cmp.Or(o.Admin, g.Admin.Listen); said != "" {
		return said
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		path = o.Path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	sum := sha256.Sum256([]byte(path))
	return "unix:" + filepath.Join(cmp.Or(o.RuntimeDir, o.StateDir), "serve-"+hex.EncodeToString(sum[:4])+".sock")
}

// AddressError is an address that would let in whom nobody meant to.
type AddressError struct{ Err error }

// Error implements error.
func (e *AddressError) Error() string { return e.Err.Error() }

// Unwrap returns the Err.
func (e *AddressError) Unwrap() error { return e.Err }

// listen opens both listeners.
func (s *Server) listen(ctx context.Context, c gateway.Config) error {
	at := s.address(s.file)
	if err := gateway.CheckListen(at, c); err != nil {
		return &AddressError{err}
	}
	l, err := open(ctx, at)
	if err != nil {
		return fmt.Errorf("gateway: %w; name another address with --listen or in the gateway block", err)
	}
	s.listener = s.gateway.Listener(l)
	if s.tls.on() {
		s.listener = tls.NewListener(s.listener, s.tls.config())
	}
	at = AdminAddress(s.o, s.file.Gateway)
	if at == "off" {
		return nil
	}
	if s.file.Gateway.Admin.Token.IsZero() && !admin.SafeListen(at) {
		return &AddressError{fmt.Errorf("admin on %s without a token would be open to everyone who reaches it: configure one, or listen on 127.0.0.1 or a unix socket", at)}
	}
	if s.adminL, err = open(ctx, at); err != nil {
		return fmt.Errorf("admin: %w; name another address with --admin or in the admin block of the gateway, or \"off\"", err)
	}
	return nil
}

// open listens on "host:port" or "unix:/path". A socket whose process is gone is removed first.
func open(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	path, socket := strings.CutPrefix(address, "unix:")
	if !socket {
		return lc.Listen(ctx, "tcp", address)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	l, err := lc.Listen(ctx, "unix", path)
	if errors.Is(err, syscall.EADDRINUSE) {
		if alive(ctx, path) {
			return nil, fmt.Errorf("another aio serve listens on %s", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		l, err = lc.Listen(ctx, "unix", path)
	}
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, 0o600)
}

// alive reports whether a process listens on the socket.
func alive(ctx context.Context, path string) bool {
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return !errors.Is(err, syscall.ECONNREFUSED)
	}
	_ = conn.Close()
	return true
}
