package serve

import (
	"net"
	"os"
	"time"

	"github.com/aio-llm/aio/host/admin"
)

// Gateway is what there is to know of the gateway, for the status.
type Gateway struct {
	Listen  string    `json:"listen"`
	TLS     bool      `json:"tls,omitempty"`
	Pid     int       `json:"pid"`
	Started time.Time `json:"started"`
}

func (s *Server) describe() any {
	return Gateway{Listen: s.listener.Addr().String(), TLS: s.tls.on(), Pid: os.Getpid(), Started: s.started}
}

// URL is where clients reach the API; for a unix socket the socket's path is in Socket.
func (s *Server) URL() string {
	scheme := "http://"
	if s.tls.on() {
		scheme = "https://"
	}
	if s.Socket() != "" {
		return scheme + "localhost/v1"
	}
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	name, _, _ := net.SplitHostPort(s.address(s.file))
	switch name {
	case "", "0.0.0.0", "::":
		name = "127.0.0.1" // it listens there too
	}
	return scheme + net.JoinHostPort(name, port) + "/v1"
}

// Socket is the path of the gateway's unix socket; empty when it listens on an address.
func (s *Server) Socket() string { return socketOf(s.listener) }

// Admin is where the admin listener is: "http://host:port", or a unix socket's path; both empty when it is off.
func (s *Server) Admin() (url, socket string) {
	if s.adminL == nil {
		return "", ""
	}
	if socket = socketOf(s.adminL); socket != "" {
		return "http://aio", socket
	}
	return "http://" + s.adminL.Addr().String(), ""
}

func socketOf(l net.Listener) string {
	if l.Addr().Network() == "unix" {
		return l.Addr().String()
	}
	return ""
}

// Token is the client token made when none is configured.
func (s *Server) Token() Token { return s.token }

// NoAuth reports whether everyone is let in.
func (s *Server) NoAuth() bool { return s.file.Gateway.NoAuth }

// Problems are what does not work for now, as readiness tells.
func (s *Server) Problems() []string {
	return admin.New(admin.Sources{Hosts: s.current.Hosts}, admin.Config{}).Readiness().Reasons
}

// Models is how many models and providers are served.
func (s *Server) Models() (models, providers int) {
	sum := s.current.Host().Summary()
	return sum.TotalModels, len(sum.Providers)
}
