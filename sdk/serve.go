package sdk

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// A plugin's heap is small and its garbage plentiful: collecting less often costs some 20 MB under load and
// saves a sixth of its CPU (measured at 400: 17 %, at 800 another 3 %). GOGC in the environment wins.
const gcPercent = 600

// Serve runs the plugin until its host is done with it. It is the whole of a plugin's main, and does not
// return. Started by hand, the binary says what it is and exits with 2.
func Serve(p Plugin) {
	os.Exit(serve(p))
}

func serve(p Plugin) int {
	if err := p.validate(); err != nil {
		fmt.Fprintln(os.Stderr, "aio:", err)
		return 1
	}
	handshake := Handshake()
	if os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		fmt.Fprintf(os.Stderr, "%s is the aio provider plugin %q, version %s (protocol %d).\n"+
			"It is started by an aio host, not by hand: put it into the host's plugin directory and name it in a provider block.\n",
			filepath.Base(os.Args[0]), p.Name, p.Version, ProtocolVersion)
		return 2
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMAXPROCS") == "" {
		// A plugin mostly waits, and shares the machine with its host and the other plugins: idle processors
		// only wake each other up (measured: a fifth of a paced stream's CPU).
		runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2)) // of what a container leaves it
	}
	if err := watchLifeline(); err != nil {
		fmt.Fprintln(os.Stderr, "aio:", err)
		return 1
	}
	if err := guardStdout(); err != nil {
		fmt.Fprintln(os.Stderr, "aio:", err)
		return 1
	}
	// The level is the host's business: it filters what arrives.
	log := hclog.New(&hclog.LoggerOptions{Name: p.Name, Level: hclog.Debug, Output: os.Stderr, JSONFormat: true})
	srv := newServer(p, log)
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: map[int]plugin.PluginSet{ProtocolVersion: {PluginName: &grpcPlugin{server: srv}}},
		Logger:           log,
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, serverOptions()...)...)
		},
	})
	if err := srv.close(); err != nil {
		log.Warn("closing the provider failed", "error", err)
	}
	return 0
}
