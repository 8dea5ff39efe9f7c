package sdk

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// ProtocolVersion is the newest contract version this SDK speaks.
const ProtocolVersion = 1

// PluginName is the name under which a plugin process offers its provider to go-plugin.
const PluginName = "provider"

// SDKVersion is reported by plugins built with this SDK.
const SDKVersion = "go/0.1.0"

// MaxMessage bounds one gRPC message both ways, in bytes: a 32 MiB body with its envelope.
const MaxMessage = 40 << 20

// MaxBody bounds a request or reply body, in bytes.
const MaxBody = 32 << 20

// Static flow-control windows turn off gRPC's bandwidth estimator and its pings, which cost more than they
// bring on a local socket (measured: 3 to 32 % of the CPU of a call). A host's window is what a stream whose
// reader is slow makes it hold; it is the least gRPC takes, and a larger one is no quicker (measured). The
// exchange is read at once, and its calls have windows of their own. A plugin's is wider, for requests with images.
const (
	hostStreamWindow   = 64 << 10
	pluginStreamWindow = 1 << 20
	connectionWindow   = 4 << 20
)

// streamWorkers are goroutines kept for calls: a new one would grow its stack anew in each call.
const streamWorkers = 256

// The host pings an unresponsive connection every 10 s; the plugin must allow that.
const (
	pingEvery     = 10 * time.Second
	pingTimeout   = 5 * time.Second
	pingAllowance = 5 * time.Second
)

// LifelineEnv names the environment variable that holds the number of the file descriptor whose end of file
// tells a plugin that its host is gone.
const LifelineEnv = "AIO_LIFELINE_FD"

// Handshake returns the go-plugin handshake. Its cookie is no secret: it only lets a plugin binary started
// by hand say what it is. These values never change.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		MagicCookieKey:   "AIO_PROVIDER_PLUGIN",
		MagicCookieValue: "b0d3c2a9-provider",
	}
}

// VersionedPlugins returns the plugin sets a host offers, by contract version.
func VersionedPlugins() map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{ProtocolVersion: {PluginName: &grpcPlugin{}}}
}

// DialOptions returns the gRPC options a host dials plugins with.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithStaticStreamWindowSize(hostStreamWindow),
		grpc.WithStaticConnWindowSize(connectionWindow),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingEvery, Timeout: pingTimeout}),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(newCodec()), grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage)),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(),
	}
}

func serverOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.StaticStreamWindowSize(pluginStreamWindow),
		grpc.StaticConnWindowSize(connectionWindow),
		grpc.MaxRecvMsgSize(MaxMessage),
		grpc.MaxSendMsgSize(MaxMessage),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.NumStreamWorkers(streamWorkers),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingAllowance, PermitWithoutStream: true}),
	}
}

// grpcPlugin ties the contract to go-plugin: server is nil in a host, set in a plugin.
type grpcPlugin struct {
	plugin.NetRPCUnsupportedPlugin
	server *server
}

var _ plugin.GRPCPlugin = (*grpcPlugin)(nil)

// GRPCServer implements plugin.GRPCPlugin.
func (p *grpcPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	if p.server == nil {
		return errors.New("a host does not serve providers")
	}
	p.server.register(s)
	return nil
}

// GRPCClient implements plugin.GRPCPlugin.
func (p *grpcPlugin) GRPCClient(ctx context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return newClient(ctx, conn), nil
}

// newClient makes the Client of a plugin process, which ends with ctx or conn.
func newClient(ctx context.Context, conn grpc.ClientConnInterface) *Client {
	return &Client{
		line:     line{ctx: ctx, service: pb.NewExchangeServiceClient(conn)},
		provider: pb.NewProviderServiceClient(conn),
		models:   pb.NewModelServiceClient(conn),
		embed:    pb.NewEmbeddingServiceClient(conn),
		tokens:   pb.NewTokenServiceClient(conn),
		keys:     pb.NewKeyServiceClient(conn),
	}
}
