package serve

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/host/reload"
)

// apply reads the configuration anew and puts it into force, or changes nothing.
func (s *Server) apply(ctx context.Context) (reload.Applied, error) {
	f, err := s.o.Load()
	if err != nil {
		return reload.Applied{}, err
	}
	config, err := s.gatewayConfig(f)
	if err != nil {
		return reload.Applied{}, err
	}
	// Where it listens stays, whatever the file says now.
	if err := gateway.CheckListen(s.address(s.file), config); err != nil {
		return reload.Applied{}, err
	}
	pair, err := readCertificate(f.Gateway.TLS)
	if err != nil {
		return reload.Applied{}, err
	}
	problems, err := s.current.Apply(ctx, f.Config, func() error {
		if err := s.gateway.Update(config); err != nil {
			return err
		}
		if pair != nil && s.tls.on() {
			s.tls.now.Store(pair)
		}
		s.drain.Store(int64(cmp.Or(f.Gateway.Drain, defaultDrain)))
		return nil
	}, s.watch.options(s.o.Log)...)
	if err != nil {
		return reload.Applied{}, err
	}
	return reload.Applied{Files: included(f), Problems: append(problems, s.fixed(f)...)}, nil
}

// fixed tells what of a new configuration waits for the next start.
func (s *Server) fixed(f *hclconfig.File) []error {
	var out []error
	for what, changed := range map[string]bool{
		"listen":      s.address(f) != s.address(s.file),
		"admin":       AdminAddress(s.o, f.Gateway) != AdminAddress(s.o, s.file.Gateway) || f.Gateway.Admin.Token != s.file.Gateway.Admin.Token,
		"tls":         (f.Gateway.TLS.Cert != "") != (s.file.Gateway.TLS.Cert != ""),
		"logging":     f.Logging != s.file.Logging,
		"alerts":      f.Alerts != s.file.Alerts,
		"read_header": f.Gateway.Limits.ReadHeader != s.file.Gateway.Limits.ReadHeader,
		"idle":        f.Gateway.Limits.Idle != s.file.Gateway.Limits.Idle,
		"max_headers": f.Gateway.Limits.MaxHeaders != s.file.Gateway.Limits.MaxHeaders,
	} {
		if changed {
			out = append(out, fmt.Errorf("%s has changed and waits for the next start", what))
		}
	}
	return sorted(out)
}

func sorted(errs []error) []error {
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}
