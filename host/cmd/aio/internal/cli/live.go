package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/cmd/aio/internal/serve"
	"github.com/aio-llm/aio/host/hclconfig"
)

// asking bounds the look for an aio serve that runs on the same configuration.
const asking = 2 * time.Second

// maxStatus bounds what it may answer: a thousand keys are some 300 KiB.
const maxStatus = 16 << 20

// live is the state of the aio serve that runs on the configuration, or else of this command's own host, which
// has served nothing; running says which.
func (a *app) live(ctx context.Context, s *session) (status host.Status, running bool) {
	status, err := a.ask(ctx, s.file)
	if err == nil {
		return status, true
	}
	if !errors.Is(err, errNobody) {
		a.err.say("%s %s", a.err.paint(styleYellow, "warning:"), err)
	}
	return s.Status(), false
}

// errNobody says that no aio serve listens where one would.
var errNobody = errors.New("no aio serve runs on this configuration")

func (a *app) ask(ctx context.Context, file *hclconfig.File) (status host.Status, err error) {
	address := serve.AdminAddress(a.serveOptions(file.Path), file.Gateway)
	if address == "off" {
		return status, errNobody
	}
	network, at := "tcp", address
	if socket, ok := strings.CutPrefix(address, "unix:"); ok {
		network, at = "unix", socket
	} else if name, port, err := net.SplitHostPort(at); err == nil && (name == "" || net.ParseIP(name).IsUnspecified()) {
		at = net.JoinHostPort("127.0.0.1", port)
	}
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, at)
	if err != nil {
		return status, errNobody
	}
	defer conn.Close()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil }, DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/status", nil)
	if err != nil {
		return status, err
	}
	if token := file.Gateway.Admin.Token; !token.IsZero() {
		request.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	reply, err := transport.RoundTrip(request)
	if err != nil {
		return status, fmt.Errorf("ask the aio serve at %s: %w", address, err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return status, fmt.Errorf("the aio serve at %s answers %s: is it this configuration's?", address, reply.Status)
	}
	if err := json.NewDecoder(io.LimitReader(reply.Body, maxStatus)).Decode(&status); err != nil {
		return status, fmt.Errorf("read what the aio serve at %s answers: %w", address, err)
	}
	return status, nil
}
