package admin

import (
	"crypto/sha256"
	"net"
	"net/http"
	"strings"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/host/reload"
	"github.com/aio-llm/aio/sdk"
)

// Sources are what an Admin shows. All but Hosts may be nil: what nobody tells is left out.
type Sources struct {
	// Hosts are the hosts that serve requests, the one of now first.
	Hosts func() []*host.Host
	// Draining reports whether the process is on its way out.
	Draining func() bool
	Reload   func() reload.Status
	Alerts   func() alerts.Status
	// Gateway is what there is to know of the gateway; it must hold no secret.
	Gateway func() any
	Recent  *Recent
	Metrics http.Handler
}

// Config says who may ask.
type Config struct {
	// Token is asked for by everything but the health checks; zero is nobody's, and then the listener must be
	// one that only this machine reaches.
	Token sdk.Secret
	// Socket says that the listener is a unix socket, whose file says who may connect: clients name any host.
	Socket bool
}

// Admin answers those who run a gateway. It is safe for concurrent use.
type Admin struct {
	sources Sources
	config  Config
	token   [sha256.Size]byte
	routes  []route
}

// New returns an Admin.
func New(s Sources, c Config) *Admin {
	a := &Admin{sources: s, config: c, token: sha256.Sum256([]byte(c.Token.Reveal()))}
	a.routes = a.table()
	return a
}

// Handler answers the routes.
func (a *Admin) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range a.routes {
		mux.Handle(r.method+" "+r.path, r.serve)
	}
	return a.guard(mux)
}

// SafeListen reports whether the address may be listened on without a token: only this machine reaches it.
func SafeListen(address string) bool {
	if strings.HasPrefix(address, "unix:") {
		return true
	}
	name, _, err := net.SplitHostPort(address)
	return err == nil && loopback(name)
}

func loopback(name string) bool {
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}
