package serve

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"

	"github.com/aio-llm/aio/host/hclconfig"
)

// certificate is the one that is served now; a reload replaces it.
type certificate struct {
	now atomic.Pointer[tls.Certificate]
}

// read reads a certificate; nil without TLS.
func readCertificate(files hclconfig.TLS) (*tls.Certificate, error) {
	if files.Cert == "" {
		return nil, nil //nolint:nilnil // no TLS is no error
	}
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return &pair, nil
}

func (c *certificate) load(files hclconfig.TLS) error {
	pair, err := readCertificate(files)
	c.now.Store(pair)
	return err
}

func (c *certificate) on() bool { return c.now.Load() != nil }

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now.Load(), nil },
	}
}
