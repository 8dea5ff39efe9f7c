package serve

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

// Token is the client token made when none is configured.
type Token struct {
	// Path is where it is kept; empty when there is none.
	Path string
	// Value is set when it was made just now: it is shown once.
	Value sdk.Secret
}

// tokenName is how logs call the generated token.
const tokenName = "generated"

// gatewayConfig is what the gateway is made from. Without a client token, and unless everyone is let in, it is
// the one kept in the state folder.
func (s *Server) gatewayConfig(f *hclconfig.File) (gateway.Config, error) {
	g, l := f.Gateway, f.Gateway.Limits
	c := gateway.Config{CORSOrigins: g.CORSOrigins, Limits: gateway.Limits{
		Body: l.MaxBody, UnsizedBody: l.MaxUnsizedBody, Bodies: l.MaxBodies, Headers: l.MaxHeaders,
		Connections: l.MaxConnections, Concurrency: l.MaxConcurrent, Queue: l.Queue, QueueWait: l.QueueWait,
		ReadHeader: l.ReadHeader, ReadBody: l.ReadBody, Idle: l.Idle, Write: l.Write, KeepAlive: l.KeepAlive,
	}}
	if g.NoAuth {
		c.Auth = gateway.AuthNone
		return c, nil // the address is checked where it is listened on
	}
	for _, t := range g.Tokens {
		c.Tokens = append(c.Tokens, gateway.Token{Name: t.Name, Hash: gateway.HashToken(t.Value), Expires: t.Expires, Models: t.Models})
	}
	if len(c.Tokens) > 0 {
		return c, nil
	}
	path := filepath.Join(s.o.StateDir, "gateway-token")
	value, created, err := gateway.EnsureToken(path)
	if err != nil {
		return c, fmt.Errorf("%w; configure a token in the gateway block, or give XDG_STATE_HOME a folder that can be written to", err)
	}
	s.token.Path = path
	if created {
		s.token.Value = value
	}
	c.Tokens = []gateway.Token{{Name: tokenName, Hash: gateway.HashToken(value)}}
	return c, nil
}

// included are the files a configuration was read from beside itself.
func included(f *hclconfig.File) []string {
	files := append([]string{}, f.Read...)
	if tls := f.Gateway.TLS; tls.Cert != "" {
		files = append(files, tls.Cert, tls.Key)
	}
	return files
}

func isRefusal(err error) bool {
	var refused *sdk.SettingsError
	return errors.As(err, &refused)
}
