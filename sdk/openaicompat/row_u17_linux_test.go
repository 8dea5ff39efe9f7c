package openaicompat

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
)

// Other systems have no second loopback address without being told to.
//
// An upstream whose name or certificate is not in order is not spoken to: the call fails as one that was never
// sent, the key stays here, and nothing is waited for longer than the connect deadline.
func TestRow_U17_UpstreamsThatAreNotThemselves(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	var requests atomic.Int64
	serve := func(address string, cert tls.Certificate) string {
		t.Helper()
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests.Add(1)
			_, _ = io.WriteString(w, `{}`)
		}))
		_ = server.Listener.Close()
		server.Listener, server.TLS = l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		return server.URL
	}
	now := time.Now()
	year := 365 * 24 * time.Hour
	other := newAuthority(t)
	good := serve("127.0.0.1:0", ca.sign(t, now.Add(-year), now.Add(year), "upstream.test", "127.0.0.1"))
	port := portOf(t, good)
	// The name first leads to the good server, later to another one on the same port.
	serve("127.0.0.2:"+port, ca.sign(t, now.Add(-year), now.Add(year), "elsewhere.test"))
	for name, tt := range map[string]struct {
		base  string
		names *net.Resolver
	}{
		"expired":           {base: serve("127.0.0.1:0", ca.sign(t, now.Add(-2*year), now.Add(-year), "127.0.0.1"))},
		"not valid yet":     {base: serve("127.0.0.1:0", ca.sign(t, now.Add(year), now.Add(2*year), "127.0.0.1"))},
		"another host's":    {base: serve("127.0.0.1:0", ca.sign(t, now.Add(-year), now.Add(year), "elsewhere.test"))},
		"signed by itself":  {base: serve("127.0.0.1:0", selfSigned(t, now))},
		"signed by nobody":  {base: serve("127.0.0.1:0", other.sign(t, now.Add(-year), now.Add(year), "127.0.0.1"))},
		"no such name":      {base: "https://nowhere.test:" + port, names: resolving(nil)},
		"a name that moved": {base: "https://upstream.test:" + port, names: resolving(net.IPv4(127, 0, 0, 2))},
	} {
		p := opened(t, Dialect{}, tt.base+"/v1", func(o *Options) { o.Transport = ca.transport(tt.names) })
		for what, err := range map[string]error{"chat": chatOf(t, p), "models": modelsOf(t, p)} {
			e := sdk.AsError(err)
			if e == nil || e.Kind != sdk.KindNetwork || e.Certainty != sdk.NotSent || strings.Contains(fmt.Sprintf("%+v", e), canary) {
				t.Errorf("%s, %s: got %+v, want network, not sent", name, what, e)
			}
		}
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("%d requests arrived", n)
	}

	// A name server that says nothing costs the connect deadline, not the request's.
	p := opened(t, Dialect{}, "https://upstream.test:"+port+"/v1", func(o *Options) { o.Transport = ca.transport(silent()) })
	c := call(`{}`)
	c.Deadlines.Connect = 50 * time.Millisecond
	_, err := p.Chat(t.Context(), c)
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindNetwork || e.Certainty != sdk.NotSent || !strings.Contains(e.Message, "within 50ms") {
		t.Errorf("a silent name server: got %+v", e)
	}

	// That all of it fails for the reason given shows in what works.
	p = opened(t, Dialect{}, "https://upstream.test:"+port+"/v1", func(o *Options) {
		o.Transport = ca.transport(resolving(net.IPv4(127, 0, 0, 1)))
	})
	_ = chatOf(t, p) // its reply is no completion
	if requests.Load() != 1 {
		t.Error("the good upstream was not asked")
	}
	rows.Report(t, "U17", "5 certificates, 3 states of a name", "refused before a request is sent; typed; no key in the text", func() string {
		return fmt.Sprintf("%d requests at upstreams that are not themselves", requests.Load()-1)
	})
}

func chatOf(t *testing.T, p *Provider) error {
	_, err := p.Chat(t.Context(), call(`{"messages":[]}`))
	return err
}

func modelsOf(t *testing.T, p *Provider) error {
	_, err := p.ListModels(t.Context(), call(""))
	return err
}

func portOf(t *testing.T, base string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t), cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour * 24 * 3650),
		NotAfter: time.Now().Add(time.Hour * 24 * 3650), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	raw, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func leaf(from, to time.Time, hosts ...string) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "upstream"}, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, h)
		}
	}
	return c
}

func (a *authority) sign(t *testing.T, from, to time.Time, hosts ...string) tls.Certificate {
	t.Helper()
	key := newKey(t)
	raw, err := x509.CreateCertificate(rand.Reader, leaf(from, to, hosts...), a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func selfSigned(t *testing.T, now time.Time) tls.Certificate {
	t.Helper()
	key, c := newKey(t), leaf(now.Add(-time.Hour), now.Add(time.Hour), "127.0.0.1")
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// transport is the shipped one, but that it trusts the authority and asks another name server.
func (a *authority) transport(r *net.Resolver) *http.Transport {
	transport := newTransport()
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	transport.DialContext = (&net.Dialer{Timeout: dialTimeout, Resolver: r}).DialContext
	return transport
}

// resolving is a name server by which every name leads to ip; nil is that there is no such name.
func resolving(ip net.IP) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			for answerOne(far, ip) == nil {
			}
		}()
		return near, nil
	}}
}

// silent is a name server that never answers.
func silent() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}
}

// answerOne answers a question that came as over TCP, with its length before it.
func answerOne(c net.Conn, ip net.IP) error {
	size := make([]byte, 2)
	if _, err := io.ReadFull(c, size); err != nil {
		return err
	}
	raw := make([]byte, binary.BigEndian.Uint16(size))
	if _, err := io.ReadFull(c, raw); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(raw); err != nil {
		return err
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if ip == nil {
		m.RCode = dnsmessage.RCodeNameError
	} else if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 0},
			Body:   &dnsmessage.AResource{A: [4]byte(ip.To4())},
		}}
	}
	out, err := m.Pack()
	if err != nil {
		return err
	}
	_, err = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
	return err
}
