package sdk

import (
	"context"
	"io"
	"net"
	"sync"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// Local is a Plugin running inside this process behind the same contract as a plugin process: the same
// checks, limits and errors, without the isolation.
type Local struct {
	*Client
	server *server
	grpc   *grpc.Server
	conn   *grpc.ClientConn
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// NewLocal starts p inside this process. log receives the provider's log; nil means none. Close it.
func NewLocal(p Plugin, log hclog.Logger) (*Local, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	if log == nil {
		log = hclog.NewNullLogger()
	}
	listener := bufconn.Listen(connectionWindow)
	l := &Local{server: newServer(p, log), grpc: grpc.NewServer(serverOptions()...)}
	l.server.register(l.grpc)
	conn, err := grpc.NewClient("passthrough:///"+p.Name, append(DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		return nil, Errorf(KindInternal, "connect to provider %s in this process: %w", p.Name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.conn, l.Client, l.cancel = conn, newClient(ctx, conn), cancel
	l.line.offered.Store(true) // as its Describe would say
	l.done.Go(func() {
		_ = l.grpc.Serve(listener) // ends with Stop
	})
	return l, nil
}

// Close cancels what runs and closes the provider.
func (l *Local) Close() error {
	l.cancel()
	err := l.conn.Close()
	l.line.done.Wait()
	l.grpc.Stop()
	l.done.Wait()
	if closeErr := l.server.close(); err == nil {
		err = closeErr
	}
	return err
}

var _ io.Closer = (*Local)(nil)
